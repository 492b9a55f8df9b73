// e2e/cluster/progress.test.ts — What a person sees while long work goes on.
import { describe, expect, test, vi } from 'vitest';
import { createProgress, stepLine } from './progress.ts';

function screen(isTTY: boolean) {
  let text = '';
  return {
    isTTY,
    columns: 60,
    write: (more: string) => {
      text += more;
    },
    text: () => text,
  };
}

test.each([
  [{ number: 2, total: 9, what: 'compile', seconds: 12.4, state: 'kubelet' }, 'step 2 of 9: compile (12 s): kubelet'],
  [{ number: 1, total: 1, what: 'compile', seconds: 0, state: '' }, 'step 1 of 1: compile (0 s)'],
  [{ number: 3, total: 4, what: 'compile', seconds: 125, state: '' }, 'step 3 of 4: compile (2 min 5 s)'],
])('a line says number, total, time and detail', (step, line) => {
  expect(stepLine(step)).toBe(line);
});

describe('without a terminal', () => {
  test('each step has a line at its start and one with its time at its end', async () => {
    const out = screen(false);
    let nowMs = 0;
    const progress = createProgress(out, () => nowMs);
    progress.expect(2);
    await progress.step('one', async () => {
      nowMs = 3000;
    });
    await progress.step('two', async () => {});
    expect(out.text()).toBe('step 1 of 2: one …\nstep 1 of 2: one (3 s)\nstep 2 of 2: two …\nstep 2 of 2: two (0 s)\n');
  });

  test('a long step tells its latest detail, and that it lives when there is none', async () => {
    vi.useFakeTimers();
    try {
      const out = screen(false);
      const progress = createProgress(out);
      const work = progress.step('compile', async (note) => {
        note('etcd');
        note('helm');
        await vi.advanceTimersByTimeAsync(41_000);
      });
      await work;
      expect(out.text().split('\n')).toEqual([
        'step 1 of 1: compile …',
        'step 1 of 1: compile (5 s): helm',
        'step 1 of 1: compile (35 s): helm',
        'step 1 of 1: compile (41 s)',
        '',
      ]);
    } finally {
      vi.useRealTimers();
    }
  });

  test('a step that throws is shown as failed and throws on', async () => {
    const out = screen(false);
    const broken = createProgress(out, () => 0).step('one', () => Promise.reject(new Error('no disk')));
    await expect(broken).rejects.toThrow('no disk');
    expect(out.text()).toContain('step 1 of 1: one (0 s): failed\n');
  });
});

test('on a terminal the line is rewritten in place and cut to its width', async () => {
  const out = screen(true);
  await createProgress(out, () => 0).step('one', async (note) => note('x'.repeat(200)));
  const drawn = out.text().split('\r\u001b[2K');
  expect(drawn).toHaveLength(4); // start, detail, end
  expect(drawn[2]).toHaveLength(59);
  expect(drawn[3]).toBe('step 1 of 1: one (0 s)\n');
});

test('steps that nobody announced raise the total', async () => {
  const out = screen(false);
  const progress = createProgress(out, () => 0);
  progress.expect(1);
  await progress.step('one', async () => {});
  await progress.step('two', async () => {});
  progress.expect(1);
  await progress.step('three', async () => {});
  expect(out.text()).toContain('step 2 of 2: two (0 s)');
  expect(out.text()).toContain('step 3 of 3: three (0 s)');
});
