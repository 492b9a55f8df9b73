// e2e/packs/rules.ts — a rule case: does the rule match the payload, and what does it ask for?
import { createHash } from 'node:crypto';
import { ActionSpec } from '../../operator/api/action.ts';
import type { Action, Rule } from '../../operator/api/kinds.ts';
import { API_VERSION } from '../../operator/api/meta.ts';
import { RuleSpec } from '../../operator/api/rule.ts';
import { readPack } from '../../operator/domain/pack/read.ts';
import { compileRule } from '../../operator/domain/rule/compile.ts';
import { matchRules } from '../../operator/domain/rule/match.ts';
import type { TriggerEvent } from '../../operator/domain/trigger/event.ts';
import { difference } from './matching.ts';
import { treeOf } from './tree.ts';
import type { Expected } from './verdict.ts';

const metadata = { name: 'r', namespace: 'default', uid: 'u', resourceVersion: '1' };
const sha256 = (text: string | Uint8Array): string => createHash('sha256').update(text).digest('hex');

/** Undefined when all is as expected; the rule counts as enabled. */
export function ruleDiffers(folder: string, file: string, payload: unknown, expected: Expected): string | undefined {
  const reading = readPack(treeOf(folder));
  if (!reading.ok) return `the pack is refused: ${reading.findings[0]?.message}`;
  const found = reading.manifest.resources.find((one) => one.kind === 'Rule' && one.file === file);
  if (!found) return `the pack registers no rule ${file}`;
  const spec = RuleSpec.parse({ ...(found.spec as object), enabled: true });
  const rule: Rule = { apiVersion: API_VERSION, kind: 'Rule', metadata, spec };
  const event: TriggerEvent = {
    namespace: 'default',
    id: 'e',
    source: 'case',
    type: spec.trigger.type,
    payload,
    receivedAt: '2026-01-01T00:00:00.000Z',
    trace: { id: 'f'.repeat(32) },
    depth: 0,
    digest: 'd',
    dedupeWindowSeconds: 60,
  };
  // Whatever it asks for takes any parameters: the case is about the rule.
  const action: Action = {
    apiVersion: API_VERSION,
    kind: 'Action',
    metadata,
    spec: ActionSpec.parse({ runner: 'noop' }),
  };
  const options = { sha256, executionTtlSeconds: 60, actionOf: () => action };
  const { drafts, enforcements } = matchRules(event, [compileRule(rule)], options);
  const failure = enforcements.find((one) => one.failure !== undefined)?.failure;
  if (failure !== undefined) return failure;
  const [draft] = drafts;
  if (expected['match'] !== (draft !== undefined))
    return `expected match ${expected['match']}, got ${draft !== undefined}`;
  if (!draft) return undefined;
  const { request } = draft.execution.spec as { readonly request: { readonly parameters?: unknown } };
  return difference(expected['action_parameters'], request.parameters ?? {}, false, 'parameters');
}
