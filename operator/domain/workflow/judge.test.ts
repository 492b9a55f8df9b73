// operator/domain/workflow/judge.test.ts — a Workflow → its condition Ready: what is refused, and in which words.
import { expect, test } from 'vitest';
import type { Action, Workflow } from '../../api/kinds.ts';
import { WorkflowSpec } from '../../api/workflow.ts';
import { action, iso, T0 } from '../execution/builders.setup.ts';
import { planAction } from '../action/judge.ts';
import { type ObservedWorkflow, parseWorkflow, planWorkflow, referencesOf } from './judge.ts';

const TASKS = { a: { action: 'core.local', input: { cmd: 'date' } } };
const workflow = (spec: object = {}, metadata: object = {}): Workflow => ({
  apiVersion: 'squall.dev/v1alpha1',
  kind: 'Workflow',
  metadata: {
    name: 'acme.w',
    namespace: 'prod',
    uid: 'w',
    resourceVersion: '1',
    generation: 1,
    creationTimestamp: iso(0),
    ...metadata,
  },
  spec: WorkflowSpec.parse({ engine: 'orquesta', definition: { tasks: TASKS }, ...spec }),
});

const local = ['core.local', action()] as const;
const ready = (self: Workflow, more: Partial<ObservedWorkflow> = {}) => {
  const observed = {
    self,
    sameRef: [self],
    called: new Map<string, Action | Workflow>([local]),
    cycle: undefined,
    ...more,
  };
  const { reason, message, status } = planWorkflow(observed, T0).status?.conditions?.[0] ?? {};
  return { reason, message, status };
};

test('a valid one is accepted, with its generation', () => {
  const self = workflow();
  expect(planWorkflow({ self, sameRef: [self], called: new Map([local]), cycle: undefined }, T0)).toMatchObject({
    status: {
      observedGeneration: 1,
      conditions: [
        { type: 'Ready', status: 'True', reason: 'Accepted' },
        { type: 'Stalled', status: 'False' },
      ],
    },
    events: [],
  });
});

test.each<[string, Workflow, Partial<ObservedWorkflow>, object]>([
  [
    'its parameters',
    workflow({ parameters: { a: { typ: 'string' } } }),
    {},
    { reason: 'SchemaInvalid', message: expect.stringMatching(/^spec\.parameters\.a\.typ: /) },
  ],
  [
    "an engine's parameter",
    workflow({ parameters: { notify: { type: 'string' } } }),
    {},
    { reason: 'SchemaInvalid', message: expect.stringMatching(/"type" for the runner parameter "notify"/) },
  ],
  [
    'its definition',
    workflow({ definition: { tasks: { ...TASKS, b: { action: 'core.local', next: [{ do: 'c' }] } } } }),
    {},
    { reason: 'DefinitionInvalid', message: 'semantic: tasks.b.next[0].do: The task "c" is not defined.' },
  ],
  [
    'a circle',
    workflow(),
    { cycle: ['acme.w', 'acme.v', 'acme.w'] },
    {
      reason: 'ReferenceCycle',
      message: 'It would run itself: acme.w → acme.v → acme.w; take one of these references out',
    },
  ],
  [
    'an action that is not there',
    workflow(),
    { called: new Map() },
    {
      reason: 'ContentInvalid',
      message: 'content: tasks.a.action: The action "core.local" is not registered in the database.',
    },
  ],
  [
    'input that another workflow does not have',
    workflow({ definition: { tasks: { a: { action: 'acme.v', input: { x: 1, notify: [], y: 2 } } } } }),
    { called: new Map([['acme.v', workflow({ parameters: { x: {}, z: { required: true } } })]]) },
    {
      reason: 'ContentInvalid',
      message:
        'content: tasks.a.input: Action "acme.v" is missing required input "z".; content: tasks.a.input.y: Action "acme.v" has unexpected input "y".',
    },
  ],
  [
    'the engine of a definition',
    workflow({ engine: 'action-chain' }),
    {},
    { reason: 'DefinitionInvalid', message: expect.stringMatching(/chain/) },
  ],
  [
    "a workbook's workflow",
    workflow({
      engine: 'mistral',
      workflow: 'x',
      definition: { version: '2.0', name: 'acme.w', workflows: { main: { tasks: { t: { action: 'std.noop' } } } } },
    }),
    {},
    { reason: 'DefinitionInvalid', message: 'content: workflows: Unable to find the workflow "x" in the workbook.' },
  ],
])('%s is refused', (_, self, more, expected) => {
  expect(ready(self, more)).toMatchObject({ status: 'False', ...expected });
});

const chainOf = (ref: string, parameters: object = {}) =>
  workflow({
    engine: 'action-chain',
    definition: {
      chain: [
        { name: 'a', ref: 'core.local' },
        { name: 'b', ref, parameters },
      ],
    },
  });
const mistralOf = (action: string) =>
  workflow({
    engine: 'mistral',
    definition: { version: '2.0', 'acme.w': { tasks: { t: { action } } } },
  });

test.each<[string, Workflow, string]>([
  [
    'an action that is not there, of a chain',
    chainOf('core.gone'),
    'content: chain[1].ref: Task "b": The action "core.gone" is not registered in the database.',
  ],
  [
    'input that it does not take, of a chain',
    chainOf('core.local', { cdm: 1 }),
    'content: chain[1].parameters.cdm: Task "b": Action "core.local" has unexpected input "cdm".',
  ],
  [
    'an action that is not there, of Mistral',
    mistralOf('core.gone'),
    'content: acme.w.tasks.t.action: The action "core.gone" is not registered in the database.',
  ],
])('it can be run, with a warning: %s', (_, self, message) => {
  expect(ready(self)).toEqual({
    status: 'True',
    reason: 'AcceptedWithWarnings',
    message: `It can be run, but tasks will fail: ${message} Create the action, or correct the definition: it is judged again by itself`,
  });
  const called = new Map<string, Action | Workflow>([local, ['core.gone', action()]]);
  const { events } = planWorkflow({ self, sameRef: [self], called, cycle: undefined }, T0);
  expect(events).toEqual([]);
});

test('Mistral is not started with input that an action does not take', () => {
  expect(ready(mistralOf('core.local cdm=1'))).toMatchObject({ status: 'False', reason: 'ContentInvalid' });
});

test('a long list of findings ends with how many more there are', () => {
  const tasks = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`t${i}`, { action: `core.nothing${i}` }]));
  const { message = '' } = ready(workflow({ definition: { tasks } }));
  expect(message.length).toBeLessThanOrEqual(1024);
  const shown = message.split('; ').length - 1;
  expect(message).toMatch(new RegExp(`; and ${100 - shown} more$`));
});

const LOST =
  '. Did {} have a null? kubectl apply may leave them out: use kubectl apply --server-side, or write <% null %>';

test.each([
  ['a variable', { definition: { vars: [{}], tasks: TASKS } }, 'syntax: vars[0]: {} should be non-empty'],
  [
    'what is published',
    { definition: { tasks: { a: { action: 'core.local', next: [{ publish: [{}] }] } } } },
    'syntax: tasks.a.next[0].publish: [{}] is not valid under any of the given schemas',
  ],
  [
    "Mistral's input",
    {
      engine: 'mistral' as const,
      definition: { version: '2.0', 'acme.w': { input: [{}], tasks: { t: { action: 'std.noop' } } } },
    },
    'syntax: acme.w.input.0: Invalid DSL: {} should be non-empty',
  ],
])('a mapping that has lost its null says how to keep it: %s', (_, spec, finding) => {
  expect(ready(workflow(spec))).toMatchObject({ reason: 'DefinitionInvalid', message: finding + LOST });
});

test('the hint has its room beside a long list of findings', () => {
  const vars = Array.from({ length: 200 }, () => ({}));
  const { message = '' } = ready(workflow({ definition: { vars, tasks: TASKS } }));
  expect(message.length).toBeLessThanOrEqual(1024);
  expect(message).toMatch(/; and \d+ more\. Did \{\} have a null\?.* <% null %>$/);
});

test.each([
  ['Workflow', iso(5), iso(1), ['RefTaken', 'Accepted']],
  ['Action', iso(1), iso(5), ['Accepted', 'RefTaken']],
  ['Action, of the same second', iso(1), iso(1), ['Accepted', 'RefTaken']],
])('the older of an Action and a Workflow keeps the reference: %s', (_, actionSince, workflowSince, expected) => {
  const other = action({ ref: 'acme.w' }, { name: 'acme.w', uid: 'a', creationTimestamp: actionSince });
  const self = workflow({}, { creationTimestamp: workflowSince });
  const sameRef = [other, self];
  const ofAction = planAction({ self: other, sameRef }, T0).status?.conditions?.[0]?.reason;
  expect([ofAction, ready(self, { sameRef }).reason]).toEqual(expected);
});

test('who has the reference is named with its kind', () => {
  const self = workflow();
  const holder = action({ ref: 'acme.w' }, { name: 'w2', uid: 'a' });
  expect(ready(self, { sameRef: [holder, self] }).message).toBe(
    'Action "w2" has the reference "acme.w" already; change spec.ref of one of them',
  );
});

test('only what a definition names itself is a reference', () => {
  const tasks = {
    b: { action: 'z.a x=1' },
    c: { action: 'a.z' },
    d: { action: 'z.a' },
    e: { action: '<% ctx().st2 %>.x' },
  };
  expect(referencesOf(workflow({ definition: { tasks } }))).toEqual(['a.z', 'z.a']);
});

test('a spec that does not parse is told, field first', () => {
  expect(parseWorkflow({ ...workflow(), spec: { engine: 'nope' } })).toMatch(/^spec\.(?:engine|definition): /);
});
