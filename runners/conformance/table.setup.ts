// runners/conformance/table.setup.ts — the rows of cases.yaml as tests of one subject.
import { describe, expect, test } from 'vitest';
import { ResultEnvelope } from '../../operator/api/envelope.ts';
import { RESULT_MAX_BYTES } from '../../operator/api/execution.ts';
import { differences, needsPython, readCases } from './case.ts';
import { runCase, type Subject } from './launch.ts';

/** `subject` is asked when the tests run; rows of packs only where `withPython`. */
export function testRows(mode: 'process' | 'image', subject: () => Subject, withPython: boolean): void {
  describe.concurrent(`runner as ${mode}`, { timeout: 120_000 }, () => {
    const cases = readCases().filter(
      (row) => (row.onlyIn === undefined || row.onlyIn === mode) && (withPython || !needsPython(row)),
    );
    test.for(cases)('$name', async (row) => {
      const { exit, log, posts, starts, fetches } = await runCase(row, subject());
      const want = row.expect;
      expect(exit, log.slice(-2000)).toBe(want.exit);
      const last = posts.at(-1)?.body ?? '';
      expect(Buffer.byteLength(last)).toBeLessThanOrEqual(RESULT_MAX_BYTES);
      if (want.posts !== 0) {
        const envelope = ResultEnvelope.parse(JSON.parse(last));
        expect(differences({ ...want.result }, envelope.result as Record<string, unknown>)).toEqual([]);
        if (want.outcome) expect(envelope.outcome).toBe(want.outcome);
      }
      if (want.posts !== undefined) expect(posts.length).toBe(want.posts);
      if (want.starts !== undefined) expect(starts.length).toBe(want.starts);
      if (want.fetches !== undefined) expect(fetches.length).toBe(want.fetches);
      if (want.message !== undefined)
        expect((JSON.parse(last) as ResultEnvelope).message).toMatch(new RegExp(want.message, 'su'));
      if (want.tokens) expect(posts.map(({ authorization }) => authorization)).toEqual(want.tokens);
      if (want.pauseSeconds !== undefined)
        expect((posts[1]?.at ?? 0) - (posts[0]?.at ?? 0)).toBeGreaterThanOrEqual(want.pauseSeconds * 1000);
      for (const text of want.logged) expect(log).toContain(text);
      for (const text of want.notLogged) expect(log).not.toContain(text);
      for (const text of want.inResult) expect(last).toContain(text);
      for (const text of want.notInResult) expect(last).not.toContain(text);
    });
  });
}
