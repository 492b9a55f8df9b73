// operator/domain/workflow/action-chain/read.ts — the text of a chain → its tasks, or what StackStorm would not start it for.
import { evaluating, type Limits, NOWHEN } from '../../expression/evaluation.ts';
import { ExpressionFault, type Place } from '../../expression/fault.ts';
import { isJinjaExpression } from '../../expression/jinja/render-values.ts';
import { hashKey } from '../../expression/python/compare.ts';
import { dictEntries, dictGet, isDict } from '../../expression/python/dict.ts';
import { repr } from '../../expression/python/repr.ts';
import { isList, truthy, typeName, type Value } from '../../expression/python/values.ts';
import { loadYaml } from '../../expression/python/yaml-load.ts';
import { type FieldPath, openYamlText, type YamlText } from '../../pack/yaml-text.ts';
import { schemaProblems } from './chain-schema.ts';
import type { Chain, ChainSource, ChainTask, Refusal, Way } from './model.ts';
import { textOf } from './text.ts';

/** A chain, or why there is none: first what StackStorm says, then what else was found. */
export interface Reading {
  readonly chain: Chain | undefined;
  readonly refusals: readonly Refusal[];
  readonly file: string;
  /** Where a field stands; undefined where the definition came without its text. */
  readonly placeOf: (path: FieldPath) => Place | undefined;
}

/** Of a definition: a text of 1 Mi characters, nested as deep as nobody writes. */
const LIMITS: Limits = { steps: 8 * 1024 * 1024, characters: 1024 * 1024, items: 100_000, depth: 60 };

/** Never throws for what a definition says. */
export function readChain(source: ChainSource): Reading {
  const { file } = source;
  const positions = placesIn(source);
  const fail = (error: unknown): Reading => {
    if (!(error instanceof ExpressionFault)) throw error;
    const said = error.message.replaceAll('"<unicode string>"', `"${file}"`);
    const message = `Failed to parse action chain definition from "${file}": ${said}`;
    const placeOf = (path: FieldPath) => error.place ?? positions(path);
    return { chain: undefined, refusals: [{ type: 'syntax', message, path: [] }], file, placeOf };
  };
  try {
    return evaluating(NOWHEN, () => readDefinition(source, positions), LIMITS);
  } catch (error) {
    return fail(error);
  }
}

/** The text is opened once more when somebody asks where a thing stands: of a chain without faults nobody does. */
function placesIn({ definition }: ChainSource): Reading['placeOf'] {
  if (typeof definition !== 'string') return () => undefined;
  let text: YamlText | undefined;
  return (path) => (text ??= openYamlText(definition)).placeOf(path);
}

function readDefinition({ definition, file, name }: ChainSource, placeOf: Reading['placeOf']): Reading {
  const value = typeof definition === 'string' ? loadYaml(definition) : definition.value;
  if (!isDict(value)) throw new ExpressionFault('value', 'ValueError', `Expected "dict", got "${typeName(value)}"`);
  const problems = schemaProblems(value);
  if (problems.length > 0) {
    const refusals = problems.map(({ text, path, property }): Refusal => {
      return { type: 'syntax', message: text(repr), path: property === undefined ? path : [...path, property] };
    });
    return { chain: undefined, refusals, file, placeOf };
  }
  const nodes = dictGet(value, 'chain') ?? [];
  const tasks = (isList(nodes) ? nodes : []).map(taskOf);
  const wrong = tasks.filter((task): task is Refusal => 'message' in task);
  if (wrong.length > 0) return { chain: undefined, refusals: wrong, file, placeOf };
  const good = tasks.filter((task): task is ChainTask => !('message' in task));
  const start = startOf(good, dictGet(value, 'default') ?? null, name);
  if ('refusal' in start) return { chain: undefined, refusals: [start.refusal], file, placeOf };
  const taskNamed = lookupOf(good);
  const refusals = brokenWays(good, start.name, taskNamed);
  const chain = { tasks: good, start: start.name, taskNamed, vars: dictGet(value, 'vars') ?? null };
  return { chain: refusals.length > 0 ? undefined : chain, refusals, file, placeOf };
}

/** Names are equal as Python's keys are: a 1 leads to a 1.0. */
function lookupOf(tasks: readonly ChainTask[]): Chain['taskNamed'] {
  const named = new Map<string, ChainTask>();
  for (const task of tasks) {
    const key = isHashable(task.name) ? hashKey(task.name) : undefined;
    if (key !== undefined && !named.has(key)) named.set(key, task);
  }
  return (name) => (isHashable(name) ? named.get(hashKey(name)) : undefined);
}

const BOTH = 'Either "params" or "parameters" attribute needs to be provided, but not both';

function taskOf(node: Value, index: number): ChainTask | Refusal {
  const path = ['chain', index];
  if (!isDict(node)) return { type: 'syntax', message: `${repr(node)} is not of type 'object'`, path };
  const odd = dictEntries(node).find(([key]) => typeof key !== 'string');
  if (odd) return { type: 'syntax', message: `keywords must be strings: ${repr(odd[0])} is none`, path };
  const field = (key: string): Value => dictGet(node, key) ?? null;
  const [parameters, params] = [field('parameters'), field('params')];
  if (truthy(parameters) && truthy(params)) return { type: 'semantic', message: BOTH, path: [...path, 'params'] };
  return {
    index,
    name: field('name'),
    ref: field('ref'),
    parametersField: truthy(parameters) ? 'parameters' : 'params',
    parameters: truthy(parameters) ? parameters : params,
    publish: field('publish'),
    notify: field('notify'),
    onSuccess: field('on-success'),
    onFailure: field('on-failure'),
  };
}

/** The task that is told, else the first that no other leads to, else the first. */
function startOf(tasks: readonly ChainTask[], given: Value, name: string): { name: Value } | { refusal: Refusal } {
  if (truthy(given)) return { name: given };
  let start: Value = null;
  try {
    const ledTo = new Set(tasks.flatMap((task) => [hashKey(task.onSuccess), hashKey(task.onFailure)]));
    const free = tasks.find((task) => !ledTo.has(hashKey(task.name)));
    start = (free ?? tasks[0])?.name ?? null;
  } catch (error) {
    if (!(error instanceof ExpressionFault)) throw error;
    return { refusal: { type: 'semantic', message: error.message, path: ['chain'] } };
  }
  if (truthy(start)) return { name: start };
  return { refusal: { type: 'semantic', message: `Failed to find default node in ${name}.`, path: ['chain'] } };
}

const WAYS: readonly (readonly [way: Way, target: (task: ChainTask) => Value])[] = [
  ['on-success', (task) => task.onSuccess],
  ['on-failure', (task) => task.onFailure],
];

function brokenWays(tasks: readonly ChainTask[], start: Value, taskNamed: Chain['taskNamed']): Refusal[] {
  const leadsOn = (name: Value): boolean => !truthy(name) || isJinjaExpression(name) || taskNamed(name) !== undefined;
  const broken = tasks.flatMap((task) =>
    WAYS.filter(([, target]) => !leadsOn(target(task))).map(([way, target]): Refusal => {
      const message = `Unable to find node with name "${textOf(target(task))}" referenced in "${way}" in task "${textOf(task.name)}".`;
      return { type: 'semantic', message, path: ['chain', task.index, way] };
    }),
  );
  if (leadsOn(start)) return broken;
  const message = `Unable to find node with name "${textOf(start)}" referenced in "default".`;
  return [...broken, { type: 'semantic', message, path: ['default'] }];
}

/** Lists and dicts are no keys, and no names. */
const isHashable = (value: Value): boolean => !isList(value) && !isDict(value);
