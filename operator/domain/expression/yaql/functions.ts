// operator/domain/expression/yaql/functions.ts — the functions of workflows as YAQL sees them: with its names, types and values.
import { deeper } from '../evaluation.ts';
import { ExpressionFault, typeFault } from '../fault.ts';
import type { Scope } from '../functions/call.ts';
import { variable, visible } from '../functions/orquesta/context.ts';
import { ORQUESTA_FUNCTIONS } from '../functions/orquesta/table.ts';
import { WORKFLOW_FUNCTIONS } from '../functions/st2/table.ts';
import { Dict, dictEntries, isDict } from '../python/dict.ts';
import { isList, isPlain, truthy, type Value } from '../python/values.ts';
import { define, type FunctionSpec, named, optional, type Parameter, param, rest } from './function.ts';
import { STANDARD_LIBRARY } from './library/table.ts';
import { Registry } from './registry.ts';
import { any, flag, indexOrNull, type ParameterType } from './types.ts';
import { asKey, FrozenDict, NO_VALUE, PyList, sequenceItems, textOf, typed } from './values.ts';

/** A parameter as YAQL names it and as Python does. */
interface Named {
  readonly yaql: Parameter<Value>;
  readonly python: string;
}

const camel = (name: string) => name.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
const needed = (name: string): Named => ({ yaql: param(camel(name), any), python: name });
/** One that need not be given: it is then not passed on. */
const maybe = (name: string, type: ParameterType<Value> = any): Named => ({
  yaql: optional(camel(name), type, NO_VALUE as Value),
  python: name,
});

const ignoreCase = maybe('ignorecase', flag);
const jsonOptions = [maybe('indent'), maybe('sort_keys', flag), maybe('separators')];
const yamlOptions = [maybe('indent'), maybe('allow_unicode', flag)];
const versions = [needed('value'), needed('pattern')];

/** Parameters of the functions that only compute; of others YAQL's binding is below. */
const SIGNATURES: ReadonlyMap<string, readonly Named[]> = new Map<string, readonly Named[]>([
  ['json', [needed('s')]],
  ['basename', [needed('path')]],
  ['dirname', [needed('path')]],
  ['from_json_string', [needed('value')]],
  ['json_parse', [needed('value')]],
  ['from_yaml_string', [needed('value')]],
  ['yaml_parse', [needed('value')]],
  ['to_json_string', [needed('value'), ...jsonOptions]],
  ['json_dump', [needed('value'), ...jsonOptions]],
  ['to_yaml_string', [needed('value'), ...yamlOptions]],
  ['yaml_dump', [needed('value'), ...yamlOptions]],
  ['json_escape', [needed('value')]],
  ['jsonpath_query', [needed('value'), needed('query')]],
  ['regex_match', [needed('value'), needed('pattern'), ignoreCase]],
  ['regex_search', [needed('value'), needed('pattern'), ignoreCase]],
  ['regex_replace', [needed('value'), needed('pattern'), needed('replacement'), ignoreCase]],
  ['regex_substring', [needed('value'), needed('pattern'), maybe('result_index', indexOrNull), ignoreCase]],
  ['to_human_time_from_seconds', [needed('seconds')]],
  ['use_none', [needed('value')]],
  ['version_compare', versions],
  ['version_more_than', versions],
  ['version_less_than', versions],
  ['version_equal', versions],
  ['version_match', versions],
  ['version_bump_major', [needed('value')]],
  ['version_bump_minor', [needed('value')]],
  ['version_bump_patch', [needed('value')]],
  ['version_strip_patch', [needed('value')]],
]);

const asIs = (value: Value) => value;

/** What a function is to be given first, where that is not the value in its Python type. */
const PREPARED: ReadonlyMap<string, (value: Value) => Value> = new Map<string, (value: Value) => Value>([
  ['json', (value) => (isFrozen(value) ? null : foreign(value))],
  ['use_none', asIs],
  ['to_json_string', (value) => thawed(value, notJson)],
  ['json_dump', (value) => thawed(value, notJson)],
  ['to_yaml_string', (value) => thawed(value, notYaml)],
  ['yaml_dump', (value) => thawed(value, notYaml)],
  ['json_escape', (value) => plain(value, notJson)],
]);

const notJson = (): ExpressionFault => typeFault('Object of type FrozenDict is not JSON serializable');
const notYaml = (value: Value): ExpressionFault =>
  new ExpressionFault('value', 'RepresenterError', `('cannot represent an object', ${textOf(value)})`);

const isFrozen = (value: Value) => isPlain(value) || value instanceof FrozenDict;

/** Dicts and lists as StackStorm unwraps them for its dumpers: it does not look into tuples. */
function thawed(value: Value, refuse: (frozen: Value) => ExpressionFault): Value {
  if (isDict(value))
    return new Dict(dictEntries(value).map(([key, one]) => [key, deeper(() => thawed(one, refuse))] as const));
  if (value instanceof PyList) return deeper(() => value.items.map((one) => thawed(one, refuse)));
  return plain(value, refuse);
}

/** Tuples as lists; frozen dicts are not what dumpers know. */
function plain(value: Value, refuse: (frozen: Value) => ExpressionFault): Value {
  if (isFrozen(value)) throw refuse(value);
  if (value instanceof Dict) {
    return new Dict(dictEntries(value).map(([key, one]) => [key, deeper(() => plain(one, refuse))] as const));
  }
  const items = sequenceItems(value);
  return items ? deeper(() => items.map((one) => plain(one, refuse))) : value;
}

/** Functions that read the context, and give what is in it as it is. */
const READING: ReadonlyMap<string, readonly Named[]> = new Map<string, readonly Named[]>([
  ['item', [maybe('key')]],
  ['task_status', [needed('task_id'), maybe('route')]],
  ['task', [maybe('task_id'), maybe('route')]],
  ['succeeded', []],
  ['failed', []],
  ['completed', []],
  ['result', []],
]);

const workflowFunctions: readonly FunctionSpec[] = [
  define('ctx', 'function', [optional('key', any, null)], ({ scope }, key) =>
    truthy(key) ? variable(scope, asKey(key)) : new Dict(visible(scope)),
  ),
  define('zip', 'function', [rest('args', any), named(any)], ({ scope }, lists, options) => {
    const [only] = lists;
    if (lists.length === 1 && only !== undefined && only !== null) return only;
    return listOf(call('zip', lists, options, scope));
  }),
  define('st2kv', 'function', [param('key', any), named(any)], ({ scope }, key, options) =>
    call('st2kv', [key], options, scope),
  ),
  ...Array.from(READING, ([name, parameters]) => bound(name, parameters, asKey, asIs)),
  ...Array.from(SIGNATURES, ([name, parameters]) =>
    bound(name, parameters, PREPARED.get(name) ?? foreign, name === 'use_none' ? asIs : native),
  ),
].filter(({ names }) => names.every((name) => ORQUESTA_FUNCTIONS.has(name)));

/** Those of StackStorm's that only compute. */
export const ST2_YAQL_FUNCTIONS: readonly FunctionSpec[] = workflowFunctions.filter(({ names }) =>
  names.every((name) => WORKFLOW_FUNCTIONS.has(name)),
);

/** What every expression of a workflow may call. */
export const YAQL_FUNCTIONS = new Registry(workflowFunctions, STANDARD_LIBRARY);

function call(name: string, args: readonly Value[], options: ReadonlyMap<string, Value>, scope: Scope): Value {
  const run = ORQUESTA_FUNCTIONS.get(name);
  if (!run) throw new Error(`${name} is no function of workflows`);
  return run({ args, named: options }, scope);
}

/** A function with its parameters; what is not given is not passed on, so that its own defaults hold. */
function bound(
  name: string,
  parameters: readonly Named[],
  prepare: (value: Value) => Value,
  take: (result: Value) => Value,
): FunctionSpec {
  return define(
    name,
    'function',
    parameters.map(({ yaql }) => yaql),
    ({ scope }, ...values) => {
      const given = values.flatMap((value, at) => {
        const python = parameters[at]?.python;
        return value === NO_VALUE || python === undefined
          ? []
          : [[python, at === 0 ? prepare(value) : foreign(value)] as const];
      });
      return take(call(name, [], new Map(given), scope));
    },
  );
}

/** YAQL's value as Python's functions know it: its tuples are tuples, its lists lists. */
function foreign(value: Value): Value {
  if (value instanceof PyList) return value.items.map(foreign);
  return typeof value === 'object' ? typed(value) : value;
}

/** What a function made, as YAQL knows it: lists are no tuples, dicts not frozen. */
function native(value: Value): Value {
  if (isList(value)) return listOf(value.map(native));
  return isPlain(value) ? new Dict(Object.entries(value).map(([key, one]) => [key, native(one)] as const)) : value;
}

const listOf = (value: Value): Value => (isList(value) ? new PyList(value) : value);
