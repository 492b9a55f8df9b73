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
import { shownPath } from './failure.ts';
import type { Chain, ChainSource, ChainTask, Refusal, Way } from './model.ts';
import { textOf } from './text.ts';

/** A chain, or why there is none: first what StackStorm says, then what else was found. */
export interface Reading {
  readonly chain: Chain | undefined;
  readonly refusals: readonly Refusal[];
  /** What could be read of it, also where there is no chain. */
  readonly parts: Pick<Chain, 'tasks' | 'vars'>;
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
    const refusals: readonly Refusal[] = [{ type: 'syntax', message, path: [] }];
    return { chain: undefined, refusals, parts: { tasks: [], vars: null }, file, placeOf };
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
  const problems = schemaProblems(value).map(({ text, path, property }): Refusal => {
    return { type: 'syntax', message: text(repr), path: property === undefined ? path : [...path, property] };
  });
  const nodes = dictGet(value, 'chain') ?? [];
  const read = (isList(nodes) ? nodes : []).map(taskOf);
  const tasks = read.flatMap(({ task }) => (task ? [task] : []));
  const wrong = [...problems, ...read.flatMap(({ refusal }) => (refusal ? [refusal] : []))];
  const parts = { tasks, vars: dictGet(value, 'vars') ?? null };
  const taskNamed = lookupOf(tasks);
  // Of a task without a name nobody knows whether it is the one that others lead to.
  const isNamed = tasks.length === read.length && !problems.some(({ path }) => NAMELESS.test(shownPath(path)));
  const start = isNamed ? startOf(tasks, dictGet(value, 'default') ?? null, name) : { name: null };
  const ways = isNamed ? brokenWays(tasks, 'name' in start ? start.name : null, taskNamed) : [];
  const refusals = firstOfEachPlace([...wrong, ...('refusal' in start ? [start.refusal] : []), ...ways]);
  const chain = 'name' in start && refusals.length === 0 ? { ...parts, start: start.name, taskNamed } : undefined;
  return { chain, refusals, parts, file, placeOf };
}

/** Where the schema finds that names are not known. */
const NAMELESS = /^chain(?:\[0\](?:\.name)?)?$/;

/** What is wrong with a value is told once, and not again in other words. */
function firstOfEachPlace(refusals: readonly Refusal[]): readonly Refusal[] {
  const places = new Set<string>();
  return refusals.filter(({ path }) => places.size < places.add(shownPath(path)).size);
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

interface ReadTask {
  /** Undefined for what is none. */
  readonly task?: ChainTask;
  readonly refusal?: Refusal;
}

function taskOf(node: Value, index: number): ReadTask {
  const path = ['chain', index];
  const refused = (message: string) => ({ refusal: { type: 'syntax' as const, message, path } });
  if (!isDict(node)) return refused(`${repr(node)} is not of type 'object'`);
  const odd = dictEntries(node).find(([key]) => typeof key !== 'string');
  if (odd) return refused(`keywords must be strings: ${repr(odd[0])} is none`);
  const field = (key: string): Value => dictGet(node, key) ?? null;
  const [parameters, params] = [field('parameters'), field('params')];
  const task: ChainTask = {
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
  if (!truthy(parameters) || !truthy(params)) return { task };
  return { task, refusal: { type: 'semantic', message: BOTH, path: [...path, 'params'] } };
}

const WAYS: readonly (readonly [way: Way, target: (task: ChainTask) => Value])[] = [
  ['on-success', (task) => task.onSuccess],
  ['on-failure', (task) => task.onFailure],
];

/** The task that is told, else the first that no other leads to, else the first. */
function startOf(tasks: readonly ChainTask[], given: Value, name: string): { name: Value } | { refusal: Refusal } {
  if (truthy(given)) return { name: given };
  let [start, path]: [Value, FieldPath] = [null, ['chain']];
  const keyOf = ({ index }: ChainTask, field: string, value: Value) => {
    path = ['chain', index, field];
    return hashKey(value);
  };
  try {
    const ledTo = new Set(tasks.flatMap((task) => WAYS.map(([way, target]) => keyOf(task, way, target(task)))));
    const free = tasks.find((task) => !ledTo.has(keyOf(task, 'name', task.name)));
    start = (free ?? tasks[0])?.name ?? null;
  } catch (error) {
    if (!(error instanceof ExpressionFault)) throw error;
    return { refusal: { type: 'semantic', message: error.message, path } };
  }
  if (truthy(start)) return { name: start };
  return { refusal: { type: 'semantic', message: `Failed to find default node in ${name}.`, path: ['chain'] } };
}

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
