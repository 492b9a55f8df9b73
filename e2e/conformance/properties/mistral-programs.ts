// e2e/conformance/properties/mistral-programs.ts — random workflows of Mistral, as data that is printed for the engine and interpreted by the model.
import fc, { type Arbitrary } from 'fast-check';
import type { Value } from '../../../operator/domain/expression/python/values.ts';

/** A value that is written down. `x` is always a whole number, `l` a list of such, `y` anything, `z` may not be there. */
export type MistralTerm =
  | { readonly is: 'const'; readonly value: Value }
  | { readonly is: 'var'; readonly name: string }
  | { readonly is: 'plus'; readonly n: number }
  | { readonly is: 'text' }
  | { readonly is: 'result' }
  | { readonly is: 'n' }
  | { readonly is: 'item' }
  | { readonly is: 'broken' };

export type MistralCondition =
  | { readonly is: 'below' | 'above'; readonly limit: number }
  | { readonly is: 'result below'; readonly limit: number }
  | { readonly is: 'never' | 'broken' };

export interface MistralPublished {
  readonly name: string;
  readonly term: MistralTerm;
}

/** To a task, or a command. */
export interface MistralAim {
  readonly to: string;
  readonly when: MistralCondition | undefined;
}

export interface MistralTaskProgram {
  readonly name: string;
  /** The engine does `none` and `fail` itself. */
  readonly action: 'echo' | 'none' | 'fail';
  readonly input: MistralTerm | undefined;
  readonly publish: readonly MistralPublished[];
  readonly publishOnError: readonly MistralPublished[];
  readonly onSuccess: readonly MistralAim[];
  readonly onError: readonly MistralAim[];
  readonly onComplete: readonly MistralAim[];
  readonly join: 'all' | 'one' | number | undefined;
  readonly items: { readonly of: MistralTerm; readonly concurrency: number | undefined } | undefined;
  readonly retry:
    | {
        readonly count: number;
        readonly delay: number;
        readonly breakOn: MistralCondition | undefined;
        readonly continueOn: MistralCondition | undefined;
      }
    | undefined;
  readonly waitBefore: number | undefined;
  readonly requires: readonly string[];
}

export interface MistralProgram {
  readonly language: 'yaql' | 'jinja';
  /** Of a reverse workflow. */
  readonly target: string | undefined;
  readonly list: readonly number[];
  readonly tasks: readonly MistralTaskProgram[];
  /** Undefined: all that was published. */
  readonly output: readonly MistralPublished[] | undefined;
}

const COMMANDS = ['noop', 'fail', 'succeed', 'pause'] as const;

const number = fc.integer({ min: 0, max: 3 });
const maybe = <T>(arbitrary: Arbitrary<T>, often: number): Arbitrary<T | undefined> =>
  fc.oneof(
    { withCrossShrink: true },
    { arbitrary: fc.constant(undefined), weight: 10 - often },
    { arbitrary, weight: often },
  );
const weighted = <T>(...all: readonly (readonly [number, Arbitrary<T>])[]): Arbitrary<T> =>
  fc.oneof(...all.map(([weight, arbitrary]) => ({ weight, arbitrary })));

const whole = (value: Arbitrary<Value>): Arbitrary<MistralTerm> => value.map((value) => ({ is: 'const', value }));
const variable = (...names: readonly string[]): Arbitrary<MistralTerm> =>
  fc.constantFrom(...names).map((name) => ({ is: 'var', name }));
const broken = fc.constant<MistralTerm>({ is: 'broken' });
const seldomBroken = (term: Arbitrary<MistralTerm>) => weighted([40, term], [1, broken]);

const numeric = fc.oneof(
  whole(number),
  number.map((n): MistralTerm => ({ is: 'plus', n })),
);
const free = weighted(
  [20, variable('x', 'y', 'l')],
  [10, whole(fc.constantFrom<Value>(0, 'text', null, true, [1]))],
  [5, numeric],
  [5, fc.constant<MistralTerm>({ is: 'text' })],
  [2, variable('z')],
);

/** No mappings: where branches meet they would be merged. */
const published = (ofResult: readonly MistralTerm[]): Arbitrary<readonly MistralPublished[]> =>
  fc.uniqueArray(
    fc.oneof(
      seldomBroken(numeric).map((term) => ({ name: 'x', term })),
      fc.oneof(free, fc.constantFrom(...ofResult)).map((term) => ({ name: 'y', term })),
      numeric.map((term) => ({ name: 'z', term })),
    ),
    { maxLength: 2, selector: ({ name }) => name },
  );

const condition = weighted<MistralCondition>(
  [10, fc.record({ is: fc.constantFrom('below', 'above'), limit: number })],
  [1, fc.constantFrom<MistralCondition>({ is: 'never' }, { is: 'broken' })],
);
const ofAttempt = weighted<MistralCondition>(
  [3, condition],
  [2, number.map((limit): MistralCondition => ({ is: 'result below', limit }))],
);

/** Tasks are told by their numbers until all are there. */
interface Aim {
  readonly command: (typeof COMMANDS)[number] | undefined;
  readonly isBack: boolean;
  readonly n: number;
  readonly when: MistralCondition | undefined;
}

const aims = (often: number): Arbitrary<readonly Aim[]> =>
  maybe(
    fc.array(
      fc.record({
        command: maybe(fc.constantFrom(...COMMANDS), 1),
        isBack: fc.integer({ min: 0, max: 11 }).map((n) => n === 11),
        n: fc.nat(11),
        when: maybe(condition, 3),
      }),
      { minLength: 1, maxLength: 3 },
    ),
    often,
  ).map((all) => all ?? []);

const items = fc.record({
  of: weighted([6, whole(fc.array(number, { maxLength: 4 }))], [3, variable('l')], [1, variable('x')]),
  concurrency: maybe(
    number.map((n) => n + 1),
    6,
  ),
});
const retry = fc.record({
  count: number,
  delay: number,
  breakOn: maybe(ofAttempt, 2),
  continueOn: maybe(ofAttempt, 2),
});

const shape = fc.record({
  action: weighted<MistralTaskProgram['action']>(
    [12, fc.constant('echo')],
    [3, fc.constant('none')],
    [1, fc.constant('fail')],
  ),
  items: maybe(items, 3),
});
const task = shape.chain(({ action, items: some }) => {
  const of = action === 'echo' ? some : undefined;
  const ofResult: readonly MistralTerm[] = [{ is: action === 'echo' && !of ? 'n' : 'result' }];
  const asEcho = <T>(often: number, arbitrary: Arbitrary<T>) =>
    action === 'echo' ? maybe(arbitrary, often) : fc.constant(undefined);
  return fc.record({
    action: fc.constant(action),
    items: fc.constant(of),
    input: asEcho(6, seldomBroken(of ? fc.oneof(free, fc.constant<MistralTerm>({ is: 'item' })) : free)),
    publish: maybe(published(ofResult), 6).map((all) => all ?? []),
    publishOnError: maybe(published(ofResult), 2).map((all) => all ?? []),
    onSuccess: aims(8),
    onError: aims(4),
    onComplete: aims(2),
    join: maybe(
      weighted<'all' | 'one' | number>(
        [5, fc.constant('all')],
        [2, fc.constant('one')],
        [3, fc.integer({ min: 1, max: 3 })],
      ),
      4,
    ),
    retry: asEcho(2, retry),
    waitBefore: asEcho(1, number),
    requires: fc.array(fc.nat(11), { maxLength: 3 }),
  });
});

const NAMES = ['a', 'b', 'c', 'd', 'e', 'f'];

/** Most ways lead to a task with a higher number, and none to the first: the workflow starts there. */
function nameOf({ command, isBack, n }: Aim, from: number, names: readonly string[]): string {
  const ahead = names.length - from - 1;
  if (command !== undefined || (isBack ? names.length < 2 : ahead === 0)) return command ?? 'noop';
  return names[isBack ? 1 + (n % (names.length - 1)) : from + 1 + (n % ahead)] as string;
}

const programs = fc.record({
  language: fc.constantFrom<'yaql' | 'jinja'>('yaql', 'jinja'),
  isReverse: fc.integer({ min: 0, max: 7 }).map((n) => n === 7),
  list: fc.array(number, { maxLength: 4 }),
  tasks: fc.array(task, { minLength: 1, maxLength: NAMES.length }),
  names: fc.shuffledSubarray(NAMES, { minLength: NAMES.length }),
  output: maybe(seldomBroken(variable('x', 'y', 'l', 'z')), 6),
});

/** Random workflows; the check of definitions refuses some of them. */
export const mistralPrograms: Arbitrary<MistralProgram> = programs.map(
  ({ tasks, names: all, output, isReverse, ...rest }) => {
    const names = all.slice(0, tasks.length);
    const lead = (aims: readonly Aim[], from: number): readonly MistralAim[] => {
      const told = isReverse ? [] : aims.map((aim) => ({ to: nameOf(aim, from, names), when: aim.when }));
      return told.filter(({ to }, i) => told.findIndex((one) => one.to === to) === i);
    };
    const named = tasks.map(({ onSuccess, onError, onComplete, requires, ...more }, index) => ({
      ...more,
      name: names[index] as string,
      onSuccess: lead(onSuccess, index),
      onError: lead(onError, index),
      onComplete: lead(onComplete, index),
      // Each requires such as stand before it.
      requires: isReverse && index > 0 ? [...new Set(requires.map((n) => names[n % index] as string))] : [],
    }));
    // No join may want more than may lead to it, or itself.
    const joined = named.map(({ join, ...more }) => {
      const { name } = more;
      const into = named.filter((one) =>
        [...one.onSuccess, ...one.onError, ...one.onComplete].some(({ to }) => to === name),
      );
      const isOdd = into.length < (typeof join === 'number' ? join : 1) || into.some((one) => one.name === name);
      return { ...more, join: isOdd ? undefined : join };
    });
    return {
      ...rest,
      target: isReverse ? names.at(-1) : undefined,
      tasks: joined,
      output: output && [
        { name: 'o', term: output },
        { name: 'x', term: { is: 'var', name: 'x' } },
      ],
    };
  },
);
