// operator/domain/expression/functions/orquesta/context.ts — ctx(), item() and result(): what a workflow's expression sees of its context.
import { didYouMean, ExpressionFault, typeFault } from '../../fault.ts';
import { Tuple } from '../../python/collections.ts';
import { Dict, dictEntries, dictGet, dictKeys, isDict } from '../../python/dict.ts';
import { str } from '../../python/repr.ts';
import { type Plain, truthy, type Value } from '../../python/values.ts';
import { bind, type PyFunction, type Scope } from '../call.ts';

const isInternal = (key: Value) => typeof key === 'string' && key.startsWith('__');

/** Python's `'%s' % key`, which takes a tuple for several values. */
function shown(key: Value): string {
  if (!(key instanceof Tuple)) return str(key);
  const [only] = key.items;
  if (only === undefined) throw typeFault('not enough arguments for format string');
  if (key.items.length > 1) throw typeFault('not all arguments converted during string formatting');
  return str(only);
}

/** A variable. @throws ExpressionFault VariableUndefinedError, VariableInaccessibleError */
export function variable({ context }: Scope, key: Value): Value {
  const value = dictGet(context, key);
  if (value === undefined) {
    const known = dictKeys(context).filter((name) => typeof name === 'string' && !isInternal(name));
    const hint = didYouMean(str(key), known.map(str));
    throw new ExpressionFault(
      'undefined',
      'VariableUndefinedError',
      `The variable "${shown(key)}" is undefined.${hint}`,
    );
  }
  if (isInternal(key)) {
    const message = `The variable "${shown(key)}" is for internal use and inaccessible.`;
    throw new ExpressionFault('undefined', 'VariableInaccessibleError', message);
  }
  return value;
}

/** The variables that are not internal. */
export const visible = ({ context }: Scope): (readonly [Value, Value])[] =>
  dictEntries(context).filter(([key]) => !isInternal(key));

const ctx: PyFunction = (call, scope) => {
  const [key = null] = bind('ctx_', call, [['key', null]]);
  if (truthy(key)) return variable(scope, key);
  const entries = visible(scope);
  if (scope.context instanceof Dict) return new Dict(entries);
  return entries.length === Object.keys(scope.context).length ? scope.context : (Object.fromEntries(entries) as Plain);
};

const evaluationFault = (message: string) => new ExpressionFault('value', 'ExpressionEvaluationException', message);

/** The item of a with-items task. */
const item: PyFunction = (call, { context }) => {
  const [key = null] = bind('item_', call, [['key', null]]);
  const current = dictGet(context, '__current_item') ?? null;
  if (!truthy(key)) return current;
  if (!isDict(current)) throw evaluationFault('Item is not type of collections.abc.Mapping.');
  const value = dictGet(current, key);
  if (value !== undefined) return value;
  const hint = didYouMean(str(key), dictKeys(current).map(str));
  throw evaluationFault(`Item does not have key "${shown(key)}".${hint}`);
};

export const CONTEXT_READERS: readonly (readonly [string, PyFunction])[] = [
  ['ctx', ctx],
  ['item', item],
];
