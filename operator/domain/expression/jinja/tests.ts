// operator/domain/expression/jinja/tests.ts — what can follow `is`.
import { spendText } from '../python/text.ts';
import { bind, type Call, type Parameter } from '../functions/call.ts';
import { typeFault } from '../fault.ts';
import { compare, contains, equals, hashKey } from '../python/compare.ts';
import { isDict } from '../python/dict.ts';
import { iterable } from '../python/iterate.ts';
import { methodOf } from '../python/methods.ts';
import { isFloat, isInt } from '../python/numbers.ts';
import { binary } from '../python/operators.ts';
import { str } from '../python/repr.ts';
import { isList, PyObject, type Value } from '../python/values.ts';
import { callOf } from '../functions/call.ts';
import type { Engine, Test } from './engine.ts';
import { Markup, plainText } from './markup.ts';

type Body = (engine: Engine, ...values: readonly Value[]) => boolean;

/** A test with the signature of Python's function, for its errors. */
function test(name: string, parameters: readonly Parameter[], body: Body): Test {
  return (value, call, engine) => {
    if (parameters.length === 1 && call.args.length === 0 && call.named.size === 0) return body(engine, value);
    return body(engine, ...bind(name, { args: [value, ...call.args], named: call.named }, parameters));
  };
}

const one = (name: string, body: (value: Value, engine: Engine) => boolean): [string, Test] => [
  name,
  test(`test_${name}`, ['value'], (engine, value = null) => body(value, engine)),
];

/** A comparison of Python's `operator`, which takes no names. */
function operator(name: string, run: (a: Value, b: Value) => boolean): Test {
  return (value, { args, named }: Call) => {
    const [other] = args;
    if (named.size > 0) throw typeFault(`_operator.${name}() takes no keyword arguments`);
    if (other === undefined || args.length > 1) throw typeFault(`${name} expected 2 arguments, got ${args.length + 1}`);
    return run(value, other);
  };
}

const eq = operator('eq', equals);
const ne = operator('ne', (a, b) => !equals(a, b));
const gt = operator('gt', (a, b) => compare('>', a, b));
const ge = operator('ge', (a, b) => compare('>=', a, b));
const lt = operator('lt', (a, b) => compare('<', a, b));
const le = operator('le', (a, b) => compare('<=', a, b));

const remainderIs =
  (rest: number): Body =>
  (_, value = null) =>
    equals(binary('%', value, 2), rest);

/** Whether all cased letters of a value's text are of one case, and there are some. */
const hasCase =
  (method: 'islower' | 'isupper') =>
  (value: Value): boolean =>
    methodOf('', method)?.(str(value), callOf()) === true;

function isSequence(value: Value): boolean {
  if (typeof value === 'string' || isList(value) || isDict(value)) return true;
  if (!(value instanceof PyObject)) return false;
  if (/^(frozen)?set$|^dict_|^LoopContext$/.test(value.typeName)) return false;
  try {
    return value.size() !== undefined;
  } catch {
    return false; // an undefined value refuses
  }
}

function isCallable(value: Value, engine: Engine): boolean {
  if (!(value instanceof PyObject)) return false;
  if (engine.isUndefined(value)) return true;
  return value.call !== PyObject.prototype.call;
}

/** Whether two values are the same object; equal texts and numbers are, as Python keeps one of each small one. */
function isSame(a: Value, b: Value): boolean {
  if (typeof a === 'string' && typeof b === 'string' && a.length === b.length) spendText(a.length);
  return Object.is(a, b);
}

const known =
  (names: (engine: Engine, name: string) => unknown): Body =>
  (engine, value = null) => {
    const name = plainText(value);
    if (name === undefined) {
      hashKey(value);
      return false;
    }
    try {
      names(engine, name);
      return true;
    } catch {
      return false; // there is none of that name
    }
  };

export const TESTS: ReadonlyMap<string, Test> = new Map<string, Test>([
  ['odd', test('test_odd', ['value'], remainderIs(1))],
  ['even', test('test_even', ['value'], remainderIs(0))],
  [
    'divisibleby',
    test('test_divisibleby', ['value', 'num'], (_, value = null, divisor = null) =>
      equals(binary('%', value, divisor), 0),
    ),
  ],
  one('defined', (value, engine) => !engine.isUndefined(value)),
  one('undefined', (value, engine) => engine.isUndefined(value)),
  [
    'filter',
    test(
      'test_filter',
      ['value'],
      known((engine, name) => engine.filter(name)),
    ),
  ],
  [
    'test',
    test(
      'test_test',
      ['value'],
      known((engine, name) => engine.test(name)),
    ),
  ],
  one('none', (value) => value === null),
  one('boolean', (value) => typeof value === 'boolean'),
  one('false', (value) => value === false),
  one('true', (value) => value === true),
  one('integer', isInt),
  one('float', isFloat),
  one('lower', hasCase('islower')),
  one('upper', hasCase('isupper')),
  one('string', (value) => typeof value === 'string' || (value instanceof PyObject && value.isText())),
  one('mapping', isDict),
  one('number', (value) => typeof value === 'boolean' || isInt(value) || isFloat(value)),
  one('sequence', isSequence),
  one('iterable', (value) => iterable(value) !== undefined),
  one('escaped', (value) => value instanceof Markup),
  ['callable', (value, call, engine) => isCallable(alone('callable', value, call), engine)],
  ['sameas', test('test_sameas', ['value', 'other'], (_, value = null, other = null) => isSame(value, other))],
  ['in', test('test_in', ['value', 'seq'], (_, value = null, values = null) => contains(values, value))],
  ...(['==', 'eq', 'equalto'] as const).map((name): [string, Test] => [name, eq]),
  ...(['!=', 'ne'] as const).map((name): [string, Test] => [name, ne]),
  ...(['>', 'gt', 'greaterthan'] as const).map((name): [string, Test] => [name, gt]),
  ...(['>=', 'ge'] as const).map((name): [string, Test] => [name, ge]),
  ...(['<', 'lt', 'lessthan'] as const).map((name): [string, Test] => [name, lt]),
  ...(['<=', 'le'] as const).map((name): [string, Test] => [name, le]),
]);

/** The value of a built-in function that takes nothing else. */
function alone(name: string, value: Value, { args, named }: Call): Value {
  if (named.size > 0) throw typeFault(`${name}() takes no keyword arguments`);
  if (args.length > 0) throw typeFault(`${name}() takes exactly one argument (${args.length + 1} given)`);
  return value;
}
