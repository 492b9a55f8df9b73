// operator/domain/pack/read-waiting.ts — aliases/*.yaml and policies/*.yaml: checked, and kept for the time when their kinds are there.
import { AliasFile, PolicyFile } from '../../api/pack-file.ts';
import type { Schemas } from '../action/runner-parameters.ts';
import { faultIn } from '../action/schema.ts';
import { didYouMean } from '../expression/fault.ts';
import { filesIn, fit, openFile } from './open-file.ts';
import { checkPack, findingAt, type Reading } from './reading.ts';

/** @returns how many there are */
export function readAliases(reading: Reading): number {
  const { tree, notes, waiting } = reading;
  const files = filesIn(tree, 'aliases');
  for (const path of files) {
    const opened = openFile(tree, path, notes);
    const file = opened && fit(AliasFile, opened, notes);
    if (!opened || !file) continue;
    checkPack(opened, file.pack, reading);
    waiting.push({ kind: 'ActionAlias', name: file.name, file: path, content: { ...file } });
  }
  return files.length;
}

const threshold = { type: 'integer', required: true };
const whenFull = { type: 'string', enum: ['delay', 'cancel'], default: 'delay' };

/** Parameters of each type of policy. */
const POLICY_TYPES: Readonly<Record<string, Schemas>> = {
  'action.concurrency': { threshold, action: whenFull },
  'action.concurrency.attr': {
    threshold,
    action: whenFull,
    attributes: { type: 'array', items: { type: 'string' }, uniqueItems: true },
  },
  'action.retry': {
    retry_on: { type: 'string', enum: ['failure', 'timeout'], required: true },
    max_retry_count: { type: 'integer', minimum: 1, maximum: 5, default: 2 },
    delay: { type: 'number', minimum: 0, maximum: 120 },
  },
};

/** @returns how many there are */
export function readPolicies(reading: Reading): number {
  const { tree, notes, waiting } = reading;
  const files = filesIn(tree, 'policies');
  for (const path of files) {
    const opened = openFile(tree, path, notes);
    const file = opened && fit(PolicyFile, opened, notes);
    if (!opened || !file) continue;
    checkPack(opened, file.pack, reading);
    const schemas = Object.hasOwn(POLICY_TYPES, file.policy_type) ? POLICY_TYPES[file.policy_type] : undefined;
    if (!schemas) {
      const hint = didYouMean(file.policy_type, Object.keys(POLICY_TYPES));
      const message = `Referenced policy_type "${file.policy_type}" doesnt exist.${hint} There are ${Object.keys(POLICY_TYPES).join(', ')}`;
      notes.findings.push(findingAt(opened, { path: ['policy_type'], message }));
      continue;
    }
    const fault = faultIn(schemas, file.parameters ?? {}, file.policy_type);
    if (fault !== undefined) {
      const name = /^parameters\.(\w+)/.exec(fault)?.[1];
      const message = fault.replaceAll('Action "', 'policy type "');
      notes.findings.push(
        findingAt(opened, { path: name === undefined ? ['parameters'] : ['parameters', name], message }),
      );
      continue;
    }
    waiting.push({ kind: 'Policy', name: file.name, file: path, content: { ...file } });
  }
  return files.length;
}
