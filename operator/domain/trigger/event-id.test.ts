// operator/domain/trigger/event-id.test.ts — the id of a delivery by each way to declare it, and the trace that follows from it.
import { expect, test } from 'vitest';
import { EventIdSource } from '../../api/trigger-type.ts';
import { evaluating } from '../expression/evaluation.ts';
import { compileTemplate } from '../expression/jinja/template.ts';
import type { Value } from '../expression/python/values.ts';
import type { Body } from './body.ts';
import { identify } from './event-id.ts';
import { webhookPayload } from './payload.ts';
import { traceOf } from './trace.ts';

const sha256 = (content: string | Uint8Array) =>
  `h(${typeof content === 'string' ? content : new TextDecoder().decode(content)})`;
const id = (
  source: object | undefined,
  headers: Record<string, string> = {},
  body: Body = {},
  now = '2026-01-01T00:00:10Z',
) => {
  const bytes = new TextEncoder().encode(JSON.stringify(body));
  const options = {
    sha256,
    now: new Date(now),
    fresh: 'fresh',
    render: (text: string) =>
      evaluating({ nowMs: 0, seed: 0 }, () =>
        compileTemplate(text).render({ context: { trigger: { body: body as Value } } }),
      ),
  };
  const outcome = identify(source && EventIdSource.parse(source), { headers, body, bytes }, options);
  return 'refused' in outcome ? outcome.refused.message : outcome.id;
};

test.each<[string, object | undefined, Record<string, string>, Body, string]>([
  ['nothing declared', undefined, {}, {}, 'fresh'],
  ['Idempotency-Key by default', undefined, { 'idempotency-key': 'k' }, {}, 'k'],
  ['never X-Request-ID by itself', undefined, { 'x-request-id': 'r' }, {}, 'fresh'],
  ['a header', { header: 'X-Id' }, { 'x-id': '7' }, {}, '7'],
  [
    'a header that is missing',
    { header: 'X-Id' },
    {},
    {},
    'Header X-Id is missing; the webhook takes the id of the event from it',
  ],
  ['an expression', { expression: '{{ trigger.body.id }}' }, {}, { id: 9 }, '9'],
  [
    'an expression that finds nothing',
    { expression: '{{ trigger.body.id }}' },
    {},
    {},
    expect.stringContaining('cannot be read from this delivery') as unknown as string,
  ],
  [
    'an expression that is empty',
    { expression: '{{ trigger.body.id }}' },
    {},
    { id: '' },
    expect.stringContaining('is empty') as unknown as string,
  ],
  ['the body in a window', { bodyHash: { windowSeconds: 60 } }, {}, { a: 1 }, 'h({"a":1})-29453760'],
  ['GitHub', { preset: 'github' }, { 'x-github-delivery': 'g' }, {}, 'g'],
  [
    'GitHub without its header',
    { preset: 'github' },
    {},
    {},
    expect.stringContaining('X-GitHub-Delivery is missing') as unknown as string,
  ],
  ['a CloudEvent in headers', { preset: 'cloudevents' }, { 'ce-id': '1', 'ce-source': '/a' }, {}, '/a 1'],
  ['a CloudEvent in the body', { preset: 'cloudevents' }, {}, { id: '1', source: '/a' }, '/a 1'],
  [
    'no CloudEvent',
    { preset: 'cloudevents' },
    {},
    { id: '1' },
    expect.stringContaining('Not a CloudEvent') as unknown as string,
  ],
  [
    'no notification',
    { preset: 'alertmanager' },
    {},
    [],
    expect.stringContaining('Not a notification of Alertmanager') as unknown as string,
  ],
  ['an id that is too long', undefined, { 'idempotency-key': 'x'.repeat(513) }, {}, `sha256:h(${'x'.repeat(513)})`],
])('%s', (_, source, headers, body, expected) => {
  expect(id(source, headers, body)).toEqual(expected);
});

test('a notification of Alertmanager is what its alerts say, in any order, whatever else changes', () => {
  const alert = (fingerprint: string, status = 'firing') => ({
    fingerprint,
    status,
    startsAt: 't',
    annotations: { value: Math.PI },
  });
  const of = (alerts: unknown[], extra: object = {}) =>
    id({ preset: 'alertmanager' }, {}, { groupKey: 'g', alerts, ...extra } as Body);
  const first = of([alert('a'), alert('b')]);
  expect(of([alert('b'), { ...alert('a'), annotations: {} }], { externalURL: 'x' })).toBe(first);
  expect(
    new Set([
      first,
      of([alert('a')]),
      of([alert('a', 'resolved'), alert('b')]),
      of([alert('a'), alert('b')], { groupKey: 'h' }),
    ]).size,
  ).toBe(4);
  expect(() => of([null, 5, 'x'])).not.toThrow();
});

test('a trace is the same on every retry, taken from traceparent, or inherited', () => {
  const source = { headers: {}, identity: 'ns\ns\ne1', prefix: 'webhook-a/b' };
  const hash = (content: string | Uint8Array) => `${content}`.length.toString(16).padStart(64, 'a');
  const own = traceOf(source, hash);
  expect(own).toEqual(traceOf(source, hash));
  expect(own).toEqual({ id: 'a'.repeat(32), tag: `webhook-a/b-${'a'.repeat(32)}` });
  const parent = `00-${'b'.repeat(32)}-${'c'.repeat(16)}-01`;
  expect(traceOf({ ...source, headers: { traceparent: parent, 'st2-trace-tag': 't' } }, hash)).toEqual({
    id: 'b'.repeat(32),
    tag: 't',
  });
  for (const bad of [`00-${'0'.repeat(32)}-${'c'.repeat(16)}-01`, '00-abc', `${parent}x`])
    expect(traceOf({ ...source, headers: { traceparent: bad } }, hash).id).toBe('a'.repeat(32));
  expect(traceOf({ ...source, headers: { traceparent: parent }, inherited: { id: 'i', tag: 'it' } }, hash)).toEqual({
    id: 'i',
    tag: 'it',
  });
});

test('credentials are not part of the payload, and header names are written as StackStorm writes them', () => {
  const headers = {
    'x-github-event': 'push',
    'st2-api-key': 'k',
    'x-auth-token': 't',
    cookie: 'c',
    authorization: 'a',
    'st2-trace-tag': 't',
  };
  expect(webhookPayload(headers, [1])).toEqual({
    headers: { 'X-Github-Event': 'push' },
    headers_lower: { 'x-github-event': 'push' },
    body: [1],
  });
});
