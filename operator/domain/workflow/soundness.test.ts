// operator/domain/workflow/soundness.test.ts — children that cannot be made, and secrets that may or may not be handed on.
import { expect, test } from 'vitest';
import { ActionSpec } from '../../api/action.ts';
import { ExecutionSpec, JOURNAL_LINES_MAX } from '../../api/execution.ts';
import type { Action, Workflow } from '../../api/kinds.ts';
import { type WorkflowEngine, WorkflowSpec } from '../../api/workflow.ts';
import { HandedOn } from '../datastore/handed-on.ts';
import type { Live } from '../execution/parse.ts';
import { liveRun } from './live.setup.ts';
import { limitReached, refuseWrong } from './soundness.ts';

const action = (ref: string, spec: object): Action =>
  ({ kind: 'Action', metadata: { name: ref, namespace: 'n' }, spec: ActionSpec.parse(spec) }) as unknown as Action;
/** With one parameter, whose value is the template's. */
const told = (ref: string, template: string) =>
  action(ref, { runner: 'noop', parameters: { told: { type: 'string', default: template } } });
const workflow = (ref: string, spec: object): Workflow =>
  ({
    kind: 'Workflow',
    metadata: { name: ref, namespace: 'n' },
    spec: WorkflowSpec.parse({ engine: 'orquesta', definition: {}, ...spec }),
  }) as unknown as Workflow;
const CALLABLE = new Map<string, Action | Workflow>([
  ['p.ssh', action('p.ssh', { runner: 'remote-shell-cmd' })],
  ['p.own', action('p.own', { runner: 'noop', parameters: { word: { secret: true }, shown: {} } })],
  ['p.off', action('p.off', { runner: 'noop', enabled: false })],
  ['p.int', action('p.int', { runner: 'noop', parameters: { n: { type: 'integer' } } })],
  ['p.parent', told('p.parent', '{{ action_context.parent.execution_id }} {{ action_context.parent.pack }}')],
  ['p.task', told('p.task', '{{ action_context.orquesta.task_name }} {{ action_context.orquesta.task_route }}')],
  ['p.event', told('p.event', '{{ action_context.trigger_instance.id }}')],
  ['p.sub', workflow('p.sub', { parameters: { k: { type: 'integer' }, w: { secret: true } } })],
  ['p.sub-off', workflow('p.sub-off', { enabled: false })],
]);
const execution = {
  metadata: { name: 'w', namespace: 'n', uid: 'u' },
  spec: ExecutionSpec.parse({
    request: {
      action: 'p.w',
      context: {
        trigger: {
          type: 'p.t',
          event: 'e',
          source: 's',
          receivedAt: '2026-01-01T00:00:00Z',
          rule: { name: 'r', uid: 'ru' },
        },
      },
    },
  }),
} as unknown as Live;
const around = { execution, isThere: () => false, callable: (ref: string) => CALLABLE.get(ref), nowMs: 0 };

/** The errors of a run whose only task is given that. */
function errorsOf(called: string, input: object): unknown {
  const stored = { pw: { secret: { name: 's', key: 'k' } } };
  const { live } = liveRun('orquesta', { tasks: { t: { action: called, input } } }, stored);
  live.record({ atMs: 0, entry: { is: 'start' } });
  refuseWrong(live, 1, around);
  const { errors = [] } = live.run.result() as { errors?: readonly { message: string }[] };
  return errors.map(({ message }) => message).join('; ');
}

const DECRYPTED = "<% st2kv('system.pw', decrypt => true) %>";
const REFERENCE = { valueFrom: { secretKeyRef: { name: 's', key: 'k' } } };

test.each([
  ['a parameter of its own', 'p.own', { word: DECRYPTED }],
  ["a parameter of the action's runner", 'p.ssh', { hosts: 'h', cmd: 'ls', password: DECRYPTED }],
])('a secret of the datastore goes to %s that is secret', (_, called, input) => {
  expect(errorsOf(called, input)).toBe('');
});

test.each([
  [
    'a parameter that is not secret',
    'p.own',
    { shown: DECRYPTED },
    /parameters\.shown: a secret may only be the whole/,
  ],
  ['a part of a text', 'p.own', { word: `x${DECRYPTED}` }, /parameters\.word: a secret may only be the whole/],
  ['a reference that it was not given', 'p.own', { word: REFERENCE }, /may hand on only those references/],
  [
    'a secret in clear text',
    'p.ssh',
    { hosts: 'h', password: 'clear' },
    /parameters\.password is secret and was given/,
  ],
  ['an action that is not there', 'p.none', {}, /Unable to find action "p\.none"/],
  ['a parameter that it does not have', 'p.own', { other: 1 }, /other/],
  ['a parameter that a workflow does not have', 'p.sub', { other: 1 }, /other/],
  ['a parameter of another type of a workflow', 'p.sub', { k: 'x' }, /parameters\.k/],
  ['an action that is disabled', 'p.off', {}, /Action "p\.off" is disabled/],
  ['a workflow that is disabled', 'p.sub-off', {}, /Workflow "p\.sub-off" is disabled/],
  ['an event that a child is not told of', 'p.event', {}, /no attribute 'trigger_instance'/],
  [
    'more than an object holds',
    'p.own',
    { shown: Array(2).fill(`<% 'x' * 900000 %>`) },
    /hand large values over by reference/,
  ],
])('%s is refused', (_, called, input, message) => {
  expect(errorsOf(called, input)).toMatch(message);
});

/** A workflow of any engine that was given a secret as its parameter `word`. */
function given(engine: WorkflowEngine, definition: object) {
  const secret = { name: 's', key: 'k' };
  const { live, reads } = liveRun(engine, definition, {}, { word: new HandedOn().open(secret) });
  reads.handedOn.open(secret);
  live.record({ atMs: 0, entry: { is: 'start' } });
  refuseWrong(live, 1, around);
  return live;
}
const inOrquesta = (input: object) =>
  ['orquesta', { input: ['word'], tasks: { t: { action: 'p.own', input } } }] as const;
const inMistral = (input: object) =>
  ['mistral', { version: '2.0', 'p.w': { input: ['word'], tasks: { t: { action: 'p.own', input } } } }] as const;
const inChain = (parameters: object) =>
  [
    'action-chain',
    { vars: { o: { token: '{{ word }}' }, l: ['{{ word }}'] }, chain: [{ name: 't', ref: 'p.own', parameters }] },
  ] as const;

test.each([
  inOrquesta({ shown: '<% to_json_string(dict(token=>ctx(word))) %>' }),
  inOrquesta({ shown: "{{ ctx('word') | tojson }}" }),
  inOrquesta({ shown: '<% json_escape(ctx(word)) %>' }),
  inOrquesta({ shown: '<% str(list(ctx(word))) %>' }),
  inOrquesta({ word: '<% ctx(word).toUpper() %>' }),
  inOrquesta({ word: "{{ ctx('word') | urlencode }}" }),
  inMistral({ shown: 'body <% dict(t=>$.word) %>' }),
  inMistral({ shown: '<% json_pp($) %>' }),
  inChain({ shown: '{{ o }}' }),
  inChain({ shown: '{{ l }}' }),
  inChain({ shown: '{{ o | to_json_string }}' }),
])('%s: a secret that a text was made of is refused: %j', (engine, definition) => {
  const live = given(engine, definition);
  expect(live.status).toBe('failed');
  expect(live.journal.join('\n')).toMatch(/parameters\.\w+: a secret may only be the whole value/);
});

test('words that only look like a secret are handed on', () => {
  const input = { shown: 'squall:datastore:s/k', word: '<% ctx(word) %>' };
  expect([...given(...inOrquesta(input)).open].map(({ child }) => child.input)).toEqual([
    { ...input, word: REFERENCE },
  ]);
});

test('an action that has the name of a secret is not found, and not named', () => {
  const { journal } = given('orquesta', { input: ['word'], tasks: { t: { action: '<% ctx(word) %>' } } });
  expect(journal[1]).toContain('Unable to find action \\"********\\".');
});

test.each([
  ['p.own', 'word', '********'],
  ['p.ssh', 'password', 'x********'],
  ['p.sub', 'w', '********'],
])('a secret that came back masked is not called a secret in clear text: %s, %s', (called, name, shown) => {
  const message = errorsOf(called, { [name]: shown });
  expect(message).toMatch(new RegExp(`parameters\\.${name}: a secret does not come back from an action or a workflow`));
  expect(message).not.toMatch(/rotate/);
});

test.each(['p.parent', 'p.task', 'p.sub'])('what a child sees of its parent and its task is there for %s', (called) => {
  expect(errorsOf(called, {})).toBe('');
});

/** A chain that begins. */
const chained = (chain: object) => {
  const { live } = liveRun('action-chain', { chain });
  live.record({ atMs: 0, entry: { is: 'start' } });
  return live;
};

test.each([
  ['an unknown action', { ref: 'p.none' }, /Action with reference "p\.none" doesn't exist/],
  ['a value that cannot be cast', { ref: 'p.int', parameters: { n: 'x' } }, /Failed to cast value 'x'/],
])('%s ends a chain at once', (_, task, message) => {
  const live = chained([
    { name: 'a', ...task, 'on-failure': 'b' },
    { name: 'b', ref: 'p.own' },
  ]);
  expect(refuseWrong(live, 1, around)).toBeUndefined();
  expect([live.status, live.run.result()['error']]).toEqual(['failed', expect.stringMatching(message)]);
});

test('a task that is refused for ever ends the run, and the next one is not made unchecked', () => {
  const live = chained([{ name: 'a', ref: 'p.off', parameters: { long: 'x'.repeat(5000) }, 'on-failure': 'a' }]);
  const ended = refuseWrong(live, 1, around);
  expect(ended).toMatchObject({ reason: 'WorkflowLimit', message: expect.stringMatching(/the last one "a\/1001"/) });
  expect([live.sound, live.status]).toEqual([0, 'running']);
});

test('what a run that has ended had asked for is not looked at', () => {
  const { live } = liveRun('orquesta', { tasks: { t: { with: '<% range(1000) %>', action: 'p.off' } } });
  live.record({ atMs: 0, entry: { is: 'start' } });
  refuseWrong(live, 1, around);
  expect([live.status, live.journal.length]).toEqual(['failed', 2]);
});

test('a journal that would not fit into the status any more ends the run while it does', () => {
  const { live } = liveRun('orquesta', { tasks: { t: { with: '<% range(100) %>', action: 'core.noop' } } });
  live.record({ atMs: 0, entry: { is: 'start' } });
  const limits = { tasks: 1000, contextBytes: 1_000_000, depth: 3 };
  const request = (i: number) => (i % 2 === 0 ? ('pause' as const) : ('resume' as const));
  let ended: ReturnType<typeof limitReached>;
  for (let i = 0; !ended && i < JOURNAL_LINES_MAX; i++) {
    live.record({ atMs: i, entry: { is: 'request', request: request(i) } });
    ended = limitReached(live, limits);
  }
  expect(ended).toMatchObject({
    reason: 'WorkflowLimit',
    message: expect.stringContaining('journal is full') as string,
  });
  expect(JOURNAL_LINES_MAX - live.journal.length).toBeGreaterThan(1000 + 100);
});
