// operator/domain/rule/match-datastore.test.ts — rules read the datastore: values in criteria and parameters, secrets by reference only.
import { expect, test } from 'vitest';
import type { Action, Rule } from '../../api/kinds.ts';
import type { Entry, EntryId } from '../datastore/entry.ts';
import type { Drafted } from './draft.ts';
import { action, EVENT, match, rule } from './match.setup.ts';

const STORED: Readonly<Record<string, Entry>> = {
  host: { value: 'db-7' },
  limit: { value: '5' },
  password: { secret: { name: 'squall-datastore', key: 'password' } },
};
const stored = (found: Action, rules: readonly Rule[], event = EVENT) =>
  match(rules, found, event, { entries: ({ scope, key }: EntryId) => (scope === 'system' ? STORED[key] : undefined) });
const parametersOf = (drafted: Drafted | undefined) =>
  (drafted?.execution['spec'] as { request: { parameters: object } } | undefined)?.request.parameters;
const withSecret = action({ parameters: { cmd: {}, token: { secret: true } } });
const REFERENCE = { valueFrom: { secretKeyRef: { name: 'squall-datastore', key: 'password' } } };

test('criteria and parameters read the datastore', () => {
  const criteria = {
    'trigger.body.host': { type: 'equals', pattern: '{{ st2kv.system.host }}' },
    'trigger.body.n': { type: 'equals', pattern: '{{ st2kv.system.limit | int }}' },
  };
  const parameters = { cmd: 'echo {{ st2kv.system.host }} {{ st2kv.system.none }}' };
  const { drafts } = stored(action(), [rule('r', { criteria, action: { ref: 'acme.fix', parameters } })]);
  expect(parametersOf(drafts[0])).toEqual({ cmd: 'echo db-7 ' });
  const other = { 'trigger.body.host': { type: 'equals', pattern: '{{ st2kv.system.limit }}' } };
  expect(stored(action(), [rule('r', { criteria: other })]).drafts).toEqual([]);
});

test('a decrypted secret becomes a reference in a secret parameter', () => {
  const parameters = { cmd: 'x', token: '{{ st2kv.system.password | decrypt_kv }}' };
  const { drafts, enforcements } = stored(withSecret, [rule('r', { action: { ref: 'acme.fix', parameters } })]);
  expect(enforcements).toMatchObject([{ rule: {} }]);
  expect(parametersOf(drafts[0])).toEqual({ cmd: 'x', token: REFERENCE });
  expect(drafts[0]?.secret).toBeUndefined();
});

test.each([
  [
    { cmd: '{{ st2kv.system.password | decrypt_kv }}' },
    /spec\.action\.parameters\.cmd: a secret of the datastore may only/,
  ],
  [
    { cmd: 'x', token: 'Bearer {{ st2kv.system.password | decrypt_kv }}' },
    /parameters\.token: a secret of the datastore/,
  ],
  [{ cmd: 'x', token: '{{ st2kv.system.password | decrypt_kv | length }}' }, /computes with what it decrypts/],
  [{ cmd: '{{ st2kv.system.host | decrypt_kv }}' }, /is not a secret entry of the datastore/],
])('%j fails with its reason', (parameters, message) => {
  const { drafts, enforcements } = stored(withSecret, [rule('r', { action: { ref: 'acme.fix', parameters } })]);
  expect(drafts).toEqual([]);
  expect(enforcements[0]?.failure).toMatch(message);
});

test('criteria decrypt nothing', () => {
  const criteria = { 'trigger.body.host': { type: 'equals', pattern: '{{ st2kv.system.password | decrypt_kv }}' } };
  const { enforcements } = stored(withSecret, [rule('r', { criteria })]);
  expect(enforcements[0]?.failure).toMatch(/st2kv\.system\.password is secret and cannot be decrypted in criteria/);
});

test('an event that looks like a decrypted secret gets none', () => {
  const mark = '\u{e000}squall:datastore:squall-datastore/password\u{e000}';
  const event = { ...EVENT, payload: { body: { t: mark } } };
  const parameters = { cmd: 'x', token: '{{ trigger.body.t }}' };
  const { drafts } = stored(withSecret, [rule('r', { action: { ref: 'acme.fix', parameters } })], event);
  expect(JSON.stringify(parametersOf(drafts[0]))).not.toContain('squall-datastore');
  expect(drafts[0]?.secret).toMatchObject({ stringData: { token: mark } });
});
