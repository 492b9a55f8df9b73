// operator/domain/workflow/mistral/build-task.ts — a task as it was written → as the engine reads it, checked in Mistral's order.
import { isList, isPlain, type Plain, type Value } from '../../expression/python/values.ts';
import { buildClause, mergePublish, NO_PUBLISH } from './build-clause.ts';
import { buildPolicies, type TaskDefaults } from './build-policies.ts';
import type { Findings, Path } from './findings.ts';
import { parseCall } from './inline.ts';
import type { Publish, Task, Transition } from './model.ts';
import { own } from './own.ts';
import { TASK_SCHEMAS } from './schema.ts';
import { buildWithItems } from './with-items.ts';

/** Longest names, in characters. */
const NAME_MAX = 255;
const JOIN_NAME_MAX = 208;

export interface TaskPlace {
  readonly name: string;
  readonly key: string;
  readonly at: number;
  readonly type: 'direct' | 'reverse';
  readonly defaults: TaskDefaults;
  readonly path: Path;
}

/** What a task is before its neighbours are known, as far as it can be read. Undefined for what is none. */
export function buildTask(written: Value, place: TaskPlace, findings: Findings): Task | undefined {
  const { name, path, type, defaults } = place;
  const spec: Value = isPlain(written) ? { ...written, name, version: '2.0', type } : written;
  findings.fits(spec, TASK_SCHEMAS[type], path);
  if (!isPlain(spec)) return undefined;
  if (name.length > NAME_MAX) {
    findings.add('semantic', path, `The length of a '${name}' task name must not exceed ${NAME_MAX} symbols`);
  }
  const calls = buildCall(spec, path, findings);
  checkTexts(spec, path, findings);
  const withItems = buildWithItems(own(spec, 'with-items'), spec, [...path, 'with-items'], findings);
  const policies = buildPolicies(spec, defaults.policies, path, findings);
  const clauses = buildClauses(spec, name, defaults, path, findings);
  const join = own(spec, 'join');
  if (join !== undefined && join !== 0 && name.length > JOIN_NAME_MAX) {
    findings.add('semantic', path, `The length of a '${name}' join task name must not exceed ${JOIN_NAME_MAX} symbols`);
  }
  return {
    name,
    key: place.key,
    at: place.at,
    spec,
    ...calls,
    withItems,
    policies,
    keepResult: own(spec, 'keep-result') ?? true,
    ...clauses,
    join: join === 'all' ? 'all' : join === 'one' ? 1 : typeof join === 'number' && join > 0 ? join : undefined,
    inbound: [],
    outbound: [],
    requires: requiresOf(spec, defaults, name),
  };
}

function buildCall(spec: Plain, path: Path, findings: Findings): Pick<Task, 'action' | 'workflow' | 'input'> {
  const read = (key: string) => {
    const text = own(spec, key);
    if (typeof text !== 'string') return undefined;
    const call = parseCall(text);
    if (call) findings.checkExpressions(call.parameters, [...path, key]);
    else findings.add('syntax', [...path, key], `Invalid action/workflow task property: ${text}`);
    return call ?? { name: text, parameters: {} };
  };
  const [action, workflow] = [read('action'), read('workflow')];
  if (action?.name === 'st2.callback') findings.add('content', [...path, 'action'], 'st2.callback is deprecated.');
  const call = action ?? workflow;
  const input = own(spec, 'input') ?? {};
  return {
    action: action?.name ?? (own(spec, 'action') === undefined ? 'std.noop' : ''),
    workflow: workflow?.name,
    input: isPlain(input) ? { ...input, ...call?.parameters } : input,
  };
}

const EXPRESSIONS = ['input', 'publish', 'publish-on-error', 'publish-on-skip', 'keep-result', 'safe-rerun', 'target'];

function checkTexts(spec: Plain, path: Path, findings: Findings): void {
  for (const key of EXPRESSIONS) findings.checkExpressions(own(spec, key) ?? null, [...path, key]);
}

function buildClauses(
  spec: Plain,
  name: string,
  defaults: TaskDefaults,
  path: Path,
  findings: Findings,
): Pick<Task, 'next' | 'publish' | 'handlesErrors'> {
  const [complete, success, failure] = (['on-complete', 'on-success', 'on-error'] as const).map((event) => {
    const { next, publish } = buildClause(event, own(spec, event), [...path, event], findings);
    const inherited = () => defaults.next[event].filter(({ to }) => to !== name);
    return { publish, next: next.length > 0 ? next : inherited() };
  });
  buildClause('on-skip', own(spec, 'on-skip'), [...path, 'on-skip'], findings);
  const transitions = (of: { readonly next: readonly Transition[] } | undefined) => of?.next ?? [];
  const published = (key: string, of: { readonly publish: Publish | undefined } | undefined): Publish => {
    const branch = own(spec, key);
    const plainly = branch !== undefined && isPlain(branch) ? { ...NO_PUBLISH, branch } : undefined;
    return mergePublish(mergePublish(of?.publish, plainly), complete?.publish);
  };
  return {
    next: {
      SUCCESS: [...transitions(success), ...transitions(complete)],
      ERROR: [...transitions(failure), ...transitions(complete)],
    },
    publish: { SUCCESS: published('publish', success), ERROR: published('publish-on-error', failure) },
    handlesErrors: transitions(failure).length > 0,
  };
}

function requiresOf(spec: Plain, defaults: TaskDefaults, name: string): readonly string[] {
  const required = own(spec, 'requires') ?? [];
  const names = isList(required) ? required : [required];
  return [...new Set([...names.map(String), ...defaults.requires])].filter((one) => one !== name);
}
