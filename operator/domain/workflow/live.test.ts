// operator/domain/workflow/live.test.ts — a run in memory: what it tells, what is asked of it, and that a replay gives the same.
import { expect, test } from 'vitest';
import { ExecutionSpec, WorkflowState } from '../../api/execution.ts';
import type { Execution } from '../../api/kinds.ts';
import type { Plain } from '../expression/python/values.ts';
import type { Live } from '../execution/parse.ts';
import { REASONS_MAX_BYTES } from './journal.ts';
import { liveRun } from './live.setup.ts';
import type { LiveRun } from './live.ts';
import { childNews, requestNews } from './news.ts';

const TWO = { version: 1, tasks: { a: { action: 'p.a', next: [{ do: 'b' }] }, b: { action: 'p.b' } } };

const begun = (definition: object = TWO) => {
  const { live } = liveRun('orquesta', definition);
  live.record({ atMs: 0, entry: { is: 'start' } });
  return live;
};
let atMs = 0;
const request = (live: LiveRun, asked: 'pause' | 'resume' | 'cancel') =>
  live.record({ atMs: ++atMs, entry: { is: 'request', request: asked } });
const end = (live: LiveRun, status: 'succeeded' | 'failed' | 'canceled' | 'paused', result: Plain = {}) => {
  const [open] = [...live.open];
  const times = { startedAtMs: atMs, endedAtMs: atMs + 1 };
  live.record({ atMs: ++atMs, entry: { is: 'child', key: open?.child.key ?? '', status, result, ...times } });
};
const execution = (spec: object) =>
  ({ metadata: { name: 'w' }, spec: ExecutionSpec.parse({ request: { action: 'p.w' }, ...spec }) }) as unknown as Live;
const parent = (workflow: object) =>
  ({
    status: { phase: 'Running', workflow: { startedAt: new Date(0).toISOString(), tells: 'run', ...workflow } },
  }) as unknown as Execution;

test('children that come after a pause are not told to pause', () => {
  const live = begun();
  request(live, 'pause');
  expect([live.tells, live.status]).toEqual(['pause', 'pausing']);
  end(live, 'succeeded');
  request(live, 'resume');
  expect([live.tells, live.status, [...live.open].map(({ child }) => child.task)]).toEqual(['run', 'running', ['b']]);
});

test('a run that goes on from a canceled one is neither canceled nor deaf', () => {
  const live = begun();
  request(live, 'cancel');
  end(live, 'canceled');
  expect([live.tells, live.status]).toEqual(['cancel', 'canceled']);
  live.record({ atMs: ++atMs, entry: { is: 'rerun', tasks: ['a'] }, of: 'w/u' });
  expect([live.tells, live.status]).toEqual(['run', 'running']);
  expect(requestNews(live, execution({ control: 'cancel' }), undefined)).toEqual({ is: 'request', request: 'cancel' });
});

test('a pause of its own is resumed by the number of it, or by the workflow above, once', () => {
  const { live } = liveRun('mistral', {
    version: '2.0',
    'p.w': { tasks: { a: { action: 'p.a', 'pause-before': true } } },
  });
  live.record({ atMs: 10, entry: { is: 'start' } });
  expect([live.status, live.pauses, live.pausedAtMs]).toEqual(['paused', 1, 10]);
  const resume = { is: 'request', request: 'resume' };
  expect(requestNews(live, execution({}), undefined)).toBeUndefined();
  expect(requestNews(live, execution({ resumes: 1 }), undefined)).toEqual(resume);
  expect(requestNews(live, execution({}), parent({ journal: ['0 start', '9 resume'] }))).toBeUndefined();
  expect(requestNews(live, execution({}), parent({ journal: ['0 start', '11 resume', '12 0s'] }))).toEqual(resume);
  expect(requestNews(live, execution({ resumes: 1 }), parent({ tells: 'pause', journal: [] }))).toEqual({
    is: 'request',
    request: 'pause',
  });
  live.record({ atMs: 20, entry: { is: 'request', request: 'resume' } });
  expect([live.status, live.pausedAtMs]).toEqual(['running', undefined]);
  expect(requestNews(live, execution({ resumes: 1 }), undefined)).toBeUndefined();
});

test('what did not say itself how it ended is the same in a replay, whatever is there by then', () => {
  const definition = { version: 1, tasks: { a: { action: 'p.a' } } };
  const live = begun(definition);
  const [child] = [...live.open];
  const news = childNews(live, { children: new Map(), gone: new Set([child?.name ?? '']) }, new Date(0));
  live.record({ atMs: ++atMs, entry: news[0]?.entry ?? { is: 'start' } });
  expect(live.journal[1]).toBe(`${atMs} 0F`);
  expect(JSON.stringify(live.run.result())).toContain('somebody deleted it');
  const again = liveRun('orquesta', definition).live;
  again.replay(live.journal, () => ({ stdout: 'it came after all' }));
  expect([again.run.result(), again.journal]).toEqual([live.run.result(), live.journal]);
});

test('why a child was refused is what a replay has, and every line fits the object', () => {
  const definition = { version: 1, tasks: { a: { action: 'p.a', input: { x: "<% st2kv('system.big') %>" } } } };
  const { live } = liveRun('orquesta', definition, { big: { value: '"'.repeat(30_000) } });
  live.record({ atMs: 0, entry: { is: 'start' } });
  const [open] = [...live.open];
  live.record({ atMs: 1, entry: { is: 'refused', key: open?.child.key ?? '', error: '\u0001'.repeat(9000) } });
  const again = liveRun('orquesta', definition).live;
  again.replay(live.journal, () => ({}));
  expect(again.run.result()).toEqual(live.run.result());
  const state = { revision: 'r', startedAt: new Date(0).toISOString(), tasks: { running: 0, succeeded: 0, failed: 1 } };
  expect(WorkflowState.safeParse({ ...state, journal: live.journal })).toMatchObject({ success: true });
});

test('a thousand items take less than 100 bytes each in the journal, whatever they return', () => {
  const live = begun({
    version: 1,
    tasks: { a: { with: { items: '<% range(1000) %>', concurrency: 50 }, action: 'p.a' } },
  });
  const days = 86_400_000 * 6;
  for (let i = 0; i < 1000; i++) {
    const [open] = [...live.open];
    const key = open?.child.key ?? '';
    const result = { stdout: 'x'.repeat(5000) };
    const times = { startedAtMs: 0, endedAtMs: days };
    live.record({ atMs: days + i, entry: { is: 'child', key, status: 'succeeded', result, ...times } });
  }
  expect([live.status, live.counts.succeeded]).toEqual(['succeeded', 1000]);
  const bytes = live.journal.slice(1).map((line) => line.length);
  expect(bytes).toHaveLength(1000);
  expect(Math.max(...bytes)).toBeLessThanOrEqual(100);
});

test('reasons of refused children take so much of the journal and no more, and a replay has the same', () => {
  const definition = { chain: [{ name: 'a', ref: 'p.a', 'on-failure': 'a' }] };
  const { live } = liveRun('action-chain', definition);
  live.record({ atMs: 0, entry: { is: 'start' } });
  for (let i = 1; i <= 1000; i++) {
    const [open] = [...live.open];
    live.record({ atMs: i, entry: { is: 'refused', key: open?.child.key ?? '', error: `${i} ${'é'.repeat(3000)}` } });
  }
  const bytes = Buffer.byteLength(JSON.stringify(live.journal));
  expect(bytes).toBeGreaterThan(REASONS_MAX_BYTES);
  expect(bytes).toBeLessThan(REASONS_MAX_BYTES + 60 * 1000);
  const { live: again } = liveRun('action-chain', definition);
  again.replay(live.journal, () => undefined);
  expect(again.journal).toEqual(live.journal);
  expect(again.run.result()).toEqual(live.run.result());
});

test('a journal that has more of reasons is replayed as it was', () => {
  const definition = { chain: [{ name: 'a', ref: 'p.a', 'on-failure': 'a' }] };
  const journal = ['0 start', ...Array.from({ length: 100 }, (_, i) => `${i} ${i}i "${'x'.repeat(2000)}"`)];
  const { live } = liveRun('action-chain', definition);
  live.replay(journal, () => undefined);
  expect(live.journal).toEqual(journal);
  expect(JSON.stringify(live.run.result()).match(/x{2000}/g)).toHaveLength(200);
});

test('what was never made for a task that runs again is not made', () => {
  const { live } = liveRun('orquesta', { tasks: { t: { with: '<% list(1, 2) %>', action: 'p.a' } } });
  live.record({ atMs: 0, entry: { is: 'start' } });
  live.record({ atMs: 1, entry: { is: 'refused', key: 't/0/0/1', error: 'no' } });
  live.record({ atMs: 2, entry: { is: 'rerun', tasks: ['t'], reset: ['t'] }, of: 'w/u' });
  expect([...live.open].map(({ child }) => child.key)).toEqual(['t/0/1/0', 't/0/1/1']);
});

test.each(['orquesta', 'mistral'] as const)('who resumes before a child has paused resumes that too: %s', (engine) => {
  const tasks = { a: { action: 'core.noop' } };
  const definition = engine === 'orquesta' ? { version: 1, tasks } : { version: '2.0', 'p.w': { tasks } };
  const { live } = liveRun(engine, definition);
  live.record({ atMs: 0, entry: { is: 'start' } });
  live.record({ atMs: 1, entry: { is: 'request', request: 'pause' } });
  const paused = (control: string, journal?: readonly string[]) => {
    const spec = ExecutionSpec.parse({ request: { action: 'p.w' }, control });
    const workflow = journal && { journal, startedAt: new Date(0).toISOString() };
    const child = { metadata: { name: 'c' }, spec, status: { phase: 'Paused', ...(workflow && { workflow }) } };
    const children = new Map([...live.open].map(({ name }) => [name, child as unknown as Execution]));
    return childNews(live, { children, gone: new Set() }, new Date(5)).map(({ entry }) => entry);
  };
  expect(paused('run', ['0 start', '2 pause'])).toMatchObject([{ status: 'paused' }]);
  live.record({ atMs: 2, entry: { is: 'request', request: 'resume' } });
  expect(live.tells).toBe('run');
  expect(paused('run', ['0 start', '2 pause'])).toEqual([]);
  expect(paused('run')).toEqual([]);
  expect(paused('run', ['0 start', '2 0p'])).toMatchObject([{ status: 'paused' }]);
  expect(paused('pause', ['0 start', '2 pause'])).toMatchObject([{ status: 'paused' }]);
  expect(paused('pause')).toMatchObject([{ status: 'paused' }]);
});
