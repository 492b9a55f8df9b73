// operator/controllers/core-pack.test.ts — the built-in pack: applied at once, or again and again, and never in the way of others.
import { Writable } from 'node:stream';
import { describe, expect, test, vi } from 'vitest';
import { ActionSpec } from '../api/action.ts';
import { type Action, KINDS } from '../api/kinds.ts';
import type { Draft } from '../api/meta.ts';
import { taskOf } from '../domain/job/task.setup.ts';
import { Client } from '../kube/client.ts';
import { ScriptedTransport } from '../kube/scripted.ts';
import { createLog } from '../telemetry/log.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import { readCorePack, startCorePack } from './core-pack.ts';

const ECHO = '/apis/squall.dev/v1alpha1/namespaces/squall/actions/core.echo';
const drafts = readCorePack('packs', 'squall');

function scene(read: () => readonly Draft[] = () => drafts) {
  const api = new ScriptedTransport([], KINDS);
  const client = new Client({ transport: api, kinds: KINDS, fieldManager: 'squall', instance: 'test' });
  const lines: string[] = [];
  const destination = new Writable({
    write: (chunk, _encoding, done) => {
      lines.push(String(chunk));
      done();
    },
  });
  const metrics = createMetrics({ version: 'test' });
  const stop = new AbortController();
  const isApplied = async () => (await metrics.corePackApplied.get()).values[0]?.value;
  const options = { client, read, log: createLog({ destination }), metrics, stop: stop.signal, waitMs: 1 };
  return { api, lines, stop, isApplied, options };
}

test('a pack that can be applied is there after the first try', async () => {
  const { api, lines, isApplied, options } = scene();
  const { done } = await startCorePack(options);
  await done;
  expect(api.object(ECHO)).toMatchObject({ kind: 'Action' });
  expect(api.writes()).toHaveLength(drafts.length);
  expect([await isApplied(), lines]).toEqual([1, []]);
});

test('one object that is refused keeps neither the others back nor the caller, and is tried again', async () => {
  const { api, lines, isApplied, options } = scene();
  api.fail({ verb: 'apply', path: ECHO }, { code: 403 }, { code: 403 });
  const { done } = await startCorePack(options);
  expect(await isApplied()).toBe(0);
  expect(api.object(ECHO)).toBeUndefined();
  expect(api.object(ECHO.replace('echo', 'local'))).toBeDefined();
  await done;
  expect(api.object(ECHO)).toBeDefined();
  expect(await isApplied()).toBe(1);
  expect(lines).toHaveLength(2);
  expect(lines[0]).toContain('apply Action squall/core.echo');
  expect(JSON.parse(lines[0] ?? '{}')).toMatchObject({ msg: 'pack core is not applied; it is tried again' });
});

test('a file that does not fit is a warning, and trying ends with the term', async () => {
  const { lines, stop, isApplied, options } = scene(() => {
    throw new Error('register packs/core/actions/echo.yaml');
  });
  const { done } = await startCorePack({ ...options, waitMs: 3_600_000 });
  expect([lines.length, await isApplied()]).toEqual([1, 0]);
  stop.abort();
  await done;
  expect(lines).toHaveLength(1);
});

test('the pause between tries doubles up to a minute', async () => {
  const { api, stop, options } = scene();
  const tries = () => api.calls.filter(({ path }) => path === ECHO).length;
  api.fail({ verb: 'apply', path: ECHO }, ...Array.from({ length: 20 }, () => ({ code: 403 })));
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    const { done } = await startCorePack({ ...options, waitMs: 1000 });
    const triedAfter = async (ms: number) => {
      await vi.advanceTimersByTimeAsync(ms);
      return tries();
    };
    expect(tries()).toBe(1);
    expect([await triedAfter(999), await triedAfter(1)]).toEqual([1, 2]);
    expect([await triedAfter(1999), await triedAfter(1)]).toEqual([2, 3]);
    expect(await triedAfter(4000 + 8000 + 16_000 + 32_000)).toBe(7);
    expect([await triedAfter(59_999), await triedAfter(1)]).toEqual([7, 8]);
    expect([await triedAfter(59_999), await triedAfter(1)]).toEqual([8, 9]);
    stop.abort();
    await done;
  } finally {
    vi.useRealTimers();
  }
});

describe('actions on other machines', () => {
  const action = (name: string): Action => {
    const draft = drafts.find(({ metadata }) => metadata.name === `core.${name}`);
    return { ...draft, spec: ActionSpec.parse(draft?.['spec']) } as Action;
  };
  const there = { hosts: 'web1', cmd: 'id' };
  test.each([
    ['remote', false],
    ['remote_sudo', true],
  ])('core.%s: sudo is %s, and stays so', (name, sudo) => {
    expect(taskOf(action(name.replace('_', '-')), there).task).toMatchObject({
      runner: 'remote-shell-cmd',
      command: 'id',
      remote: { hosts: 'web1', port: 22 },
      sudo,
    });
    expect(() => taskOf(action(name.replace('_', '-')), { ...there, sudo: !sudo })).toThrow(
      "immutable parameter(s) ['sudo']",
    );
  });
  test('core.http takes what StackStorm’s takes', () => {
    const given = {
      url: 'http://x/',
      method: 'PURGE',
      params: { a: 1 },
      headers: { A: 'b' },
      body: 'text',
      auth: 'ann:pw',
      timeout: 2.5,
      file_path: '/no/such',
    };
    expect(taskOf(action('http'), given).task).toMatchObject({
      timeoutSeconds: 3,
      http: { method: 'PURGE', query: [{ name: 'a', value: '1' }], body: 'text', auth: 'ann:pw' },
    });
    expect(taskOf(action('http'), { url: 'http://x/' }).task).toMatchObject({
      timeoutSeconds: 60,
      http: { method: 'GET' },
    });
    expect(() => taskOf(action('http'), { url: 'http://x/', method: 'get' })).toThrow('method');
  });
});
