// operator/domain/expression/jinja/st2-environment.ts — the environments in which StackStorm renders.
import { ST2_FUNCTIONS } from '../functions/st2/table.ts';
import { createEnvironment, type Environment } from './environment.ts';

export interface St2Options {
  readonly allowUndefined?: boolean | undefined;
  readonly trimBlocks?: boolean | undefined;
  readonly lstripBlocks?: boolean | undefined;
}

const environments = new Map<string, Environment>();

/** One environment for equal options. */
export function st2Environment({
  allowUndefined = false,
  trimBlocks = true,
  lstripBlocks = true,
}: St2Options): Environment {
  const key = `${allowUndefined} ${trimBlocks} ${lstripBlocks}`;
  let known = environments.get(key);
  if (!known) {
    known = createEnvironment({ allowUndefined, trimBlocks, lstripBlocks, filters: ST2_FUNCTIONS });
    environments.set(key, known);
  }
  return known;
}
