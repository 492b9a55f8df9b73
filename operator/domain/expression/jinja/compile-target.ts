// operator/domain/expression/jinja/compile-target.ts — assignments: to names, to attributes of namespaces, to several at once.
import { spend } from '../evaluation.ts';
import { typeFault, valueFault } from '../fault.ts';
import { Tuple } from '../python/collections.ts';
import { Dict } from '../python/dict.ts';
import { iterable } from '../python/iterate.ts';
import { isPlain, typeName, type Value } from '../python/values.ts';
import { ContextChange } from './access.ts';
import type { Target } from './ast.ts';
import { Namespace } from './globals.ts';
import { type Frame, runtimeFault } from './run.ts';
import { type Execute, frameOf, type Position } from './unit.ts';

export type Assign = (frame: Frame, value: Value) => void;

export function compileTarget(at: Position, target: Target): Assign {
  if (target.kind === 'name') {
    const { slot } = at.symbols.ref(target.name); // always one of the function's own: it is stored here
    return (frame, value) => {
      frame.vars[slot] = value;
    };
  }
  if (target.kind === 'attribute-of') return compileAttributeOf(at, target);
  const items = target.items.map((item) => compileTarget(at, item));
  return (frame, value) => {
    const values = unpack(value, items.length);
    for (let i = 0; i < items.length; i++) items[i]?.(frame, values[i] as Value);
  };
}

/** Exactly so many values. @throws ExpressionFault in Python's words */
function unpack(value: Value, count: number): readonly Value[] {
  if (value instanceof Tuple && value.items.length === count) return value.items;
  const items = iterable(value);
  if (!items) throw typeFault(`cannot unpack non-iterable ${typeName(value)} object`);
  const values: Value[] = [];
  for (const item of items) {
    spend(1);
    if (values.length === count) throw valueFault(`too many values to unpack (expected ${count})`);
    values.push(item);
  }
  if (values.length < count) {
    throw valueFault(`not enough values to unpack (expected ${count}, got ${values.length})`);
  }
  return values;
}

function compileAttributeOf(at: Position, { name, attribute }: Target & { kind: 'attribute-of' }): Assign {
  const owner = ownerOf(at, name);
  return (frame, value) => {
    const namespace = owner(frame);
    if (namespace instanceof Namespace) return namespace.set(attribute, value);
    // Only a set block comes here with anything else.
    if (isPlain(namespace ?? null) && !frame.run.ownsContext) throw new ContextChange();
    if (namespace instanceof Dict) return namespace.set(attribute, value);
    throw typeFault(`'${typeName(namespace ?? null)}' object does not support item assignment`);
  };
}

function ownerOf(at: Position, name: string): (frame: Frame) => Value | undefined {
  const ref = at.symbols.ref(name);
  const find = frameOf(ref, at.symbols.owner);
  return (frame) => find(frame).vars[ref.slot];
}

/** Refuses to set attributes of what is no namespace, before anything is set. */
export function compileCheck(at: Position, target: Target): Execute | undefined {
  const owners = [...new Set(attributesIn(target))].map((name) => ownerOf(at, name));
  if (owners.length === 0) return undefined;
  return (frame) => {
    if (owners.every((owner) => owner(frame) instanceof Namespace)) return;
    throw runtimeFault('cannot assign attribute on non-namespace object');
  };
}

function attributesIn(target: Target): readonly string[] {
  if (target.kind === 'targets') return target.items.flatMap(attributesIn);
  return target.kind === 'attribute-of' ? [target.name] : [];
}
