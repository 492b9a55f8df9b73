// cli/follow-log.test.ts — every line of a log once, though it is read again from a whole second; and logs of pods whose start is told late.
import { expect, test } from 'vitest';
import { type Answer, failure, reply, serve } from './api-server.setup.ts';
import { followLog, LogCursor } from './follow-log.ts';
import { connect } from './kube.ts';

const read = (cursor: LogCursor, ...log: string[]) =>
  log.map((line) => cursor.take(line)).filter((text) => text !== undefined);

test('lines lose their timestamps and keep everything else', () => {
  expect(read(new LogCursor(), '2026-01-31T12:00:00.1Z a b', '2026-01-31T12:00:01Z ', '2026-01-31T12:00:02Z')).toEqual([
    'a b',
    '',
    '',
  ]);
});

test('after a break the same second is read again, and nothing is shown twice', () => {
  const cursor = new LogCursor();
  const log = ['2026-01-31T12:00:00.1Z a', '2026-01-31T12:00:00.25Z b', '2026-01-31T12:00:00.25Z b'];
  expect(read(cursor, ...log)).toEqual(['a', 'b', 'b']);
  expect(cursor.sinceTime).toBe('2026-01-31T12:00:00Z');
  cursor.reopen();
  expect(read(cursor, ...log, '2026-01-31T12:00:00.25Z b', '2026-01-31T12:00:00.3Z c')).toEqual(['b', 'c']);
});

test('fractions of different length are compared as numbers', () => {
  const cursor = new LogCursor();
  expect(read(cursor, '2026-01-31T12:00:00.12Z a')).toEqual(['a']);
  cursor.reopen();
  expect(
    read(cursor, '2026-01-31T12:00:00.119999999Z old', '2026-01-31T12:00:00.12Z a', '2026-01-31T12:00:00.120000001Z b'),
  ).toEqual(['b']);
});

test('two breaks in the same instant skip it twice', () => {
  const cursor = new LogCursor();
  const first = '2026-01-31T12:00:00.5Z a';
  expect(read(cursor, first)).toEqual(['a']);
  cursor.reopen();
  expect(read(cursor, first, '2026-01-31T12:00:00.5Z b')).toEqual(['b']);
  cursor.reopen();
  expect(read(cursor, first, '2026-01-31T12:00:00.5Z b', '2026-01-31T12:00:00.5Z c')).toEqual(['c']);
});

test('a zone other than UTC counts', () => {
  const cursor = new LogCursor();
  expect(read(cursor, '2026-01-31T12:00:00.5+02:00 a', '2026-01-31T10:00:00.6Z b')).toEqual(['a', 'b']);
  expect(cursor.sinceTime).toBe('2026-01-31T10:00:00Z');
});

test('an empty log has no time to go on from', () => {
  expect(new LogCursor().sinceTime).toBeUndefined();
});

test('text that has no timestamp is passed on', () => {
  expect(read(new LogCursor(), 'failed to watch file: too many open files')).toEqual([
    'failed to watch file: too many open files',
  ]);
});

const PODS = '/api/v1/namespaces/team/pods';
type State = 'waiting' | 'running' | 'terminated';
const pod = (name: string, state: State, phase = 'Pending') => ({
  metadata: { name, uid: name, creationTimestamp: `2026-01-31T12:00:0${name}Z` },
  spec: { containers: [{ name: 'action' }] },
  status: { phase, containerStatuses: [{ name: 'action', state: { [state]: {} } }] },
});

/** Pods with logs that the API server has once they no longer wait; how often they were listed, and what was read. */
async function followed(
  podsNow: () => readonly ReturnType<typeof pod>[],
  ended: AbortSignal,
  silence: number,
  busy = 0, // how often the API server has no time for a list
) {
  let lists = 0;
  const written: string[] = [];
  const told: string[] = [];
  const list: Answer = (...passed) => {
    lists += 1;
    if (lists <= busy) failure(429, 'TooManyRequests', 'too many requests')(...passed);
    else reply({ items: podsNow() })(...passed);
  };
  const logOf =
    (name: string): Answer =>
    (request, response, body) => {
      const isWaiting = podsNow().some(
        (one) => one.metadata.name === name && one.status.containerStatuses[0]?.state['waiting'],
      );
      if (isWaiting) failure(400, 'BadRequest', 'container "action" is waiting to start')(request, response, body);
      else response.end(`2026-01-31T12:00:00Z log of ${name}\n`);
    };
  const routes = ['1', '2'].flatMap((name): [string, Answer][] => [
    [`GET ${PODS}/${name}/log`, logOf(name)],
    [`GET ${PODS}/${name}`, (...passed) => reply(podsNow().find(({ metadata }) => metadata.name === name))(...passed)],
  ]);
  const { kubeconfig } = await serve({ ...Object.fromEntries(routes), [`GET ${PODS}`]: list });
  const session = {
    to: await connect({ kubeconfig }),
    namespace: 'team',
    operatorNamespace: undefined,
    screen: { out: () => undefined, err: (text: string) => told.push(text), colour: false },
    now: () => new Date(),
  };
  const stop = new AbortController().signal;
  await followLog(session, 'greet', { stop, ended, silence, write: (line) => written.push(line) });
  return { lists, written, told };
}

test('the log of a pod that is said to run only after the end of the execution is read', async () => {
  const start = performance.now();
  const podsNow = () => [pod('1', performance.now() - start < 800 ? 'waiting' : 'running')];
  const { written } = await followed(podsNow, AbortSignal.timeout(400), 2000);
  expect(written).toEqual(['log of 1']);
});

test('a log that has ended after the execution is not opened again, whatever the pod is told to be', async () => {
  const answer = await followed(() => [pod('1', 'running')], AbortSignal.abort(), 2000);
  expect(answer).toEqual({ lists: 2, written: ['log of 1'], told: [] });
});

test('that of the last attempt too, when those before were read', async () => {
  const start = performance.now();
  const podsNow = () => [pod('1', 'terminated'), pod('2', performance.now() - start < 800 ? 'waiting' : 'terminated')];
  const { written } = await followed(podsNow, AbortSignal.timeout(400), 2000);
  expect(written).toEqual(['log of 1', 'log of 2']);
});

test('no pod is waited for without --tail, nor one that never starts for ever, nor one that is over', async () => {
  const ended = AbortSignal.abort();
  expect(await followed(() => [pod('1', 'waiting')], ended, 250)).toEqual({ lists: 1, written: [], told: [] });
  expect((await followed(() => [pod('1', 'waiting')], ended, 700)).lists).toBeGreaterThan(1);
  expect(await followed(() => [pod('1', 'waiting', 'Failed')], ended, 2000)).toEqual({
    lists: 1,
    written: [],
    told: [],
  });
  expect(await followed(() => [], ended, 2000)).toEqual({ lists: 1, written: [], told: [] });
});

test('pods are listed again when the API server is busy after the end, and a log that stays unread is told', {
  timeout: 60_000,
}, async () => {
  const ended = AbortSignal.abort();
  const podsNow = () => [pod('1', 'terminated', 'Succeeded')];
  expect(await followed(podsNow, ended, 250, 2)).toEqual({ lists: 4, written: ['log of 1'], told: [] });
  const given = await followed(podsNow, ended, 250, 1000);
  expect(given.written).toEqual([]);
  expect(given.told).toEqual([
    'squall: the log could not be read to its end (list pods: too many requests); while the pods are there: kubectl logs -n team -l squall.dev/execution=greet\n',
  ]);
});
