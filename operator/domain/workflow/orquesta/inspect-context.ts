// operator/domain/workflow/orquesta/inspect-context.ts — variables that are named where no way leads past what gives them a value.
import { dictGet } from '../../expression/python/dict.ts';
import type { Finding } from '../engine.ts';
import { ContextWatch } from './context-names.ts';
import { walkTasks } from './context-walk.ts';
import { field, TOP } from './findings.ts';
import type { DefinitionParts } from './instantiate.ts';
import type { Network } from './network.ts';

/** `given` are variables that are there before the input: `st2`, `parent`. */
export function inspectContext(
  { value, tasks }: DefinitionParts,
  network: Network,
  given: Iterable<string>,
): readonly Finding[] {
  const watch = new ContextWatch();
  let names = watch.names(given);
  const along = (name: 'input' | 'vars' | 'output') => {
    names = watch.along(dictGet(value, name) ?? null, field(TOP, name), names, true);
  };
  along('input');
  along('vars');
  if (tasks.size > 0) names = walkTasks(tasks, network, names, watch);
  along('output');
  return watch.findings;
}
