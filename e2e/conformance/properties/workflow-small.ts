// e2e/conformance/properties/workflow-small.ts — small random workflows of Orquesta with many items, and moves with many pauses: where runs would hang.
import fc, { type Arbitrary } from 'fast-check';
import type { Run } from '../../../operator/domain/workflow/engine.ts';
import { openWorkflow } from '../../../operator/domain/workflow/orquesta/open.ts';
import { OrquestaRun } from '../../../operator/domain/workflow/orquesta/run.ts';
import type { Move } from './workflow-moves.ts';

const NAMES = ['a', 'b', 'c', 'd'];
const CONDITIONS = ['<% failed() %>', '<% failed() %>', '<% succeeded() %>', undefined];

const often = <T>(arbitrary: Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 3 });
const seldom = <T>(arbitrary: Arbitrary<T>) =>
  fc.oneof({ withCrossShrink: true }, { arbitrary: fc.constant(undefined), weight: 4 }, { arbitrary, weight: 1 });

const task = fc.record({
  items: often(
    fc.record({ count: fc.integer({ min: 2, max: 3 }), concurrency: often(fc.integer({ min: 1, max: 2 })) }),
  ),
  retries: seldom(fc.constant(1)),
  join: seldom(fc.constantFrom<unknown>('all', 1)),
  when: fc.constantFrom(...CONDITIONS),
  to: fc.uniqueArray(fc.nat(1), { minLength: 1, maxLength: 2 }),
});

/** Every way leads on to a later task: none goes in circles. */
export const smallWorkflows: Arbitrary<string> = fc
  .array(task, { minLength: 2, maxLength: NAMES.length })
  .map((all) => {
    const tasks = all.map(({ items, retries, join, when, to }, at) => {
      const targets = to.flatMap((n) => (at + 1 + n < all.length ? [NAMES[at + 1 + n]] : []));
      const numbers = Array.from({ length: items?.count ?? 0 }, (_, n) => n);
      const fields = {
        action: 'core.echo',
        with: items && { items: `<% ${JSON.stringify(numbers)} %>`, concurrency: items.concurrency },
        retry: retries && { when: '<% failed() %>', count: retries, delay: 0 },
        join: at > 0 ? join : undefined,
        next: targets.length > 0 ? [{ when, do: targets }] : undefined,
      };
      return [NAMES[at], fields] as const;
    });
    return JSON.stringify({ version: 1, tasks: Object.fromEntries(tasks) });
  });

/** Undefined: inspection refuses the definition. */
export function smallRun(definition: string): Run | undefined {
  const { workflow, graph } = openWorkflow(definition);
  return workflow && graph && new OrquestaRun(workflow, graph, { parameters: {}, context: {}, uid: 'u' });
}

export const restlessMoves: Arbitrary<readonly Move[]> = fc.array(
  fc.record({
    what: fc.oneof(
      { arbitrary: fc.constantFrom<Move['what']>('succeeded', 'failed', 'paused'), weight: 16 },
      { arbitrary: fc.constantFrom<Move['what']>('pause', 'resume', 'running'), weight: 12 },
      { arbitrary: fc.constantFrom<Move['what']>('pending', 'timedOut', 'canceled', 'refused'), weight: 1 },
    ),
    who: fc.nat(3),
    n: fc.constant(1),
  }),
  { minLength: 4, maxLength: 12 },
);
