// operator/domain/workflow/orquesta/run.setup.ts — for tests: workflows of some tasks, what runs of them are told, and what their steps ask for.
import type { Plain } from '../../expression/python/values.ts';
import type { ChildStatus, Entry, Outside, Step } from '../engine.ts';
import { openWorkflow } from './open.ts';
import { OrquestaRun } from './run.ts';

export const outside: Outside = { nowMs: Date.UTC(2024, 0, 1), seed: 1, datastore: undefined };

export function runOf(definition: string, parameters: Record<string, unknown> = {}, context = {}): OrquestaRun {
  const { workflow, graph, findings } = openWorkflow(definition);
  if (!workflow || !graph) throw new Error(JSON.stringify(findings));
  return new OrquestaRun(workflow, graph, { parameters: parameters as Plain, context, uid: 'u1' });
}

/** What a step asks for: `+` is a child with its action, anything else is told to a child that runs. */
export const told = ({ status, children, tell }: Step): string =>
  [
    status,
    ...children.map(
      ({ key, action, delaySeconds }) => `+${key} ${action}${delaySeconds > 0 ? ` in ${delaySeconds} s` : ''}`,
    ),
    ...tell.map(({ key, request }) => `${request} ${key}`),
  ].join('; ');

export const ended = (key: string, status: ChildStatus = 'succeeded', result: unknown = { n: 1 }): Entry =>
  ({ is: 'child', key, status, result }) as Entry;
export const now = (key: string, status: ChildStatus): Entry => ({ is: 'child', key, status });
export const ask = (request: 'pause' | 'resume' | 'cancel'): Entry => ({ is: 'request', request });
export const START: Entry = { is: 'start' };

export const SEQUENCE = `
version: 1.0
input: [who]
tasks:
  first:
    action: core.echo message=<% ctx().who %>
    next:
      - when: <% succeeded() %>
        publish: said=<% result().n %>
        do: second
  second:
    delay: 3
output:
  - said: <% ctx().said %>
`;

export const PARALLEL = `
version: 1.0
tasks:
  a: {action: core.local, next: [{when: <% succeeded() %>, do: c}]}
  b: {action: core.local, next: [{when: <% succeeded() %>, do: c}]}
  c: {action: core.noop, join: all}
`;

export const ITEMS = `
version: 1.0
input: [xs, {limit: 2}]
tasks:
  each:
    with: {items: x in <% ctx().xs %>, concurrency: <% ctx().limit %>}
    delay: 5
    action: core.echo
    input: {message: <% item(x) %>}
    next: [{when: <% succeeded() %>, publish: [{all: <% result() %>}], do: done}]
  done: {action: core.noop}
output: [{all: <% ctx().all %>}]
`;

export const RETRY = `
version: 1.0
tasks:
  t: {action: core.local, retry: {count: 1, delay: 7}}
`;

/** What is told a run of a definition, one after the other, and what each step asks for. */
export type Story = readonly [
  story: string,
  definition: string,
  parameters: object,
  steps: readonly (readonly [entry: Entry, step: string])[],
];
/** The steps of a story, and what they really ask for. */
export function stepsOf([, definition, parameters, steps]: Story) {
  const run = runOf(definition, parameters as Record<string, unknown>);
  return { asked: steps.map(([entry]) => told(run.advance(entry, outside))), wanted: steps.map(([, step]) => step) };
}

export const resultOf = (definition: string, parameters: object, ...entries: readonly Entry[]) => {
  const run = runOf(definition, parameters as Record<string, unknown>);
  for (const entry of [START, ...entries]) run.advance(entry, outside);
  return run.result();
};
