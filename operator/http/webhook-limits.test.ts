// operator/http/webhook-limits.test.ts — events that come too early or are too many are refused with a time to come again.
import { expect, test } from 'vitest';
import type { Rule } from '../api/kinds.ts';
import { RULE_INDEXES } from '../domain/rule/indexes.ts';
import { Store } from '../kube/store.ts';
import { action, BASE, FIX, openDoor, rule, triggerType } from './door.setup.ts';
import { assertFresh } from './sources.ts';

test('before the caches are complete and when one is stale the answer is 503, not 404', async () => {
  await using door = await openDoor();
  Object.defineProperty(door.sources.rules, 'lastSignOfLifeMs', { value: () => 90_001 });
  const answer = await door.post('/api/v1/webhooks/nobody', {});
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5']);
  expect(await answer.json()).toEqual({
    faultstring: 'The cache of rules has had no sign of life from the API server for 90 s; send the event again',
  });
  const { rules, ...others } = door.sources;
  const empty = new Store<Rule>({ kind: rules.kind, project: (raw) => raw as Rule, indexes: RULE_INDEXES });
  expect(() => assertFresh({ ...others, rules: empty })).toThrow('The cache of rules is not complete yet');
});

test('when the limit of live executions is reached the answer is 429', async () => {
  await using door = await openDoor([...BASE, FIX], { liveExecutionsMax: 2 });
  const codes: number[] = [];
  for (let i = 0; i < 3; i++) codes.push((await door.post('/api/v1/webhooks/acme/alert', { host: `${i}` })).status);
  expect(codes).toEqual([202, 202, 429]);
});

test('a namespace that has filled the limit is refused and another one is not', async () => {
  const elsewhere = [
    triggerType('acme.alert', { webhook: { url: 'acme/alert', authentication: 'open' } }, { namespace: 'elsewhere' }),
    action('acme.fix', { parameters: { cmd: { type: 'string' } } }, { namespace: 'elsewhere' }),
    rule('fix', { action: { ref: 'acme.fix', parameters: { cmd: 'x' } } }, { namespace: 'elsewhere' }),
  ];
  await using door = await openDoor([...BASE, FIX, ...elsewhere], { liveExecutionsMax: 3 });
  let sent = 0;
  const send = async (base: string) => await door.post(`${base}/webhooks/acme/alert`, { host: `${sent++}` });
  for (let i = 0; i < 3; i++) expect((await send('/api/v1')).status).toBe(202);
  const full = await send('/api/v1');
  expect([full.status, full.headers.get('retry-after')]).toEqual([429, '10']);
  expect(((await full.json()) as { faultstring: string }).faultstring).toContain(
    'Namespace default has 3 executions under way',
  );
  expect((await send('/ns/elsewhere/api/v1')).status).toBe(202);
  expect((await send('/ns/elsewhere/api/v1')).status).toBe(429);
});
