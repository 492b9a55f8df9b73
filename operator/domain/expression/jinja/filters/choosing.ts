// operator/domain/expression/jinja/filters/choosing.ts — filters that run a filter or a test for each item: map, select, reject, selectattr, rejectattr; and default, attr.
import { ExpressionFault, typeFault } from '../../fault.ts';
import type { Call } from '../../functions/call.ts';
import { hashKey } from '../../python/compare.ts';
import { isDict } from '../../python/dict.ts';
import { iterate } from '../../python/iterate.ts';
import { methodOf } from '../../python/methods.ts';
import { repr } from '../../python/repr.ts';
import { truthy, typeName, type Value } from '../../python/values.ts';
import type { Engine, Filter, Test } from '../engine.ts';
import { plainText } from '../markup.ts';
import { getter } from './attributes.ts';
import { Generator } from './generator.ts';
import { filter } from './signature.ts';

const argumentFault = (message: string) => new ExpressionFault('resolution', 'FilterArgumentError', message);

/** What map does with each item. */
function mapper(engine: Engine, { args, named }: Call): (item: Value) => Value {
  const [name, ...rest] = args;
  const attribute = named.get('attribute');
  if (name === undefined && attribute !== undefined) {
    const other = [...named.keys()].find((key) => key !== 'attribute' && key !== 'default');
    if (other !== undefined) throw argumentFault(`Unexpected keyword argument '${other}'`);
    return getter(engine, attribute, { fallback: named.get('default') ?? null });
  }
  if (name === undefined) throw argumentFault('map requires a filter argument');
  let run: Filter | undefined; // a name that there is not matters to the first item only
  return (item) => {
    run ??= engine.filter(plainText(name) ?? refuse(name, 'filter'));
    return run(item, { args: rest, named }, engine);
  };
}

/** Names that are no texts: the tables have none of them. */
function refuse(name: Value, what: 'filter' | 'test'): never {
  hashKey(name);
  throw new ExpressionFault('resolution', 'TemplateRuntimeError', `No ${what} named ${repr(name)}.`);
}

function* mapItems(engine: Engine, value: Value, call: Call): IterableIterator<Value> {
  if (!truthy(value)) return;
  const map = mapper(engine, call);
  for (const item of iterate(value)) yield map(item);
}

/** Whether select takes an item; without a test, when it is truthy. */
function chooser(engine: Engine, { args, named }: Call, byAttribute: boolean): (item: Value) => boolean {
  const [attribute] = args;
  if (byAttribute && attribute === undefined) throw argumentFault('Missing parameter for attribute name');
  const get = byAttribute && attribute !== undefined ? getter(engine, attribute) : (item: Value) => item;
  const [name, ...rest] = byAttribute ? args.slice(1) : args;
  if (name === undefined) return (item) => truthy(get(item));
  let test: Test | undefined;
  return (item) => {
    const value = get(item);
    test ??= engine.test(plainText(name) ?? refuse(name, 'test'));
    return test(value, { args: rest, named }, engine);
  };
}

interface Choice {
  readonly keeps: boolean;
  readonly byAttribute: boolean;
}

function* chosen(engine: Engine, value: Value, call: Call, { keeps, byAttribute }: Choice): IterableIterator<Value> {
  if (!truthy(value)) return;
  const takes = chooser(engine, call, byAttribute);
  for (const item of iterate(value)) if (takes(item) === keeps) yield item;
}

const choosing =
  (choice: Choice): Filter =>
  (value, call, engine) =>
    new Generator('select_or_reject', chosen(engine, value, call, choice));

function fallback(engine: Engine, value: Value, instead: Value, boolean: Value): Value {
  return engine.isUndefined(value) || (truthy(boolean) && !truthy(value)) ? instead : value;
}

/** An attribute only, never an item. */
function attribute(engine: Engine, value: Value, name: Value): Value {
  const text = plainText(name);
  if (text === undefined) throw typeFault(`attribute name must be string, not '${typeName(name)}'`);
  if (isDict(value) && !text.startsWith('_') && !methodOf(value, text))
    return engine.undefined({ owner: value, name: text });
  return engine.attribute(value, text);
}

const DEFAULTED = ['value', ['default_value', ''], ['boolean', false]] as const;

export const CHOOSING_FILTERS: readonly (readonly [string, Filter])[] = [
  ['map', (value, call, engine) => new Generator('sync_do_map', mapItems(engine, value, call))],
  ['select', choosing({ keeps: true, byAttribute: false })],
  ['reject', choosing({ keeps: false, byAttribute: false })],
  ['selectattr', choosing({ keeps: true, byAttribute: true })],
  ['rejectattr', choosing({ keeps: false, byAttribute: true })],
  ['default', filter('do_default', '', DEFAULTED, fallback)],
  ['d', filter('do_default', '', DEFAULTED, fallback)],
  ['attr', filter('do_attr', 'environment', ['obj', 'name'], attribute)],
];
