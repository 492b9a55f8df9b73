// operator/domain/expression/yaql/types.ts — the types of parameters: which arguments they take, and what a function gets of them.
import { DateTime } from '../python/datetime.ts';
import { type AnyDict, isDict } from '../python/dict.ts';
import type { PySet } from '../python/collections.ts';
import { isInt, isNumeric, type Numeric } from '../python/numbers.ts';
import { Timedelta } from '../python/timedelta.ts';
import { asIndex } from '../python/text.ts';
import type { Value } from '../python/values.ts';
import { type Argument, Code } from './code.ts';
import { Context } from './context.ts';
import { isCollection, isIterator, type Lazy, type Memory, Ordering } from './iterators.ts';
import { Regex } from './regex-object.ts';
import { isSet, NO_VALUE, Pair, sequenceItems, type View } from './values.ts';

/** Python's classes, as far as one overload is preferred to another for them. */
type PythonClass = 'object' | 'Iterable' | 'Sequence' | 'MappingRule' | 'other';

export interface ParameterType<T> {
  readonly python?: PythonClass;
  /** Lazy ones get code that has not run. */
  readonly isLazy: boolean;
  accepts(argument: Argument): boolean;
  /** Called only with what it accepts. */
  convert(argument: Argument, context: Context): T;
}

/** Whether the first is the more special type. */
export function isSpecialized(one: ParameterType<unknown>, other: ParameterType<unknown>): boolean {
  if (one.python === undefined || other.python === undefined || one.python === other.python) return false;
  return other.python === 'object' || (one.python === 'Sequence' && other.python === 'Iterable');
}

/** A type whose arguments are evaluated before the call. Code that is no constant passes: its value is looked at later. */
function eager<T>(
  test: (value: Value) => boolean,
  take: (value: Value) => T,
  python: PythonClass = 'other',
): ParameterType<T> {
  return {
    python,
    isLazy: false,
    accepts: (argument) => {
      if (!(argument instanceof Code)) return test(argument);
      return argument.constant === undefined || test(argument.constant);
    },
    convert: (argument) => take(valueOf(argument)),
  };
}

function valueOf(argument: Argument): Value {
  if (!(argument instanceof Code)) return argument;
  return argument.constant === undefined ? NO_VALUE : argument.constant;
}

/** Of one class. */
const instance = <T extends Value>(one: abstract new (...args: never[]) => T, python?: PythonClass) =>
  eager(
    (value) => value instanceof one,
    (value) => value as T,
    python,
  );

const itself = (value: Value) => value;
/** Also takes null. */
const nullable =
  (test: (value: Value) => boolean) =>
  (value: Value): boolean =>
    value === null || test(value);

const isText = (value: Value) => typeof value === 'string';
const isPythonInt = (value: Value) => isInt(value) || typeof value === 'boolean';

export const any = eager(() => true, itself, 'object');
export const notNull = eager((value) => value !== null, itself, 'object');
export const nothing = eager((value) => value === null, itself);
export const text = eager(isText, (value) => value as string);
export const textOrNull = eager(nullable(isText), (value) => value as string | null);
/** Python's int, of which bool is a kind: as an index, cut to what an array may have. */
export const index = eager(isPythonInt, (value) => asIndex(value) ?? 0);
export const indexOrNull = eager(nullable(isPythonInt), (value) => asIndex(value) ?? null);
/** Python's int, exact; bools as they are. */
export const integer = eager(isPythonInt, (value) => value as number | bigint | boolean);
/** As `index`, without bools. */
export const strictIndex = eager(isInt, (value) => asIndex(value) ?? 0);
export const flag = eager(
  nullable((value) => typeof value === 'boolean'),
  (value) => value === true,
);
export const strictFlag = eager(
  (value) => typeof value === 'boolean',
  (value) => value === true,
);
export const number = eager(isNumeric, (value) => value as Numeric);
export const numberOrNull = eager(nullable(isNumeric), (value) => value as Numeric | null);
export const collection = eager(isCollection, itself, 'Iterable');
export const noSet = eager((value) => isCollection(value) && !isSet(value), itself, 'Iterable');
export const sequence = eager((value) => sequenceItems(value) !== undefined, itself, 'Sequence');
export const iterator = eager(isIterator, (value) => value as Lazy | Memory);
export const dict = eager(isDict, (value) => value as AnyDict);
export const set = eager(isSet, (value) => value as PySet | View);
export const pair = instance(Pair, 'MappingRule');
export const ordering = instance(Ordering);
export const regex = instance(Regex);
export const layer = instance(Context);
export const timespan = instance(Timedelta);
export const timespanOrNull = eager(
  nullable((value) => value instanceof Timedelta),
  (value) => value as Timedelta | null,
);
/** One without a zone counts as UTC's. */
export const datetime = eager(
  (value) => value instanceof DateTime,
  (value) => {
    const time = value as DateTime;
    return time.offsetMinutes === undefined ? time.with({ offsetMinutes: 0 }) : time;
  },
);
/** One without a zone stays so. */
export const anyDatetime = instance(DateTime);

/** Code as a function of JavaScript's: its arguments are `$1`, `$2`… */
export type Lambda = (...values: readonly Value[]) => Value;

function runIn(argument: Argument, context: Context): Value {
  return argument instanceof Code ? argument.run(context, undefined) : argument;
}

export const lambda: ParameterType<Lambda> = {
  isLazy: true,
  accepts: () => true,
  convert:
    (argument, context) =>
    (...values) =>
      runIn(argument, values.length === 0 ? context : context.withArguments(values)),
};

/** Code that is run in the context that the function gives it. */
export const contextLambda: ParameterType<(context: Context) => Value> = {
  isLazy: true,
  accepts: () => true,
  convert: (argument) => (context) => runIn(argument, context),
};

/** A call to the right of a dot, run with what is left of it. */
export const methodLambda: ParameterType<(receiver: Value) => Value> = {
  isLazy: true,
  accepts: (argument) => !(argument instanceof Code) || argument.node.kind === 'function',
  convert: (argument, context) => (receiver) => (argument instanceof Code ? argument.run(context, receiver) : argument),
};

/** The code itself. */
export const expression: ParameterType<Argument> = {
  isLazy: true,
  accepts: (argument) => argument instanceof Code,
  convert: (argument) => argument,
};

/** `condition => result`, neither of them run yet. */
export const branch: ParameterType<{ readonly source: () => Value; readonly destination: () => Value }> = {
  isLazy: true,
  accepts: (argument) => argument instanceof Code && argument.node.kind === 'mapping',
  convert: (argument, context) => {
    const [source, destination] = argument instanceof Code ? argument.parts : [];
    const run = (code: Code | undefined) => () => code?.run(context, undefined) ?? null;
    return { source: run(source), destination: run(destination) };
  },
};

/** A bare word, as code. */
export const keyword: ParameterType<Code> = {
  isLazy: false,
  accepts: (argument) => argument instanceof Code && argument.node.kind === 'keyword',
  convert: (argument) => argument as Code,
};
