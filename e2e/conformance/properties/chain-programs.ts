// e2e/conformance/properties/chain-programs.ts — random ActionChains, as data that is printed for the engine and interpreted by the model.
import fc, { type Arbitrary } from 'fast-check';
import type { Plain, Value } from '../../../operator/domain/expression/python/values.ts';

export interface ChainTaskProgram {
  readonly name: string;
  readonly ref: string;
  readonly parameters: Plain;
  readonly publish: Plain;
  readonly onSuccess: string | undefined;
  readonly onFailure: string | undefined;
}

export interface ChainProgram {
  readonly parameters: Plain;
  readonly vars: Plain;
  readonly start: string | undefined;
  readonly tasks: readonly ChainTaskProgram[];
}

const NAMES = ['one', 'two', 'three', 'four', 'five'];
/** What leads on: most often to a task, seldom to none that there is, or to a template, which is taken as a name. */
const ODD_NAMES = ['nowhere', '{{ one }}'];

const seldom = <T>(often: Arbitrary<T>, rare: Arbitrary<T>, weight = 25): Arbitrary<T> =>
  fc.oneof({ arbitrary: often, weight }, { arbitrary: rare, weight: 1 });

/** Templates are paths of names and nothing else: the model has no expressions. */
const harmless: readonly Value[] = ['{{ v }}', 'a{{ v }}b{{ p }}', '{{ p }}', 'text', 5, true, null];
const nested: readonly Value[] = [['{{ v }}', 2], { k: '{{ p }}', 'k{{ v }}': [1] }];
const risky: readonly Value[] = ['{{ one.n }}', '{{ two.n }}-{{ p }}', '{{ __results.three.n }}', '{{ w }}'];
const broken: readonly Value[] = ['{{ nothing }}', '{{ one.error }}', '{{ action_context.parent.user }}', '{{ one }}'];

const template = fc.oneof(
  { arbitrary: fc.constantFrom(...harmless), weight: 30 },
  { arbitrary: fc.constantFrom(...nested), weight: 6 },
  { arbitrary: fc.constantFrom(...risky), weight: 4 },
  { arbitrary: fc.constantFrom(...broken), weight: 1 },
);
const ofItself = (name: string): Arbitrary<Value> =>
  fc.oneof({ arbitrary: template, weight: 2 }, { arbitrary: fc.constantFrom<Value>(`{{ ${name}.n }}`), weight: 1 });
const mapping = (names: readonly string[], value: Arbitrary<Value>): Arbitrary<Plain> =>
  fc
    .uniqueArray(fc.tuple(fc.constantFrom(...names), value), { maxLength: 2, selector: ([name]) => name })
    .map(Object.fromEntries);

const way = (names: readonly string[]): Arbitrary<string | undefined> =>
  fc.option(seldom(fc.constantFrom(...names), fc.constantFrom(...ODD_NAMES), 60), { nil: undefined, freq: 5 });

function taskOf(index: number, names: readonly string[]): Arbitrary<ChainTaskProgram> {
  const own = NAMES[index] as string;
  return seldom(fc.constant(own), fc.constantFrom(...names), 30).chain((name) =>
    fc.record({
      name: fc.constant(name),
      ref: fc.constant(`p.${own}`),
      parameters: mapping(['a', 'b'], template),
      publish: mapping(['v', 'w', 'x', 'p'], ofItself(name)),
      onSuccess: way(names),
      onFailure: way(names),
    }),
  );
}

export const chainPrograms: Arbitrary<ChainProgram> = fc.integer({ min: 1, max: NAMES.length }).chain((count) => {
  const names = NAMES.slice(0, count);
  const ownNames = (chain: readonly ChainTaskProgram[]) => new Set(chain.map(({ name }) => name));
  return fc
    .record({
      parameters: fc.constantFrom<Plain>({ p: 1 }, { p: 'given' }, { p: [1, 'x'] }),
      vars: mapping(
        ['v', 'x'],
        seldom(fc.constantFrom<Value>('begun {{ p }}', 7, ['{{ p }}']), fc.constant('{{ v }}'), 40),
      ),
      start: fc.option(seldom(fc.constantFrom(...names), fc.constantFrom(...ODD_NAMES)), { nil: undefined, freq: 1 }),
      tasks: fc.tuple(...names.map((_, index) => taskOf(index, names))),
    })
    .map(({ vars, ...rest }) => ({ ...rest, vars: { v: 'begun', ...vars } }))
    .filter(({ tasks }) => ownNames(tasks).size >= tasks.length - 1);
});

export const printChain = ({ vars, start, tasks }: ChainProgram): string =>
  JSON.stringify({
    vars,
    default: start,
    chain: tasks.map(({ name, ref, parameters, publish, onSuccess, onFailure }) => ({
      name,
      ref,
      parameters,
      publish,
      'on-success': onSuccess,
      'on-failure': onFailure,
    })),
  });
