// operator/domain/expression/jsonpath/find.ts — tree of a path → a function that finds its matches, in jsonpath_rw's order.
import { deeper, spend } from '../evaluation.ts';
import { ExpressionFault } from '../fault.ts';
import { dictEntries, dictGet, dictKeys, isDict } from '../python/dict.ts';
import { isInt } from '../python/numbers.ts';
import { length } from '../python/iterate.ts';
import { index } from '../python/subscript.ts';
import { spanOf } from '../python/text.ts';
import { isList, PyObject, typeName, type Value } from '../python/values.ts';
import type { Node } from './parse.ts';

/** A value and what it was found in. */
interface Datum {
  readonly value: Value;
  readonly parent: Datum | undefined;
}

/** `null` is the parent of the root: a match like any other, until somebody asks for its value. */
type Match = Datum | null;
export type Find = (from: Match) => readonly Match[];

/** Compiles a tree; running it spends a step for every match and refuses what nests too deeply. */
export function compileFind(node: Node): Find {
  switch (node.is) {
    case 'root':
      return (from) => [rootOf(wrap(from))];
    case 'this':
      return (from) => [wrap(from)];
    case 'parent':
      return (from) => [wrap(from).parent ?? null];
    case 'fields':
      return node.names.includes('*') ? everyField : (from) => fields(wrap(from), node.names);
    case 'index':
      return (from) => item(wrap(from), node.at);
    case 'slice':
      return (from) => items(wrap(from), node.from, node.to);
    case 'child':
      return child(compileFind(node.left), compileFind(node.right));
    case 'descendants':
      return descendants(compileFind(node.left), compileFind(node.right));
    case 'where':
      return where(compileFind(node.left), compileFind(node.right));
    case 'union':
      return union(compileFind(node.left), compileFind(node.right));
    case 'intersect':
      return () => {
        throw new ExpressionFault('other', 'NotImplementedError', '& is not implemented'); // nor is it in the reference
      };
  }
}

const wrap = (match: Match): Datum => match ?? { value: null, parent: undefined };

function rootOf(datum: Datum): Datum {
  let top = datum;
  while (top.parent) top = top.parent;
  return top;
}

const child =
  (left: Find, right: Find): Find =>
  (from) => {
    const matches: Match[] = [];
    for (const one of left(from)) collect(matches, right(one));
    return matches;
  };

const where =
  (left: Find, right: Find): Find =>
  (from) =>
    left(from).filter((one) => right(one).length > 0);

const union =
  (left: Find, right: Find): Find =>
  (from) => {
    const matches = [...left(from)];
    collect(matches, right(from));
    return matches;
  };

function collect(matches: Match[], more: readonly Match[]): void {
  spend(1 + more.length);
  for (const one of more) matches.push(one);
}

/** The right side everywhere at and below each match of the left: first here, then in what is below, in its order. */
function descendants(left: Find, right: Find): Find {
  return (from) => {
    const matches: Match[] = [];
    const search = (datum: Match): void => {
      collect(matches, right(datum));
      const { value } = present(datum);
      if (isList(value)) deeper(() => value.forEach((one) => search({ value: one, parent: datum as Datum })));
      else if (isDict(value) && typeName(value) === 'dict') {
        deeper(() => dictEntries(value).forEach(([, one]) => search({ value: one, parent: datum as Datum })));
      }
    };
    for (const one of left(from)) search(one);
    return matches;
  };
}

/** @throws ExpressionFault for the parent of the root, as the reference does */
export function present(match: Match): Datum {
  if (match) return match;
  throw new ExpressionFault('type', 'AttributeError', "'NoneType' object has no attribute 'value'");
}

/** The fields that are there; whatever has none, also a list, gives nothing. */
function fields(datum: Datum, names: readonly string[]): Match[] {
  const matches: Match[] = [];
  for (const name of names) {
    const value = fieldOf(datum.value, name);
    if (value !== undefined) matches.push({ value, parent: datum });
  }
  spend(names.length);
  return matches;
}

/** A field, or undefined. Only own keys count, whatever a payload is called. */
export function fieldOf(value: Value, name: string): Value | undefined {
  if (typeof value !== 'object' || value === null || isList(value)) return undefined;
  if (isDict(value)) return dictGet(value, name);
  try {
    return value instanceof PyObject ? value.item(name) : undefined;
  } catch (error) {
    if (error instanceof ExpressionFault && (error.kind === 'type' || error.type === 'KeyError')) return undefined;
    throw error;
  }
}

function everyField(from: Match): Match[] {
  const datum = wrap(from);
  const { value } = datum;
  if (!isDict(value)) return [];
  const keys = dictKeys(value);
  spend(keys.length);
  return keys.map((key) => ({ value: dictGet(value, key) as Value, parent: datum }));
}

function item(datum: Datum, at: number | bigint): Match[] {
  const value = itemOf(datum.value, at);
  return value === undefined ? [] : [{ value, parent: datum }];
}

/** The item, or undefined behind the end. @throws ExpressionFault before the start, in a dict, and for what has no length */
export function itemOf(value: Value, at: number | bigint): Value | undefined {
  spend(1);
  return length(value) > at ? index(value, at) : undefined;
}

/** A dict, an int or a text counts as a list of itself. @throws ExpressionFault for None, floats and other things without length */
function items(datum: Datum, from: number | bigint | null, to: number | bigint | null): Match[] {
  const { value } = datum;
  if (isDict(value) || typeof value === 'string' || typeof value === 'boolean' || isInt(value)) {
    return items({ value: [value], parent: datum.parent }, from, to);
  }
  const span = spanOf(length(value), from, to, null);
  spend(span.count);
  if (isList(value)) {
    return value.slice(span.from, span.from + span.count).map((one) => ({ value: one, parent: datum }));
  }
  if (!(value instanceof PyObject)) throw new TypeError(`no slices of ${typeName(value)}`);
  return Array.from({ length: span.count }, (_, i) => ({ value: index(value, span.from + i), parent: datum }));
}
