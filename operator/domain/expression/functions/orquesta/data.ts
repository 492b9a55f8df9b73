// operator/domain/expression/functions/orquesta/data.ts — json() and zip().
import { allowItems } from '../../evaluation.ts';
import { typeFault } from '../../fault.ts';
import { Tuple } from '../../python/collections.ts';
import { isDict } from '../../python/dict.ts';
import { toList } from '../../python/iterate.ts';
import { loadJson } from '../../python/json-load.ts';
import { PyObject, type Value } from '../../python/values.ts';
import { bind, type PyFunction } from '../call.ts';

const json: PyFunction = (call) => {
  const [value = null] = bind('json_', call, ['s']);
  if (isDict(value)) return value;
  if (typeof value === 'string') return loadJson(value);
  if (value instanceof PyObject && value.isText()) return loadJson(value.text());
  throw typeFault('Given object is not typeof string.');
};

/** Rows of all lists; the shorter ones are filled up with `pad`, null is an empty list, and a single list is given back. */
const zip: PyFunction = ({ args, named }) => {
  const lists = args.map((list) => list ?? []);
  const [only] = lists;
  if (lists.length === 1 && only !== undefined) return only;
  const columns = lists.map(toList);
  const length = Math.max(0, ...columns.map((column) => column.length));
  allowItems(length * columns.length);
  const pad = named.get('pad') ?? null;
  const cell = (column: readonly Value[], row: number) => (row < column.length ? (column[row] as Value) : pad);
  return Array.from({ length }, (_, row) => new Tuple(columns.map((column) => cell(column, row))));
};

export const DATA_READERS: readonly (readonly [string, PyFunction])[] = [
  ['json', json],
  ['zip', zip],
];
