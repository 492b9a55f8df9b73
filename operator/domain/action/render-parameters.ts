// operator/domain/action/render-parameters.ts — parameters as StackStorm renders them: what is stored with an execution, and what a runner gets.
import { deeper } from '../expression/evaluation.ts';
import { ExpressionFault } from '../expression/fault.ts';
import { kvScopes } from '../expression/functions/kv.ts';
import type { Datastore, Scope } from '../expression/functions/call.ts';
import { equals } from '../expression/python/compare.ts';
import { Dict, dictGet } from '../expression/python/dict.ts';
import { str } from '../expression/python/repr.ts';
import { isList, isPlain, type Plain, type Value } from '../expression/python/values.ts';
import { cast } from './cast.ts';
import {
  addDefaults,
  addParameter,
  addValue,
  type Graph,
  type LiveSettings,
  isTemplateString,
  orderOf,
  ParameterFault,
} from './parameter-graph.ts';
import type { Schemas } from './runner-parameters.ts';
import { own } from './schema.ts';
import { compileTemplate } from '../expression/jinja/template.ts';
import { readJson, writeJson } from './strict-json.ts';

/** What parameters are rendered from, beside what is given. */
export interface Sources {
  readonly runner: Schemas;
  readonly action: Schemas;
  readonly actionContext: Plain;
  /** The configuration of the action's pack. */
  readonly config: Plain;
  /** Further names: `trigger`, where a rule gives the parameters. */
  readonly additional?: Plain;
  readonly datastore?: Datastore | undefined;
}

/** What names the fault of a conversion, for the message; StackStorm shows the bare reason. */
export class CastFault extends ExpressionFault {
  readonly parameter: string;
  readonly value: Value;
  constructor(parameter: string, value: Value, { kind, type, message }: ExpressionFault) {
    super(kind, type, message);
    this.parameter = parameter;
    this.value = value;
  }
}

/** Who starts what nobody in particular has started, for lookups in the datastore. */
const SYSTEM_USER = 'stanley';
/** Exactly this, in a list or object, keeps its type. The class is StackStorm's: from A to z there are a few signs more. */
const TIGHT = /"\{\{([A-z0-9_-]+)\}\}"/g;

const ALONE = /^\{\{([A-z0-9_-]+)\}\}$/;

/** The template that a list or object is: its JSON. @throws ExpressionFault for what JSON does not have */
const sourceOfCollection = (value: Value): string => writeJson(value).replaceAll(TIGHT, '{{$1 | to_complex}}');

/** The user whose entries of the datastore count. */
export function userOf(context: Plain): string {
  const user = own(context, 'api_user') === undefined ? own(context, 'user') : own(context, 'api_user');
  return typeof user === 'string' && user !== '' ? user : SYSTEM_USER;
}

function newGraph({ actionContext, config, datastore }: Sources): Graph {
  const graph: Graph = new Map();
  addValue(graph, 'st2kv', kvScopes(datastore, userOf(actionContext)));
  addValue(graph, 'action_context', actionContext);
  addValue(graph, 'config_context', config);
  return graph;
}

/** The parameters of an execution's record: those given, and those whose default is a template. @throws ExpressionFault */
export function renderLive(sources: Sources, given: Plain, settings: LiveSettings = {}): Plain {
  const { asData = false, eachText = false } = settings;
  const graph = newGraph(sources);
  for (const [name, value] of Object.entries(sources.additional ?? {})) addValue(graph, name, value);
  for (const [name, value] of Object.entries(given)) {
    if (asData || settings.uncast?.has(name)) addValue(graph, name, value);
    else addParameter(graph, name, value, eachText);
  }
  addDefaults(graph, sources.action, settings);
  addDefaults(graph, sources.runner, settings);
  const rendered = renderAll(graph, sources, settings);
  return castAll(Object.keys(given), rendered, sources, settings);
}

/** All parameters, the stored ones as they are, sorted out by whose they are. @throws ExpressionFault */
export function renderFinal(
  sources: Sources,
  stored: Plain,
  settings: LiveSettings = {},
): { runner: Plain; action: Plain } {
  const graph = newGraph(sources);
  for (const [name, value] of Object.entries(stored)) addValue(graph, name, value);
  addDefaults(graph, sources.action, settings);
  addDefaults(graph, sources.runner, settings);
  const rendered = renderAll(graph, sources, settings);
  const all = Object.entries(castAll([...rendered.keys()], rendered, sources, settings));
  return {
    runner: Object.fromEntries(all.filter(([name]) => Object.hasOwn(sources.runner, name))),
    action: Object.fromEntries(
      all.filter(([name]) => Object.hasOwn(sources.action, name) && !Object.hasOwn(sources.runner, name)),
    ),
  };
}

function renderAll(
  graph: Graph,
  { datastore }: Sources,
  { eachText = false }: LiveSettings,
): ReadonlyMap<string, Value> {
  const rendered = new Map<string, Value>();
  const context = new Dict();
  for (const name of orderOf(graph)) {
    const { template, value = null } = graph.get(name) ?? {};
    const made = template === undefined ? value : renderOne(name, template, { context, datastore }, eachText);
    rendered.set(name, made);
    context.set(name, made);
  }
  return rendered;
}

function renderOne(name: string, template: Value, scope: Scope, eachText: boolean): Value {
  try {
    const render = (source: string) => compileTemplate(source).render(scope);
    if (eachText) return typeof template === 'string' ? render(template) : renderInside(template, scope);
    if (!isList(template) && !isPlain(template)) return render(str(template));
    return readJson(render(sourceOfCollection(template)));
  } catch (cause) {
    if (!(cause instanceof ExpressionFault)) throw cause;
    const message = `Failed to render parameter "${name}": ${cause.message}`;
    if (cause.kind === 'budget') throw new ExpressionFault('budget', cause.type, message, { cause });
    throw new ParameterFault(message, { parameter: name, cause });
  }
}

/** What stands alone in `{{name}}` keeps its type, every other text becomes text. */
function renderInside(value: Value, scope: Scope): Value {
  if (typeof value === 'string') {
    const name = ALONE.exec(value)?.[1];
    const known = name === undefined ? undefined : dictGet(scope.context, name);
    return known ?? (isTemplateString(value) ? compileTemplate(value).render(scope) : value);
  }
  if (isList(value)) return deeper(() => value.map((item) => renderInside(item, scope)));
  if (!isPlain(value)) return value;
  return deeper(() =>
    Object.fromEntries(
      Object.entries(value).map(([key, item]) => [
        isTemplateString(key) ? compileTemplate(key).render(scope) : key,
        renderInside(item, scope),
      ]),
    ),
  );
}

/** The named ones, and those that have their templated default; where both know a parameter the runner's type counts. */
function castAll(
  names: readonly string[],
  rendered: ReadonlyMap<string, Value>,
  sources: Sources,
  settings: LiveSettings,
): Plain {
  const result = new Map<string, Value>();
  const put = (name: string, schema: Schemas[string]) => {
    const value = rendered.get(name) ?? null;
    result.set(name, settings.uncast?.has(name) ? value : castOne(name, value, schema));
  };
  const schemaOf = (name: string) => (own(sources.runner, name) ?? own(sources.action, name) ?? {}) as Schemas[string];
  for (const name of names) put(name, schemaOf(name));
  const given = new Set(names);
  for (const schemas of [sources.action, sources.runner]) {
    for (const [name, schema] of Object.entries(schemas)) {
      if (given.has(name) || own(schema, 'immutable') === true) continue;
      const standard = (own(schema, 'default') ?? null) as Value;
      if (isTemplateString(standard) && !equals(standard, rendered.get(name) ?? null)) put(name, schema);
    }
  }
  return Object.fromEntries(result);
}

function castOne(name: string, value: Value, schema: Schemas[string]): Value {
  try {
    return cast(value, schema);
  } catch (error) {
    if (!(error instanceof ExpressionFault)) throw error;
    if (error.kind !== 'budget') throw new CastFault(name, value, error);
    throw new ExpressionFault('budget', error.type, `Failed to cast parameter "${name}": ${error.message}`, {
      cause: error,
    });
  }
}
