// operator/http/inside.test.ts — events that the operator makes itself come in by the door's own way: each rule once, whoever asks again.
import { expect, test } from 'vitest';
import { KINDS } from '../api/kinds.ts';
import type { Draft } from '../api/meta.ts';
import { Client } from '../kube/client.ts';
import { NotLeaderError } from '../kube/errors.ts';
import { action, BASE, openDoor, rule, type TestDoor } from './door.setup.ts';
import type { Received } from './intake.ts';
import { sha256 } from './sha256.ts';

const TYPE = 'core.st2.generic.actiontrigger';
const UNTIL = '2026-03-01T10:00:02.500Z';
const trigger = { type: TYPE };
const BEFORE = { creationTimestamp: '2026-03-01T09:00:00Z' };
const parameters = { cmd: 'echo {{ trigger.status }}' };
const tell = rule('tell', { trigger, action: { ref: 'acme.fix', parameters } }, BEFORE);
const created = (name: string, creationTimestamp: string): Draft =>
  rule(name, { trigger, action: { ref: 'acme.fix' } }, { creationTimestamp });

function end(changes: Partial<Received['event']> = {}, until = UNTIL): Received {
  const event = {
    namespace: 'default',
    id: 'e-uid/end',
    source: 'execution/e',
    type: TYPE,
    payload: { status: 'failed' },
    receivedAt: UNTIL,
    trace: { id: 't' },
    depth: 1,
    cause: 'e',
    digest: sha256('e-uid/end'),
    dedupeWindowSeconds: 3600,
    ...changes,
  };
  return { event, trigger: { namespace: 'default', type: TYPE }, rulesUntil: until };
}
const messageOf = (door: TestDoor, name: string) =>
  door.sources.rules.get(`default/${name}`)?.status?.conditions?.find(({ type }) => type === 'Enforced')?.message;

test('an end becomes one Execution for each rule, however often it is brought', async () => {
  await using door = await openDoor([...BASE, tell, created('other', '2026-03-01T09:00:00Z')]);
  const first = await door.inside.takeIn([end()], door);
  const again = await door.inside.takeIn([end({ payload: { status: 'told otherwise' } })], door);
  expect(first.names).toHaveLength(2);
  expect(again.names.toSorted()).toEqual(first.names.toSorted());
  expect(door.executions()).toHaveLength(2);
  const [told] = door.executions().filter(({ metadata }) => metadata.name.startsWith('tell-'));
  expect(told?.spec).toMatchObject({
    request: {
      parameters: { cmd: 'echo failed' },
      cause: { depth: 1, execution: 'e' },
      context: {
        user: 'system:squall',
        trace: { id: 't' },
        trigger: { source: 'execution/e', event: 'e-uid/end', receivedAt: UNTIL },
      },
    },
  });
});

test('what a crash has cut off is completed by the next one', async () => {
  await using door = await openDoor([...BASE, tell, created('other', '2026-03-01T09:00:00Z')], {
    createDeadlineMs: 100,
  });
  door.api.fail({ verb: 'create', path: '/executions' }, ...Array.from({ length: 5 }, () => ({ code: 503 })));
  await expect(door.inside.takeIn([end()], door)).rejects.toThrow('Not all Executions of the event could be created');
  for (let i = 0; i < 5 && door.executions().length < 2; i++) await door.inside.takeIn([end()], door).catch(() => {});
  expect((await door.inside.takeIn([end()], door)).names).toHaveLength(2);
  expect(door.executions()).toHaveLength(2);
});

test('a rule that was made after the end takes no part, one of the same second does', async () => {
  await using door = await openDoor([
    ...BASE,
    created('late', '2026-03-01T10:00:03Z'),
    created('just', '2026-03-01T10:00:02Z'),
  ]);
  const { names } = await door.inside.takeIn([end()], door);
  expect(names).toEqual([expect.stringMatching(/^just-/)]);
});

test('a loop ends with a reason at the rule', async () => {
  await using door = await openDoor([...BASE, tell]);
  expect(await door.inside.takeIn([end({ depth: 16 })], door)).toMatchObject({
    loop: undefined,
    names: [expect.any(String)],
  });
  const { names, loop } = await door.inside.takeIn([end({ depth: 17, id: 'x' })], door);
  expect(names).toEqual([]);
  expect(loop).toMatch(/after 16 events in a row that executions caused: the rules form a loop/);
  await expect.poll(() => messageOf(door, 'tell')).toBe(loop);
});

test('who leads no more creates nothing', async () => {
  await using door = await openDoor([...BASE, tell]);
  const fence = () => {
    throw new NotLeaderError('not leading');
  };
  const client = new Client({ transport: door.api, kinds: KINDS, fieldManager: 'squall', instance: 'old', fence });
  await expect(door.inside.takeIn([end()], { client })).rejects.toThrow();
  expect(door.executions()).toEqual([]);
});

test('who listens is known from the rules; while too much is under way, ends wait', async () => {
  const off = rule('off', {
    trigger: { type: 'core.st2.generic.notifytrigger' },
    action: { ref: 'acme.fix' },
    enabled: false,
  });
  await using door = await openDoor([...BASE, tell, off, action('acme.more')], { liveExecutionsMax: 1 });
  const { ends, notifications } = door.inside.audience('default');
  expect([ends(), notifications, door.inside.audience('else').ends()]).toEqual([true, false, false]);
  expect(door.inside.whyNot('default')).toBeUndefined();
  await door.inside.takeIn([end()], door);
  expect(door.inside.whyNot('default')).toContain('config.liveExecutionsMax');
});

test.each(['rules', 'keyValues', 'actions', 'workflows'] as const)(
  'while %s are not known for sure, everybody may listen',
  async (name) => {
    // Its criteria read the datastore, and what is run has a notify of its own.
    const criteria = { 'trigger.status': { type: 'equals', pattern: '{{ st2kv.system.watched }}' } };
    await using door = await openDoor([...BASE, rule('asks', { trigger, criteria, action: { ref: 'acme.fix' } })]);
    const asked = () => {
      const { ends, notifications } = door.inside.audience('default');
      return [ends({ payload: { status: 'failed' }, receivedAt: UNTIL }), notifications];
    };
    expect(asked()).toEqual([false, false]);
    Object.defineProperty(door.sources[name], 'lastSignOfLifeMs', { value: () => 90_001 });
    expect(asked()).toEqual([true, true]);
  },
);
