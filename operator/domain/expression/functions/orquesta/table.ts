// operator/domain/expression/functions/orquesta/table.ts — the functions of workflows by name: orquesta's and StackStorm's.
import type { PyFunction } from '../call.ts';
import { st2kv } from '../kv.ts';
import { WORKFLOW_FUNCTIONS } from '../st2/table.ts';
import { CONTEXT_READERS } from './context.ts';
import { DATA_READERS } from './data.ts';
import { TASK_READERS } from './task.ts';

/** Other names of the same functions. */
const ALIASES: readonly (readonly [alias: string, name: string])[] = [
  ['json_dump', 'to_json_string'],
  ['json_parse', 'from_json_string'],
  ['yaml_dump', 'to_yaml_string'],
  ['yaml_parse', 'from_yaml_string'],
];

/** All functions of workflows. */
export const ORQUESTA_FUNCTIONS: ReadonlyMap<string, PyFunction> = new Map([
  ...WORKFLOW_FUNCTIONS,
  ...ALIASES.flatMap(([alias, name]) => {
    const run = WORKFLOW_FUNCTIONS.get(name);
    return run ? [[alias, run] as const] : [];
  }),
  ...CONTEXT_READERS,
  ...TASK_READERS,
  ...DATA_READERS,
  ['st2kv', st2kv] as const,
]);

/** Those that read the context of the workflow, not only their arguments. */
export const CONTEXT_FUNCTIONS: ReadonlySet<string> = new Set([
  ...[...CONTEXT_READERS, ...TASK_READERS].map(([name]) => name),
  'st2kv',
]);
