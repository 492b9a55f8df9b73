// operator/terms.test.ts — work of a leader that fails is begun again, and what is left of it ends first.
import { expect, test, vi } from 'vitest';
import { createLog } from './telemetry/log.ts';
import { persist } from './terms.ts';

const log = createLog({ level: 'silent' });

/** Resolves with the signal, as a controller's loop does. */
const until = (signal: AbortSignal) =>
  new Promise<void>((done) => signal.addEventListener('abort', () => done(), { once: true }));

test('loops beside the one that failed have ended before the work begins again', async () => {
  const term = new AbortController();
  const running = new Set<string>();
  const seen: string[][] = [];
  let tries = 0;
  const loop = async (name: string, signal: AbortSignal) => {
    running.add(name);
    await until(signal);
    running.delete(name);
  };
  const work = async (signal: AbortSignal) => {
    seen.push([...running]);
    tries += 1;
    const fails = tries === 1 ? Promise.reject(new Error('a loop has a bug')) : until(signal);
    await Promise.all([loop(`rules ${tries}`, signal), fails]);
  };
  const done = persist(work, term.signal, log, 1);
  await vi.waitFor(() => expect(tries).toBe(2));
  expect(seen).toEqual([[], []]);
  expect([...running]).toEqual(['rules 2']);
  term.abort(new Error('the Lease is lost'));
  await done;
  expect([...running]).toEqual([]);
});

test('work that fails because its term has ended is not begun again', async () => {
  const term = new AbortController();
  let tries = 0;
  const done = persist(
    async (signal) => {
      tries += 1;
      await until(signal);
      throw new Error('interrupted');
    },
    term.signal,
    log,
  );
  term.abort(new Error('the operator stops'));
  await done;
  expect(tries).toBe(1);
});
