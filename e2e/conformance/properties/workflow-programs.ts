// e2e/conformance/properties/workflow-programs.ts — random Orquesta workflows, as data that is printed for the engine and interpreted by the model.
import fc, { type Arbitrary } from 'fast-check';
import type { Plain, Value } from '../../../operator/domain/expression/python/values.ts';

/** A value that is written down. `x` is always a whole number, `d` a mapping, `l` a list, `y` anything. */
export type Term =
  | { readonly is: 'const'; readonly value: Value }
  | { readonly is: 'ctx'; readonly name: string }
  | { readonly is: 'plus'; readonly n: number }
  | { readonly is: 'text' }
  | { readonly is: 'result' }
  | { readonly is: 'n' }
  | { readonly is: 'item' }
  | { readonly is: 'dict'; readonly key: string; readonly term: Term }
  | { readonly is: 'broken' };

export type Condition =
  | { readonly is: 'succeeded' | 'failed' | 'completed' | 'never' | 'broken' }
  | { readonly is: 'below'; readonly limit: number }
  | { readonly is: 'succeeded below'; readonly limit: number };

export interface Published {
  readonly name: string;
  readonly term: Term;
}

export interface Way {
  readonly when: Condition | undefined;
  readonly publish: readonly Published[];
  /** Nothing is `continue`. */
  readonly to: readonly string[];
}

export interface TaskProgram {
  readonly name: string;
  readonly hasAction: boolean;
  readonly input: Term | undefined;
  readonly delay: number | undefined;
  readonly join: 'all' | number | undefined;
  readonly items: { readonly of: Term; readonly concurrency: Term | undefined } | undefined;
  readonly retry:
    | { readonly when: Condition | undefined; readonly count: Term; readonly delay: number | undefined }
    | undefined;
  readonly next: readonly Way[];
}

export interface WorkflowProgram {
  readonly language: 'yaql' | 'jinja';
  /** What the Execution gives for `p`, whose default is 3. */
  readonly parameters: Plain;
  readonly vars: readonly Published[];
  readonly tasks: readonly TaskProgram[];
  readonly output: readonly Published[];
}

export const COMMANDS = ['continue', 'noop', 'fail', 'retry'] as const;

const number = fc.integer({ min: 0, max: 3 });
const whole = (value: Arbitrary<Value>): Arbitrary<Term> => value.map((value) => ({ is: 'const', value }));
const ctx = (...names: readonly string[]): Arbitrary<Term> =>
  fc.constantFrom(...names).map((name) => ({ is: 'ctx', name }));
const seldomBroken = (term: Arbitrary<Term>): Arbitrary<Term> =>
  fc.oneof({ arbitrary: term, weight: 40 }, { arbitrary: fc.constant<Term>({ is: 'broken' }), weight: 1 });
/** There in so many of ten cases. */
const maybe = <T>(arbitrary: Arbitrary<T>, often: number): Arbitrary<T | undefined> =>
  fc.oneof(
    { withCrossShrink: true },
    { arbitrary: fc.constant(undefined), weight: 10 - often },
    { arbitrary, weight: often },
  );

const plus: Arbitrary<Term> = number.map((n) => ({ is: 'plus', n }));
const numeric = fc.oneof(whole(number), plus);
const free = fc.oneof(
  ctx('x', 'y', 'd', 'l'),
  whole(fc.constantFrom<Value>(0, 'text', null, true, [1])),
  plus,
  fc.constant<Term>({ is: 'text' }),
);
const mapping = fc
  .tuple(fc.constantFrom('a', 'b', 'c'), fc.oneof(ctx('x'), whole(number)))
  .map(([key, term]): Term => ({ is: 'dict', key, term }));

const published = (isPlain: boolean): Arbitrary<Published> => {
  const fromResult: readonly Term[] = isPlain ? [{ is: 'result' }, { is: 'n' }] : [{ is: 'result' }];
  return fc.oneof(
    seldomBroken(numeric).map((term) => ({ name: 'x', term })),
    fc.oneof(free, fc.constantFrom(...fromResult)).map((term) => ({ name: 'y', term })),
    mapping.map((term) => ({ name: 'd', term })),
  );
};

/** Tasks are told by their numbers until all are there. */
interface Aim {
  readonly toCommand: (typeof COMMANDS)[number] | undefined;
  readonly isBack: boolean;
  readonly n: number;
}

const aim: Arbitrary<Aim> = fc.record({
  toCommand: maybe(fc.constantFrom(...COMMANDS), 2),
  isBack: fc.integer({ min: 0, max: 9 }).map((n) => n === 9),
  n: fc.nat(11),
});

const condition = fc.oneof(
  { arbitrary: fc.constantFrom<Condition>({ is: 'succeeded' }, { is: 'failed' }, { is: 'completed' }), weight: 12 },
  { arbitrary: number.map((limit): Condition => ({ is: 'below', limit })), weight: 4 },
  { arbitrary: number.map((limit): Condition => ({ is: 'succeeded below', limit })), weight: 4 },
  { arbitrary: fc.constantFrom<Condition>({ is: 'never' }, { is: 'broken' }), weight: 1 },
);

const wayOf = (isPlain: boolean) =>
  fc.record({
    when: maybe(condition, 7),
    publish: fc.uniqueArray(published(isPlain), { maxLength: 2, selector: (one) => JSON.stringify(one) }),
    aims: fc.array(aim, { maxLength: 3 }),
  });

const list = fc.array(number, { maxLength: 4 });
const items = fc.record({
  of: fc.oneof(
    { arbitrary: whole(list), weight: 8 },
    { arbitrary: ctx('l'), weight: 8 },
    { arbitrary: ctx('x'), weight: 1 },
  ),
  concurrency: maybe(fc.oneof(whole(number), ctx('x')), 6),
});
const retry = fc.record({
  when: maybe(
    fc.constantFrom<Condition>({ is: 'failed' }, { is: 'completed' }, { is: 'succeeded' }, { is: 'below', limit: 2 }),
    5,
  ),
  count: fc.oneof(whole(number), ctx('x')),
  delay: maybe(number, 5),
});

const task = fc.tuple(maybe(items, 3), fc.integer({ min: 0, max: 5 })).chain(([items, n]) =>
  fc.record({
    items: fc.constant(items),
    hasAction: fc.constant(items !== undefined || n > 0),
    input: maybe(seldomBroken(items ? fc.oneof(free, fc.constant<Term>({ is: 'item' })) : free), 5),
    delay: maybe(number, 2),
    join: maybe(fc.oneof(fc.constant<'all'>('all'), number), 3),
    retry: maybe(retry, 2),
    ways: fc.array(wayOf(items === undefined && n > 0), { maxLength: 3 }),
  }),
);

const NAMES = ['a', 'b', 'c', 'd', 'e', 'f'];

/** Most ways lead on to a task with a higher number, and none to the first: the workflow starts there. */
function nameOf({ toCommand, isBack, n }: Aim, from: number, names: readonly string[]): string {
  const ahead = names.length - from - 1;
  if (toCommand !== undefined || (isBack ? names.length < 2 : ahead === 0)) return toCommand ?? 'noop';
  return names[isBack ? 1 + (n % (names.length - 1)) : from + 1 + (n % ahead)] as string;
}

/** Random workflows; inspection refuses some of them. */
export const workflowPrograms: Arbitrary<WorkflowProgram> = fc
  .record({
    language: fc.constantFrom<'yaql' | 'jinja'>('yaql', 'jinja'),
    parameters: fc.constantFrom<Plain>({}, { p: 1 }, { p: null }),
    vars: fc.record({ l: list, y: seldomBroken(ctx('p', 'x')) }),
    tasks: fc.array(task, { minLength: 1, maxLength: NAMES.length }),
    names: fc.shuffledSubarray(NAMES, { minLength: NAMES.length }),
    output: maybe(seldomBroken(free), 5),
  })
  .map(({ tasks, names: all, vars, output, ...rest }) => {
    const names = all.slice(0, tasks.length);
    return {
      ...rest,
      vars: [
        { name: 'x', term: { is: 'const', value: 0 } },
        { name: 'y', term: vars.y },
        { name: 'd', term: { is: 'const', value: { a: 0 } } },
        { name: 'l', term: { is: 'const', value: vars.l } },
        { name: 'o', term: { is: 'const', value: 'old' } },
      ],
      tasks: tasks.map(({ ways, ...task }, index) => ({
        ...task,
        hasAction: task.hasAction || ways.length === 0,
        name: names[index] as string,
        next: ways.map(({ when, publish, aims }) => ({
          when,
          publish,
          to: [...new Set(aims.map((one) => nameOf(one, index, names)))],
        })),
      })),
      output: [
        ...(output ? [{ name: 'o', term: output }] : []),
        { name: 'q', term: { is: 'ctx', name: 'o' } },
        { name: 'd', term: { is: 'ctx', name: 'd' } },
        { name: 'y', term: { is: 'ctx', name: 'y' } },
      ],
    };
  });
