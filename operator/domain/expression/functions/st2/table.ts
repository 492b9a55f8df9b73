// operator/domain/expression/functions/st2/table.ts — StackStorm's functions by name: filters in its templates, filters and functions in workflows.
import type { PyFunction } from '../call.ts';
import { decryptKv } from '../kv.ts';
import { DATA_FUNCTIONS } from './data.ts';
import { basename, dirname } from './path.ts';
import { REGEX_FUNCTIONS } from './regex.ts';
import { humanTime } from './time.ts';
import { VERSION_FUNCTIONS } from './version.ts';

export const ST2_FUNCTIONS: ReadonlyMap<string, PyFunction> = new Map([
  ...DATA_FUNCTIONS,
  ...REGEX_FUNCTIONS,
  ...VERSION_FUNCTIONS,
  ['to_human_time_from_seconds', humanTime],
  ['basename', basename],
  ['dirname', dirname],
  ['decrypt_kv', decryptKv],
]);

/** Those that workflows do not have. */
export const TEMPLATES_ONLY: ReadonlySet<string> = new Set(['to_complex', 'decrypt_kv']);

/** Those that workflows have, as functions and as filters. */
export const WORKFLOW_FUNCTIONS: ReadonlyMap<string, PyFunction> = new Map(
  [...ST2_FUNCTIONS].filter(([name]) => !TEMPLATES_ONLY.has(name)),
);
