// operator/domain/workflow/mistral/jinja-functions.ts — the environment in which Mistral evaluates Jinja: strict, with its functions, which are filters too.
import { createEnvironment, type Environment } from '../../expression/jinja/environment.ts';
import { MISTRAL_FUNCTIONS } from './functions.ts';

let environment: Environment | undefined;

export function mistralEnvironment(): Environment {
  environment ??= createEnvironment({ functions: MISTRAL_FUNCTIONS, filters: MISTRAL_FUNCTIONS });
  return environment;
}
