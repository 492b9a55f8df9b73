// e2e/conformance/properties/chain-model-text.ts — templates of random chains → values, by search and replace: no expression engine is asked.
import type { Plain, Value } from '../../../operator/domain/expression/python/values.ts';
import { Broken, Murky } from './workflow-model-values.ts';

/** What publishes itself in a loop comes to the limits of the engine. */
const TEXT_MAX = 2000;
const PATH = /\{\{ ([\w.]+) \}\}/g;

const isMapping = (value: Value | undefined): value is Plain =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What Python's `str` says of it. */
function shown(value: Value, isInner = false): string {
  if (typeof value === 'string') return isInner ? quoted(value) : value;
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (Array.isArray(value)) return `[${value.map((one) => shown(one as Value, true)).join(', ')}]`;
  if (!isMapping(value)) return JSON.stringify(value);
  return `{${Object.entries(value)
    .map(([key, one]) => `${quoted(key)}: ${shown(one, true)}`)
    .join(', ')}}`;
}

const quoted = (text: string): string =>
  text.includes("'") && !text.includes('"') ? `"${text}"` : `'${text.replaceAll("'", "\\'")}'`;

function lookedUp(path: string, names: Plain): Value {
  let value: Value = names;
  for (const name of path.split('.')) {
    const next: Value | undefined = isMapping(value) && Object.hasOwn(value, name) ? value[name] : undefined;
    if (next === undefined) throw new Broken(`no ${path}`);
    value = next;
  }
  return value;
}

/** Each value apart: none sees another. @throws Broken for a name that there is not, and for JSON that has come apart; Murky for what nobody can say */
export function renderedValues(values: Plain, names: Plain): Plain {
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => {
      const isNested = typeof value === 'object' && value !== null;
      const source = isNested ? JSON.stringify(value) : shown(value);
      const text = source.replaceAll(PATH, (_, path: string) => shown(lookedUp(path, names)));
      if (text.length > TEXT_MAX || text.includes("'traceback':"))
        throw new Murky('a text that grows, or that nobody promises');
      if (text === source) return [key, value];
      return [key, isNested ? parsed(text) : text];
    }),
  );
}

function parsed(json: string): Value {
  try {
    return JSON.parse(json) as Value;
  } catch (cause) {
    throw new Broken('no JSON', { cause });
  }
}
