// operator/domain/pack/read-rules.ts — rules/*.yaml → Rules.
import { RuleFile } from '../../api/pack-file.ts';
import { OPERATORS, RuleSpec } from '../../api/rule.ts';
import { isRecord } from '../action/schema.ts';
import { didYouMean } from '../expression/fault.ts';
import { compileTest } from '../rule/compile.ts';
import { laterTrigger } from '../trigger/later.ts';
import { described, filesIn, fit, openFile } from './open-file.ts';
import { checkPack, type Fault, type Reading, warningAt, findingsAt } from './reading.ts';
import { specMisfits } from './spec-misfits.ts';
import type { FieldPath } from './yaml-text.ts';

/** @returns how many there are */
export function readRules(reading: Reading): number {
  const files = filesIn(reading.tree, 'rules');
  for (const file of files) readRule(file, reading);
  return files.length;
}

function readRule(path: string, reading: Reading): void {
  const { tree, pack, notes, resources } = reading;
  const opened = openFile(tree, path, notes);
  const file = opened && fit(RuleFile, opened, notes);
  if (!opened || !file) return;
  checkPack(opened, file.pack, reading);
  const wrong = criteriaFaults(file.criteria ?? {});
  notes.findings.push(...findingsAt(opened, wrong));
  if (wrong.length > 0) return;
  const spec = specOf(file, pack);
  const misfits = specMisfits(RuleSpec, spec, inFile);
  notes.findings.push(...findingsAt(opened, misfits));
  if (misfits.length > 0) return;
  const fault = faultOfTest(spec);
  // StackStorm registers it; such a rule fails for every event.
  if (fault !== undefined) notes.warnings.push(warningAt(opened, { path: ['criteria'], message: fault }));
  const later = laterTrigger(file.trigger.type);
  if (later !== undefined) notes.warnings.push(warningAt(opened, { path: ['trigger', 'type'], message: later }));
  resources.push({ kind: 'Rule', file: path, spec });
}

const inFile = ([field = '', ...rest]: FieldPath): FieldPath => (field === 'type' ? ['type', 'ref'] : [field, ...rest]);

/** A rule that does not say that it is enabled is not: as StackStorm has it, and otherwise than a Rule by itself. */
const specOf = (file: RuleFile, pack: string): Readonly<Record<string, unknown>> => ({
  ref: `${pack}.${file.name}`,
  ...described(file.description),
  enabled: file.enabled ?? false,
  type: file.type?.ref ?? 'standard',
  trigger: {
    type: file.trigger.type,
    ...(file.trigger.parameters ? { parameters: file.trigger.parameters } : {}),
  },
  criteria: file.criteria ?? {},
  action: {
    ref: file.action.ref,
    ...(file.action.parameters ? { parameters: file.action.parameters } : {}),
  },
  ...tagsOf(file.tags ?? []),
});

const tagsOf = (tags: readonly Readonly<Record<string, unknown>>[]) => {
  const known = tags.filter(({ name }) => typeof name === 'string');
  return known.length === 0 ? {} : { tags: known.map(({ name, value }) => ({ name, value: textOf(value) })) };
};

/** As many as an object takes; RuleSpec says so. */
const CRITERIA_MAX = 64;

/** In StackStorm's words. That exists and nexists have no pattern is taken. */
function criteriaFaults(criteria: Readonly<Record<string, unknown>>): readonly Fault[] {
  const count = Object.keys(criteria).length;
  if (count > CRITERIA_MAX)
    return [
      {
        path: ['criteria'],
        message: `there are ${count} criteria; a rule has at most ${CRITERIA_MAX}, make several rules`,
      },
    ];
  return Object.entries(criteria).flatMap(([key, criterion]): readonly Fault[] => {
    const path = ['criteria', key];
    if (!isRecord(criterion)) return [{ path, message: `criteria: ${key} is no mapping; write type and pattern` }];
    const { type, pattern } = criterion;
    if (type === undefined || type === null || type === '')
      return [{ path, message: `Operator not specified for field: ${key}. Write its type` }];
    if (!OPERATORS.some((one) => one === type)) {
      const hint = typeof type === 'string' ? didYouMean(type, OPERATORS) : '';
      const list = OPERATORS.map((one) => `'${one}'`).join(', ');
      const message = `For field: ${key}, operator ${textOf(type)} not in list of allowed operators: [${list}].${hint}`;
      return [{ path: [...path, 'type'], message }];
    }
    if ((pattern ?? null) !== null || type === 'exists' || type === 'nexists') return [];
    return [{ path, message: `For field: ${key}, no pattern specified for operator ${textOf(type)}. Write one` }];
  });
}

function faultOfTest(spec: unknown): string | undefined {
  try {
    compileTest(RuleSpec.parse(spec));
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** As text, also what should be one and is not. */
const textOf = (value: unknown): string =>
  typeof value === 'string' ? value : value === undefined || value === null ? '' : JSON.stringify(value);
