// operator/domain/workflow/mistral/yaql-functions.ts — the functions of Mistral as YAQL calls them.
import { dumpJson } from '../../expression/python/json.ts';
import { define, type FunctionSpec, optional, param } from '../../expression/yaql/function.ts';
import { ST2_YAQL_FUNCTIONS } from '../../expression/yaql/functions.ts';
import { STANDARD_LIBRARY } from '../../expression/yaql/library/table.ts';
import { Registry } from '../../expression/yaql/registry.ts';
import { any } from '../../expression/yaql/types.ts';
import { asKey } from '../../expression/yaql/values.ts';
import { MISTRAL_OWN, type MistralFunction } from './functions.ts';
import { toJson } from './to-json.ts';

const camel = (name: string) => name.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());

function specOf(name: string, { parameters, run }: MistralFunction): FunctionSpec {
  const taken = parameters.map((one) =>
    typeof one === 'string' ? param(camel(one), any) : optional(camel(one[0]), any, one[1]),
  );
  return define(name, 'function', taken, ({ scope }, ...values) =>
    run({ args: values.map(asKey), named: new Map() }, scope),
  );
}

const own = Array.from(MISTRAL_OWN, ([name, made]) => specOf(name, made));
const toComplex = define('to_complex', 'function', [param('value', any)], (_, value) => dumpJson(toJson(value)));
const isOwn = (spec: FunctionSpec): boolean => spec.names.some((name) => MISTRAL_OWN.has(name));

/** What every expression of a Mistral workflow may call. */
export const MISTRAL_YAQL = new Registry(
  [...own, toComplex, ...ST2_YAQL_FUNCTIONS.filter((spec) => !isOwn(spec))],
  STANDARD_LIBRARY,
);
