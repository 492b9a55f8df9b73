// operator/domain/workflow/mistral/functions.ts — the functions of Mistral and of StackStorm in it: task(), env(), st2kv(), uuid() and so on.
import { nextRandom } from '../../expression/evaluation.ts';
import { ExpressionFault } from '../../expression/fault.ts';
import { bind, type Parameter, type PyFunction, type Scope } from '../../expression/functions/call.ts';
import { st2kv as readDatastore } from '../../expression/functions/kv.ts';
import { ST2_FUNCTIONS, WORKFLOW_FUNCTIONS } from '../../expression/functions/st2/table.ts';
import { dumpJson } from '../../expression/python/json.ts';
import { loadJson } from '../../expression/python/json-load.ts';
import { str } from '../../expression/python/repr.ts';
import { PyObject, truthy, type Value } from '../../expression/python/values.ts';
import { dumpYaml } from '../../expression/python/yaml-dump.ts';
import { loadYaml } from '../../expression/python/yaml-load.ts';
import { lensIn } from './lens.ts';
import { toJson } from './to-json.ts';

/** A function with its parameters, as Python and YAQL both name them. */
export interface MistralFunction {
  readonly parameters: readonly Parameter[];
  readonly run: PyFunction;
}

const reading = (
  name: string,
  parameters: readonly Parameter[],
  run: (values: readonly Value[], scope: Scope) => Value,
): readonly [string, MistralFunction] => [
  name,
  { parameters, run: (call, scope) => run(bind(`${name}_`, call, parameters), scope) },
];

/** The value of a parameter that is always bound. */
const at = (values: readonly Value[], index: number): Value => values[index] ?? null;

const OPTIONAL_TASKS: readonly Parameter[] = [
  ['workflow_execution_id', null],
  ['recursive', false],
  ['state', null],
  ['flat', false],
];
const OPTIONAL_EXECUTIONS: readonly Parameter[] = [
  ['id', null],
  ['root_execution_id', null],
  ['state', null],
  ['from_time', null],
  ['to_time', null],
];

/** Those that see the run, and those whose first parameter Mistral names otherwise than StackStorm. */
export const MISTRAL_OWN: ReadonlyMap<string, MistralFunction> = new Map([
  reading('env', [], (_, scope) => lensIn(scope).lens.env),
  reading('execution', [], (_, scope) => lensIn(scope).lens.execution()),
  reading('executions', OPTIONAL_EXECUTIONS, (values, scope) => {
    const execution = lensIn(scope).lens.execution();
    return toJson([execution].filter((one) => isAskedFor(one, values)));
  }),
  reading('global', ['var_name'], (values, scope) => lensIn(scope).lens.shared(at(values, 0))),
  reading('task', [['task_name', null]], (values, scope) => {
    const { lens, current } = lensIn(scope);
    return lens.task(at(values, 0), current);
  }),
  reading('tasks', OPTIONAL_TASKS, (values, scope) =>
    lensIn(scope).lens.tasks({
      workflowId: at(values, 0),
      recursive: truthy(at(values, 1)),
      state: at(values, 2),
      flat: truthy(at(values, 3)),
    }),
  ),
  reading('uuid', [], () => uuid4()),
  reading('json_dump', ['data'], (values) => dumpJson(toJson(at(values, 0)), { indent: 4 })),
  reading('json_pp', ['data'], (values) => dumpJson(toJson(at(values, 0)), { indent: 4 })),
  reading('json_parse', ['data'], (values) => loadJson(str(at(values, 0)))),
  reading('yaml_dump', ['data'], (values) => dumpYaml(toJson(at(values, 0)))),
  reading('yaml_parse', ['data'], (values) => loadYaml(str(at(values, 0)))),
  reading('st2kv', ['key', ['decrypt', false]], ([key = null, decrypt = false], scope) => st2kv(key, decrypt, scope)),
]);

function isAskedFor(execution: Value, values: readonly Value[]): boolean {
  const fields = ['id', 'root_execution_id', 'state'];
  const record = execution as { readonly [key: string]: Value };
  return fields.every((field, index) => at(values, index) === null || at(values, index) === (record[field] ?? null));
}

class Missing extends PyObject {
  readonly typeName = 'Missing';
  repr(): string {
    return '<Missing>';
  }
}
const MISSING = new Missing();

/** Decrypts when it is asked to; what was stored as it is, is given as it is. */
function st2kv(key: Value, decrypt: Value, scope: Scope): Value {
  const stored = readKey(key, false, scope);
  if (stored === MISSING) {
    const message = `Key ${str(key)} does not exist in StackStorm datastore.`;
    throw new ExpressionFault('undefined', 'YaqlEvaluationException', message);
  }
  if (!truthy(decrypt)) return stored;
  try {
    return readKey(key, true, scope);
  } catch (fault) {
    if (!(fault instanceof ExpressionFault) || fault.kind === 'budget') throw fault;
    return stored;
  }
}

const readKey = (key: Value, decrypts: boolean, scope: Scope): Value =>
  readDatastore(
    {
      args: [key],
      named: new Map<string, Value>([
        ['decrypt', decrypts],
        ['default', MISSING],
      ]),
    },
    scope,
  );

/** Version 4, of the evaluation's own chance. */
function uuid4(): string {
  const digits = Array.from({ length: 32 }, (_, i) => {
    const digit = Math.floor(nextRandom() * 16);
    return (i === 12 ? 4 : i === 16 ? 8 + (digit % 4) : digit).toString(16);
  }).join('');
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

const toComplex = ST2_FUNCTIONS.get('to_complex');

/** All functions by name. */
export const MISTRAL_FUNCTIONS: ReadonlyMap<string, PyFunction> = new Map([
  ...WORKFLOW_FUNCTIONS,
  ...(toComplex ? [['to_complex', toComplex] as const] : []),
  ...[...MISTRAL_OWN].map(([name, { run }]) => [name, run] as const),
]);
