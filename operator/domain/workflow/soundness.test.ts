// operator/domain/workflow/soundness.test.ts — children that cannot be made, and secrets that may or may not be handed on.
import { expect, test } from 'vitest';
import { ActionSpec } from '../../api/action.ts';
import { ExecutionSpec } from '../../api/execution.ts';
import type { Action } from '../../api/kinds.ts';
import type { Live } from '../execution/parse.ts';
import { liveRun } from './live.setup.ts';
import { refuseWrong } from './soundness.ts';

const action = (ref: string, spec: object): Action =>
  ({ kind: 'Action', metadata: { name: ref, namespace: 'n' }, spec: ActionSpec.parse(spec) }) as unknown as Action;
const ACTIONS = new Map([
  ['p.ssh', action('p.ssh', { runner: 'remote-shell-cmd' })],
  ['p.own', action('p.own', { runner: 'noop', parameters: { word: { secret: true }, shown: {} } })],
]);
const execution = {
  metadata: { name: 'w', namespace: 'n', uid: 'u' },
  spec: ExecutionSpec.parse({ request: { action: 'p.w' } }),
} as unknown as Live;

/** The errors of a run whose only task is given that. */
function errorsOf(called: string, input: object): unknown {
  const stored = { pw: { secret: { name: 's', key: 'k' } } };
  const { live } = liveRun('orquesta', { tasks: { t: { action: called, input } } }, stored);
  live.record({ atMs: 0, entry: { is: 'start' } });
  const around = { execution, isThere: () => false, callable: (ref: string) => ACTIONS.get(ref), nowMs: 0 };
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
  ['a parameter that is not secret', 'p.own', { shown: DECRYPTED }, /parameters\.shown: a secret of the datastore/],
  ['a part of a text', 'p.own', { word: `x${DECRYPTED}` }, /parameters\.word: a secret of the datastore/],
  ['a reference that it was not given', 'p.own', { word: REFERENCE }, /may hand on only those references/],
  [
    'a secret in clear text',
    'p.ssh',
    { hosts: 'h', password: 'clear' },
    /parameters\.password is secret and was given/,
  ],
  ['an action that is not there', 'p.none', {}, /Unable to find action "p\.none"/],
  ['a parameter that it does not have', 'p.own', { other: 1 }, /other/],
  [
    'more than an object holds',
    'p.own',
    { shown: Array(2).fill(`<% 'x' * 900000 %>`) },
    /hand large values over by reference/,
  ],
])('%s is refused', (_, called, input, message) => {
  expect(errorsOf(called, input)).toMatch(message);
});
