// operator/domain/expression/yaql/library/system.ts — variables, contexts, functions of one's own, and the dot.
import { deeper } from '../../evaluation.ts';
import { ExpressionFault, typeFault, valueFault } from '../../fault.ts';
import { truthy, typeName, type Value } from '../../python/values.ts';
import { dictEntries } from '../../python/dict.ts';
import type { Context } from '../context.ts';
import { define, named, optional, param, rest } from '../function.ts';
import { each, isIterator, lazy, Memory } from '../iterators.ts';
import { property } from '../access.ts';
import { Registry } from '../registry.ts';
import { callFunction, callNamed } from '../resolve.ts';
import {
  any,
  collection,
  contextLambda,
  dict,
  expression,
  keyword,
  lambda,
  layer,
  methodLambda,
  sequence,
  text,
} from '../types.ts';
import { NO_VALUE, sequenceItems } from '../values.ts';

export const system = [
  define('#get_context_data', 'function', [param('name', text)], (context, name) => context.get(name)),
  define('#operator_.', 'function', [param('receiver', any), param('expr', methodLambda)], (_, receiver, call) =>
    call(receiver),
  ),
  define('#operator_?.', 'function', [param('receiver', any), param('expr', expression)], (context, receiver, code) =>
    receiver === null ? null : callFunction(context, '#operator_.', receiver, code),
  ),
  define(
    '#operator_.',
    'function',
    [param('collection', collection), param('attribute', keyword)],
    (context, items, name) =>
      lazy(function* () {
        for (const item of each(items)) yield callFunction(context, '#operator_.', item, name);
      }),
  ),
  define('#operator_.', 'function', [param('dict', dict), param('key', keyword)], (context, target, name) =>
    property(context, target, name),
  ),
  define('#operator_->', 'function', [param('left', layer), param('right', contextLambda)], (_, context, run) =>
    run(context),
  ),
  define('with', 'function', [rest('args', any)], (context, values) => {
    const child = context.child();
    for (const [at, value] of values.entries()) child.set(String(at + 1), value);
    return child;
  }),
  define('let', 'function', [rest('args', any), named(any)], (context, values, entries) => {
    const child = context.child();
    for (const [at, value] of values.entries()) child.set(String(at + 1), value);
    for (const [name, value] of entries) child.set(name, value);
    return child;
  }),
  define('unpack', 'method', [param('sequence', collection), rest('args', text)], (context, items, names) => {
    const child = context.child();
    const values: Value[] = [];
    for (const item of each(items)) {
      values.push(item);
      if (names.length > 0 && values.length > names.length) break;
    }
    if (names.length > 0 && names.length !== values.length) {
      throw valueFault(`Cannot unpack ${values.length} elements into ${names.length}`);
    }
    for (const [at, value] of values.entries()) child.set(names[at] ?? String(at + 1), value);
    return child;
  }),
  define('def', 'function', [param('name', text), param('func', contextLambda)], (context, name, run) => {
    const child = context.child();
    child.registry = new Registry([ownFunction(name, run, child)], context.registry, false);
    return child;
  }),
  define(
    'assert',
    'method',
    [param('obj', any), param('condition', lambda), optional('message', text, 'Assertion failed')],
    (_, value, condition, message) => {
      const kept = isIterator(value) ? new Memory(value) : value;
      if (!truthy(condition(kept))) throw new ExpressionFault('assertion', 'AssertionError', message);
      return kept;
    },
  ),
  define(
    'call',
    'function',
    [param('name', text), param('args', sequence), param('kwargs', dict), optional('receiver', any, NO_VALUE)],
    (context, name, args, kwargs, receiver) => {
      const entries = dictEntries(kwargs).map(([key, value]) => [nameOf(key), value] as const);
      const given = { args: sequenceItems(args) ?? [], named: new Map(entries) };
      return callNamed(context, name, receiver === NO_VALUE ? undefined : receiver, given);
    },
  ),
];

/** What `def` makes: its arguments are `$1`, `$2` and by their names, its outside is where it was defined, itself included. */
const ownFunction = (name: string, run: (context: Context) => Value, home: Context) =>
  define(camelCase(name), 'function', [rest('args', any), named(any)], (_, values, entries) => {
    const inside = home.withArguments(values);
    for (const [key, value] of entries) inside.set(key, value);
    return deeper(() => run(inside));
  });

/** Names are registered as the library writes its own: `to_list` as `toList`. */
function camelCase(name: string): string {
  const bare = name.replace(/_+$/, '');
  const end = /^[^\p{L}]/u.test(bare) ? bare.indexOf(bare.charAt(0), 1) : -1;
  if (/^[^\p{L}]/u.test(bare) && end <= 1) return bare;
  const camel = (text: string) =>
    text.replaceAll(/(?<!^)_([\p{L}\p{N}_])/gu, (_, letter: string) => letter.toUpperCase());
  return end < 0 ? camel(bare) : bare.slice(0, end + 1) + camel(bare.slice(end + 1));
}

/** A key of the named arguments; others than names end as they do in the reference. */
function nameOf(key: Value): string {
  if (typeof key !== 'string') throw typeFault(`expected string or bytes-like object, got '${typeName(key)}'`);
  if (!/^(?!__)[\p{L}_][\p{L}\p{N}_]*(?![\p{L}\p{N}_])/u.test(key)) {
    throw new ExpressionFault('other', 'RuntimeError', 'dictionary changed size during iteration');
  }
  return key;
}

/** Functions that are asked when no other fits. */
export const fallbacks = [
  define('#operator_.', 'function', [param('obj', any), param('name', keyword)], (context, target, name) =>
    callFunction(context, `#property#${name.word}`, target),
  ),
];
