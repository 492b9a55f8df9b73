// operator/domain/rule/match.test.ts — an event and its rules: who gets an Execution, who an error, and nobody twice.
import { expect, test } from 'vitest';
import { ActionSpec } from '../../api/action.ts';
import type { Action, Rule } from '../../api/kinds.ts';
import { RuleSpec } from '../../api/rule.ts';
import type { Entry, EntryId } from '../datastore/entry.ts';
import type { TriggerEvent } from '../trigger/event.ts';
import { compileRule } from './compile.ts';
import { type Drafted, executionName } from './draft.ts';
import { matchRules } from './match.ts';
import { RuleIndex } from './rule-index.ts';

/** A stand-in for SHA-256 that is pure: 64 hex digits of FNV-1a. */
function sha256(content: string | Uint8Array): string {
  let hash = 0xcbf29ce484222325n;
  for (const c of String(content))
    hash = ((hash ^ BigInt(c.codePointAt(0) ?? 0)) * 0x100000001b3n) & 0xffffffffffffffffn;
  return hash.toString(16).padStart(16, '0').repeat(4);
}

const meta = (name: string, extra: object = {}) => ({
  name,
  namespace: 'default',
  uid: `uid-${name}`,
  resourceVersion: '1',
  ...extra,
});
const rule = (name: string, spec: object = {}, extra: object = {}): Rule => ({
  apiVersion: 'squall.dev/v1alpha1',
  kind: 'Rule',
  metadata: meta(name, extra),
  spec: RuleSpec.parse({ trigger: { type: 'acme.alert' }, action: { ref: 'acme.fix' }, ...spec }),
});
const action = (spec: object = {}): Action => ({
  apiVersion: 'squall.dev/v1alpha1',
  kind: 'Action',
  metadata: meta('acme.fix'),
  spec: ActionSpec.parse({ runner: 'local-shell-cmd', ...spec }),
});
const EVENT: TriggerEvent = {
  namespace: 'default',
  id: 'e1',
  source: 'webhook/alerts',
  type: 'acme.alert',
  digest: 'd',
  depth: 2,
  cause: 'earlier',
  payload: { body: { host: 'db-7', n: 5 } },
  receivedAt: '2026-01-01T00:00:00.000Z',
  trace: { id: 'f'.repeat(32), tag: 'tag' },
  dedupeWindowSeconds: 3600,
};
const match = (rules: readonly Rule[], found: Action | undefined = action(), event = EVENT, more: object = {}) =>
  matchRules(event, rules.map(compileRule), {
    sha256,
    executionTtlSeconds: 86_400,
    actionOf: (ref) => (ref === 'acme.fix' ? found : undefined),
    ...more,
  });
const no = { criteria: { 'trigger.body.host': { type: 'equals', pattern: 'other' } } };

test('a match becomes an Execution with the story of its event', () => {
  const { drafts } = match([
    rule('fix', { action: { ref: 'acme.fix', parameters: { cmd: 'echo {{ trigger.body.host }}', n: 3 } } }),
  ]);
  const [drafted] = drafts;
  expect(drafted?.execution).toMatchObject({
    metadata: {
      name: executionName(rule('fix'), EVENT, sha256),
      namespace: 'default',
      labels: {
        'squall.dev/rule': 'fix',
        'squall.dev/action': 'acme.fix',
        'squall.dev/event': sha256('webhook/alerts\ne1').slice(0, 40),
      },
      annotations: { 'squall.dev/event-digest': 'd' },
    },
    spec: {
      request: {
        action: 'acme.fix',
        parameters: { cmd: 'echo db-7', n: 3 },
        context: {
          user: 'system:squall',
          trigger: { event: 'e1', rule: { name: 'fix', uid: 'uid-fix' } },
          trace: EVENT.trace,
        },
        cause: { depth: 2, execution: 'earlier' },
      },
    },
  });
  expect(drafted?.secret).toBeUndefined();
});

test('backstop rules count only when no standard rule matched', () => {
  const backstop = rule('backstop', { type: 'backstop' });
  const names = (rules: Rule[]) => match(rules).drafts.map((one) => one.rule.metadata.name);
  expect(names([rule('a'), rule('b'), backstop])).toEqual(['a', 'b']);
  expect(names([rule('a', no), backstop, rule('other', { type: 'backstop', ...no })])).toEqual(['backstop']);
  // A rule that matched and could not be carried out did match.
  expect(names([rule('a', { action: { ref: 'acme.gone' } }), backstop])).toEqual([]);
});

test("one rule's error stops no other, and each is told", () => {
  const { drafts, enforcements } = match([
    rule('invalid', { criteria: { 'trigger.x..': { type: 'exists' } } }),
    rule('error', { criteria: { 'trigger.body.n': { type: 'regex', pattern: 'x' } } }),
    rule('template', { action: { ref: 'acme.fix', parameters: { cmd: '{{ trigger.nope }}' } } }),
    rule('lost', { action: { ref: 'acme.gone' } }),
    rule('quiet', no),
    rule('good'),
  ]);
  expect(drafts.map((one) => one.rule.metadata.name)).toEqual(['good']);
  expect(Object.fromEntries(enforcements.map((one) => [one.rule.metadata.name, one.failure ?? 'ok']))).toEqual({
    invalid: expect.stringContaining('criteria["trigger.x.."]'),
    error: 'criteria["trigger.body.n"], regex: expected string or bytes-like object, got \'int\'',
    template: expect.stringContaining('Failed to render parameter "cmd"'),
    lost: 'Action "acme.gone" doesn\'t exist; create it, or change spec.action.ref',
    good: 'ok',
  });
});

test('rendered secrets leave the Execution; references and nulls stay', () => {
  const secret = { type: 'string', secret: true };
  const found = action({
    parameters: { pw: secret, ref: secret, none: secret, 'odd key': secret, list: { type: 'array', secret: true } },
  });
  const reference = { valueFrom: { secretKeyRef: { name: 's', key: 'k' } } };
  const parameters = {
    pw: '{{ trigger.body.host }}',
    ref: reference,
    none: null,
    'odd key': 'x',
    list: [1],
    undeclared: 'y',
  };
  const [drafted] = match([rule('fix', { action: { ref: 'acme.fix', parameters } })], found).drafts;
  const name = `${drafted?.execution.metadata.name}-secrets`;
  const odd = `p-${sha256('odd key').slice(0, 40)}`;
  const to = (key: string) => ({ valueFrom: { secretKeyRef: { name, key } } });
  expect(drafted?.secret).toMatchObject({
    metadata: { name },
    type: 'squall.dev/parameters',
    stringData: { pw: 'db-7', list: '[1]', [odd]: 'x' },
  });
  expect(drafted?.execution['spec']).toMatchObject({
    request: {
      parameters: { pw: to('pw'), ref: reference, none: null, 'odd key': to(odd), list: to('list'), undeclared: 'y' },
    },
  });
});

test('parameters that etcd would not take are an error of the rule', () => {
  const event = { ...EVENT, payload: { body: 'x'.repeat(600_000) } };
  const parameters = { a: '{{ trigger.body }}', b: '{{ trigger.body }}' };
  const { drafts, enforcements } = match([rule('fix', { action: { ref: 'acme.fix', parameters } })], action(), event);
  expect([drafts.length, enforcements[0]?.failure]).toEqual([0, expect.stringContaining('larger than 1 MiB')]);
});

test('an Execution is never kept for less than its event is remembered', () => {
  const ttl = (spec: object) => {
    const execution = match([rule('fix')], action(spec)).drafts[0]?.execution;
    return (execution?.['spec'] as Record<string, unknown> | undefined)?.['ttlSecondsAfterFinished'];
  };
  expect(ttl({ ttlSecondsAfterFinished: 10 })).toBe(3600);
  expect(ttl({ ttlSecondsAfterFinished: 7200 })).toBeUndefined();
  expect(ttl({})).toBeUndefined();
});

test('names differ by rule and event, and long or dotted ones are still names', () => {
  const name = (ruleName: string, id = 'e1') => executionName(rule(ruleName), { source: 's', id }, sha256);
  expect(name('a')).toBe(name('a'));
  expect(new Set([name('a'), name('b'), name('a', 'e2')]).size).toBe(3);
  for (const long of ['x'.repeat(253), `${'y'.repeat(39)}.z`, `${'y'.repeat(39)}-z`]) {
    expect(name(long)).toMatch(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?-[0-9a-f]{12}$/);
    expect(name(long).length).toBeLessThanOrEqual(53);
  }
});

test('the index finds rules by trigger and url, drops disabled ones, and lets the oldest of two namesakes win', () => {
  const index = new RuleIndex();
  const hook = (url: string) => ({ trigger: { type: 'core.st2.webhook', parameters: { url } } });
  const rules = [
    rule('plain', {}, { creationTimestamp: '2026-01-01T00:00:00Z' }),
    rule('off', { enabled: false }),
    rule('thief', { ref: 'default.plain' }, { creationTimestamp: '2026-01-02T00:00:00Z' }),
    rule('hook', hook('/ci/build/')),
    rule('elsewhere', {}, { namespace: 'other' }),
  ];
  for (const one of rules) index.put(undefined, one);
  const names = (type: string, url?: string, namespace = 'default') =>
    index.on({ namespace, type, url }).map((one) => one.rule.metadata.name);
  expect(names('acme.alert')).toEqual(['plain']);
  expect(names('acme.alert', undefined, 'other')).toEqual(['elsewhere']);
  expect([names('core.st2.webhook', 'ci/build'), names('core.st2.webhook', 'ci'), names('core.st2.webhook')]).toEqual([
    ['hook'],
    [],
    [],
  ]);
  expect(index.knows({ namespace: 'default', type: 'core.st2.webhook', url: 'ci/build' })).toBe(true);
  index.put(rules[0], undefined);
  expect(names('acme.alert')).toEqual(['thief']);
  index.put(rules[1], rule('off'));
  expect(names('acme.alert').sort()).toEqual(['off', 'thief']);
});

test("a runner's own secret parameters are secret in every action that it runs", () => {
  const found = action({ runner: 'remote-shell-cmd' });
  const parameters = { hosts: 'h', cmd: 'date', password: '{{ trigger.body.host }}' };
  const [drafted] = match([rule('a', { action: { ref: 'acme.fix', parameters } })], found).drafts;
  const name = `${drafted?.execution.metadata.name}-secrets`;
  expect(drafted?.execution.spec).toMatchObject({
    request: { parameters: { cmd: 'date', password: { valueFrom: { secretKeyRef: { name, key: 'password' } } } } },
  });
  expect(drafted?.secret).toMatchObject({ stringData: { password: 'db-7' } });
  const copied = { ...parameters, cmd: 'echo {{ password }}' };
  expect(match([rule('a', { action: { ref: 'acme.fix', parameters: copied } })], found).enforcements).toMatchObject([
    { failure: expect.stringContaining('its template names the secret parameter "password"') },
  ]);
});

test('a fault of a secret parameter does not show what the event brought', () => {
  const found = action({ parameters: { pin: { type: 'integer', secret: true } } });
  const event = { ...EVENT, payload: { body: { pin: 'hunter2' } } };
  const { enforcements } = match(
    [rule('fix', { action: { ref: 'acme.fix', parameters: { pin: '{{ trigger.body.pin }}' } } })],
    found,
    event,
  );
  expect(enforcements[0]?.failure).toMatch(/^spec\.action\.parameters\.pin: .*not shown$/);
  expect(JSON.stringify(enforcements.map(({ failure }) => failure))).not.toContain('hunter2');
});

test('a rule cannot copy a secret parameter into another one', () => {
  const found = action({ parameters: { pw: { type: 'string', secret: true }, msg: { type: 'string' } } });
  const parameters = { pw: '{{ trigger.body.host }}', msg: ['it is {{ pw }}'] };
  const { drafts, enforcements } = match([rule('fix', { action: { ref: 'acme.fix', parameters } })], found);
  expect(drafts).toEqual([]);
  expect(enforcements[0]?.failure).toMatch(/parameters\.msg: its template names the secret parameter "pw"/);
});

test('what an event brings into a list or object is data, quotes and all', () => {
  const msg = 'x", "LD_PRELOAD": "/tmp/evil';
  const event = { ...EVENT, payload: { body: { msg, list: [1, 'a'] } } };
  const env = { MSG: '{{ trigger.body.msg }}', LIST: '{{ trigger.body.list }}', 'K{{ trigger.body.list[0] }}': 1 };
  const { drafts } = match([rule('fix', { action: { ref: 'acme.fix', parameters: { env } } })], action(), event);
  expect(drafts[0]?.execution['spec']).toMatchObject({
    request: { parameters: { env: { MSG: msg, LIST: "[1, 'a']", K1: 1 } } },
  });
});

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
