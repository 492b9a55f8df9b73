// e2e/conformance/properties/mistral-source.ts — random workflows of Mistral.
import fc, { type Arbitrary } from 'fast-check';
import type { Run } from '../../../operator/domain/workflow/engine.ts';
import { parseMistral } from '../../../operator/domain/workflow/mistral/parse.ts';
import { newMistralRun } from '../../../operator/domain/workflow/mistral/run.ts';

const NAMES = ['one', 'two', 'three', 'four', 'five'];

const few = fc.integer({ min: 0, max: 3 });
const often = <T>(arbitrary: Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 2 });
const seldom = <T>(arbitrary: Arbitrary<T>) =>
  fc.oneof({ withCrossShrink: true }, { arbitrary: fc.constant(undefined), weight: 4 }, { arbitrary, weight: 1 });

/** A task by its number, or a command; with a condition or without. */
const aim = fc.record({
  to: fc.oneof(
    { arbitrary: fc.nat(9), weight: 8 },
    { arbitrary: fc.constantFrom('fail', 'succeed', 'pause', 'noop'), weight: 1 },
  ),
  when: seldom(fc.constantFrom('<% $.x < 2 %>', '<% $.x > 1 %>', '{{ _.x < 2 }}', '<% 1 / 0 %>')),
});
const aims = seldom(fc.array(aim, { minLength: 1, maxLength: 2 }));
const value = fc.constantFrom<unknown>('<% $.x %>', '<% $.x + 1 %>', '{{ _.x }}', 'text', 1, '<% random() %>');

const task = fc.record({
  message: often(value),
  publish: often(fc.constantFrom<unknown>('<% $.x + 1 %>', 1, '<% task().result.n %>')),
  onSuccess: often(fc.array(aim, { minLength: 1, maxLength: 2 })),
  onError: aims,
  onComplete: aims,
  join: seldom(fc.constantFrom<unknown>('all', 1, 2)),
  items: seldom(fc.record({ list: fc.array(few, { maxLength: 4 }), concurrency: often(few.map((n) => n + 1)) })),
  retry: seldom(fc.record({ count: few.map((n) => n + 1), delay: few })),
  'wait-before': seldom(few),
  'wait-after': seldom(few),
  timeout: seldom(few.map((n) => n + 1)),
  'pause-before': seldom(fc.constant(true)),
});

export const mistralWorkflows: Arbitrary<string> = fc
  .array(task, { minLength: 1, maxLength: NAMES.length })
  .map((tasks) => {
    const named = tasks.map(({ message, publish, onSuccess, onError, onComplete, items, ...policies }, i) => {
      const leads = (all: typeof onError) =>
        all?.map(({ to, when }) => {
          const name = typeof to === 'string' ? to : (NAMES[(i + 1 + to) % tasks.length] as string);
          return when === undefined ? name : { [name]: when };
        });
      const fields = {
        action: 'core.echo',
        input: message === undefined ? undefined : { message },
        publish: publish === undefined ? undefined : { x: publish },
        'on-success': leads(onSuccess),
        'on-error': leads(onError),
        'on-complete': leads(onComplete),
        'with-items': items && `i in ${JSON.stringify(items.list)}`,
        concurrency: items?.concurrency,
        ...policies,
      };
      return [NAMES[i], fields];
    });
    const workflow = {
      input: [{ p: 3 }],
      vars: { x: 0 },
      output: { x: '<% $.x %>' },
      tasks: Object.fromEntries(named),
    };
    return JSON.stringify({ version: '2.0', wf: workflow });
  });

export function mistralRun(text: string): Run | undefined {
  const { definition } = parseMistral(text);
  return definition && newMistralRun(definition, { parameters: {}, context: {}, uid: 'u' });
}
