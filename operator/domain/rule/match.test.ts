// operator/domain/rule/match.test.ts — an event and its rules: who gets an Execution, who an error, and nobody twice.
import { expect, test } from 'vitest';
import type { Rule } from '../../api/kinds.ts';
import { sha256 } from '../execution/builders.setup.ts';
import { executionName } from './draft.ts';
import { action, EVENT, match, rule } from './match.setup.ts';

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

test('parameters that etcd would not take are an error of the rule', () => {
  const event = { ...EVENT, payload: { body: 'x'.repeat(600_000) } };
  const parameters = { a: '{{ trigger.body }}', b: '{{ trigger.body }}' };
  const { drafts, enforcements } = match([rule('fix', { action: { ref: 'acme.fix', parameters } })], action(), event);
  expect([drafts.length, enforcements[0]?.failure]).toEqual([0, expect.stringContaining('larger than 1 MiB')]);
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
