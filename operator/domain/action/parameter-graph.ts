// operator/domain/action/parameter-graph.ts — parameters whose templates name each other: what must be known before what.
import { deeper, spend } from '../expression/evaluation.ts';
import { ExpressionFault } from '../expression/fault.ts';
import { repr } from '../expression/python/repr.ts';
import { isList, isPlain, type Value } from '../expression/python/values.ts';
import { own } from './schema.ts';
import type { Schemas } from './runner-parameters.ts';
import { compileTemplate } from '../expression/jinja/template.ts';

/** A name: what it stands for, once as it is and once to be rendered, and who needs it. The template counts when both are there. */
interface Node {
  value?: Value;
  template?: Value;
  readonly neededBy: Set<string>;
}

export interface LiveSettings {
  /** Whether what is given is data, and no template. Default: false. */
  readonly asData?: boolean;
  /** Whether a given template stands against a default that is one; in StackStorm it does not. Default: false. */
  readonly givenWins?: boolean;
  /**
   * Whether each text of a list or object is a template of its own. In StackStorm the JSON of the whole is one, so that a quote in
   * what is filled in breaks it, or adds to it. Default: false.
   */
  readonly eachText?: boolean;
  /** Parameters that keep the value that they have: its type is not known here. Default: none. */
  readonly uncast?: ReadonlySet<string>;
}

/** Names in the order in which they came up. */
export type Graph = Map<string, Node>;

const isTemplateText = (text: string): boolean => text.includes('{{') || text.includes('{%');

/** The texts in which templates are looked for: of a list or dict what Python prints, or each of its texts. */
function sourcesOf(value: Value, eachText: boolean): readonly string[] {
  if (!hasTemplate(value)) return [];
  if (typeof value === 'string') return [value];
  return eachText ? [...templatesIn(value)] : [repr(value)];
}

/** The texts of a list or object that are templates, keys too. */
function* templatesIn(value: Value): Generator<string> {
  if (isTemplateString(value)) yield value;
  else if (isList(value)) for (const item of value) yield* templatesIn(item);
  else if (isPlain(value)) {
    for (const [key, item] of Object.entries(value)) {
      if (isTemplateText(key)) yield key;
      yield* templatesIn(item);
    }
  }
}

/** Whether a value is a template, or has one inside. */
export function hasTemplate(value: Value): boolean {
  if (typeof value === 'string') return isTemplateText(value);
  if (isList(value)) return deeper(() => value.some(hasTemplate));
  if (!isPlain(value)) return false;
  return deeper(() => Object.entries(value).some(([key, item]) => isTemplateText(key) || hasTemplate(item)));
}

/** A string that looks like a template. */
export const isTemplateString = (value: Value): value is string => typeof value === 'string' && isTemplateText(value);

function nodeOf(graph: Graph, name: string): Node {
  const known = graph.get(name);
  if (known) return known;
  const node: Node = { neededBy: new Set() };
  graph.set(name, node);
  return node;
}

export function addValue(graph: Graph, name: string, value: Value): void {
  nodeOf(graph, name).value = value;
}

/** A template with what it needs; what cannot be parsed is a value, as StackStorm takes it. */
export function addParameter(graph: Graph, name: string, value: Value, eachText: boolean): void {
  const sources = sourcesOf(value, eachText);
  if (sources.length === 0) return addValue(graph, name, value);
  try {
    const undeclared = sources.flatMap((source) => compileTemplate(source).undeclared);
    nodeOf(graph, name).template = value;
    for (const need of undeclared) nodeOf(graph, need).neededBy.add(name);
  } catch (error) {
    if (!(error instanceof ExpressionFault) || error.kind === 'budget') throw error;
    addValue(graph, name, value);
    // An unknown filter is no fault of syntax: it is told when the template is rendered.
    if (error.type === 'TemplateAssertionError') nodeOf(graph, name).template = value;
  }
}

/** Defaults for what is absent, null, or immutable. A default that is a template replaces a given template unless `givenWins`. */
export function addDefaults(
  graph: Graph,
  schemas: Schemas,
  { givenWins = false, eachText = false }: Pick<LiveSettings, 'givenWins' | 'eachText'>,
): void {
  for (const [name, schema] of Object.entries(schemas)) {
    const node = graph.get(name);
    const isImmutable = own(schema, 'immutable') === true;
    if (givenWins && !isImmutable && node?.template !== undefined) continue;
    if ((node?.value ?? null) === null || isImmutable)
      addParameter(graph, name, (own(schema, 'default') ?? null) as Value, eachText);
  }
}

/** A parameter that cannot be rendered. `unknown` is a name that means nothing. */
export class ParameterFault extends ExpressionFault {
  readonly parameter: string | undefined;
  readonly unknown: string | undefined;
  constructor(
    message: string,
    about: { parameter?: string | undefined; unknown?: string; cause?: ExpressionFault } = {},
  ) {
    const { cause } = about;
    super('validation', 'ParamException', message, { cause, ...(cause?.place ? { place: cause.place } : {}) });
    this.parameter = about.parameter;
    this.unknown = about.unknown;
  }
}

/** Names, each after those that it needs. @throws ParameterFault for unknown names and circles */
export function orderOf(graph: Graph): readonly string[] {
  for (const [name, { value, template, neededBy }] of graph) {
    if (value !== undefined || template !== undefined) continue;
    const [parameter] = neededBy;
    throw new ParameterFault(`Dependency unsatisfied in variable "${name}"`, { parameter, unknown: name });
  }
  const waiting = new Map([...graph.keys()].map((name) => [name, 0]));
  for (const { neededBy } of graph.values())
    for (const name of neededBy) waiting.set(name, (waiting.get(name) ?? 0) + 1);
  const order = [...waiting].filter(([, count]) => count === 0).map(([name]) => name);
  for (const name of order) {
    for (const next of graph.get(name)?.neededBy ?? []) {
      const left = (waiting.get(next) ?? 0) - 1;
      waiting.set(next, left);
      if (left === 0) order.push(next);
    }
  }
  if (order.length < graph.size) throw new ParameterFault(circles(graph, new Set(order)));
  return order;
}

function circles(graph: Graph, known: ReadonlySet<string>): string {
  const names = [...graph.keys()].filter((name) => !known.has(name) && needsItself(graph, name)).sort();
  return `Cyclic dependency found in the following variables: ${names.join(', ')}. Likely the variable is referencing itself`;
}

function needsItself(graph: Graph, name: string): boolean {
  const seen = new Set<string>();
  const next = [name];
  for (const at of next) {
    spend(1);
    for (const one of graph.get(at)?.neededBy ?? []) {
      if (one === name) return true;
      if (!seen.has(one)) next.push(one);
      seen.add(one);
    }
  }
  return false;
}
