// operator/domain/job/arguments.ts — parameters of an action → the words of its script's command line, as StackStorm builds it.
import type { Parameter } from '../../api/action.ts';
import { pythonText } from '../expression/python/plain-text.ts';

type Schemas = Readonly<Record<string, Parameter>>;

/** Named arguments first, in the order of `values`, then positional ones by position. */
export function scriptArguments(
  values: Readonly<Record<string, unknown>>,
  schemas: Schemas,
  prefix: string,
): readonly string[] {
  const all = Object.entries(values).map(([name, value]) => {
    const schema = Object.hasOwn(schemas, name) ? schemas[name] : undefined;
    return { name, value, type: schema?.type, position: schema?.position };
  });
  const named = all.filter(({ position }) => position === undefined);
  const placed = all.filter(({ position }) => position !== undefined);
  placed.sort((a, b) => (a.position ?? 0) - (b.position ?? 0));
  return [
    ...named.flatMap(({ name, value, type }) => namedArgument(`${prefix}${name}`, value, type)),
    ...placed.map(({ value, type }) => positionalArgument(value, type)),
  ];
}

function namedArgument(name: string, value: unknown, type: Parameter['type']): readonly string[] {
  if (value === null || value === undefined || value === '' || value === false) return [];
  return value === true ? [name] : [`${name}=${words(value, type)}`];
}

function positionalArgument(value: unknown, type: Parameter['type']): string {
  if (value === null || value === undefined) return '';
  switch (type) {
    case 'string':
    case 'number':
      return words(value, type);
    case 'boolean':
      return value ? '1' : '0';
    case 'array':
      return Array.isArray(value) ? value.map((item) => pythonText(item)).join(',') : words(value, type);
    case 'object':
      return typeof value === 'string' ? value : JSON.stringify(value);
    case 'null':
      return '';
    case 'integer':
    case undefined:
      // StackStorm tests for truth here: 0, false, empty lists and objects vanish, their place stays.
      return isFalsy(value) ? '' : words(value, type);
  }
}

const isFalsy = (value: unknown): boolean => !value || (typeof value === 'object' && Object.keys(value).length === 0);

/** JSON has one kind of number; Python writes a float with its point. */
const words = (value: unknown, type: Parameter['type']): string =>
  type === 'number' && Number.isInteger(value) && Math.abs(Number(value)) < 1e16
    ? `${String(value)}.0`
    : pythonText(value);
