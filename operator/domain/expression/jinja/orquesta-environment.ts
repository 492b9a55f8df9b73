// operator/domain/expression/jinja/orquesta-environment.ts — the environment in which orquesta evaluates Jinja.
import { bind, type PyFunction, type Scope } from '../functions/call.ts';
import { CONTEXT_FUNCTIONS, ORQUESTA_FUNCTIONS } from '../functions/orquesta/table.ts';
import { type AnyDict, Dict, dictGet, isDict } from '../python/dict.ts';
import { index } from '../python/subscript.ts';
import { createEnvironment, type Environment } from './environment.ts';

let environment: Environment | undefined;

/** Strict, with all functions of workflows, which are filters as well. */
export function orquestaEnvironment(): Environment {
  if (environment) return environment;
  const filters = new Map<string, PyFunction>();
  for (const [name, run] of ORQUESTA_FUNCTIONS)
    filters.set(name, CONTEXT_FUNCTIONS.has(name) ? onContext(name, run) : run);
  environment = createEnvironment({ functions: ORQUESTA_FUNCTIONS, filters });
  return environment;
}

/** As a filter, a function that reads the context takes what is piped for the context. */
const onContext =
  (name: string, run: PyFunction): PyFunction =>
  (call, scope) => {
    const [piped = null, ...args] = call.args;
    if (name === 'st2kv' && args.length === 0) bind('st2kv_', { args, named: call.named }, ['key']);
    const context = index(piped, '__vars');
    return run({ args, named: call.named }, isDict(context) ? { ...scope, context } : scope);
  };

/** The names that orquesta's templates see beside its functions. */
export function orquestaVariables({ context }: Scope): AnyDict {
  const variables = new Dict([['__vars', context]]);
  for (const name of ['__state', '__current_task', '__current_item'])
    variables.set(name, dictGet(context, name) ?? null);
  return variables;
}
