// cli/pack-config-cast.ts — texts that people give → values as the schema of the configuration wants them.
import { Failure } from './failure.ts';
import { type ConfigSchema, holdsSecret, insideOf, isTemplate, type Path } from './pack-config-schema.ts';
import { hasComment, valueIn } from './pack-config-yaml.ts';
import { clean } from './print.ts';

/** A text as its schema wants it. @throws Failure that names the key, its type and what to write, and repeats no secret */
export function castText(path: Path, text: string, schema: ConfigSchema): unknown {
  if (isTemplate(text)) return text;
  const types = schema.type === undefined ? [] : [schema.type].flat();
  const wrong = wrongAt(path, text, schema);
  if (schema.enum?.map(String).includes(text)) return schema.enum.find((one) => String(one) === text);
  if (types.includes('string')) return text;
  if (types.includes('boolean')) {
    if (/^(true|yes|y|on|1)$/i.test(text)) return true;
    if (/^(false|no|n|off|0)$/i.test(text)) return false;
    throw wrong('boolean: write true or false');
  }
  if (types.includes('integer') || types.includes('number')) {
    const value = numberOf(text);
    if (value === undefined) throw wrong(`${types[0]}: write a number`);
    if (!types.includes('number') && typeof value === 'number' && !Number.isInteger(value))
      throw wrong('integer: write a whole number');
    return value;
  }
  if (types.includes('array')) return listOf(path, text, schema);
  const value = parsed(path, text, schema);
  if (types.includes('object') && (typeof value !== 'object' || value === null || Array.isArray(value)))
    throw wrong('object: write {key: value}');
  return value;
}

const wrongAt = (path: Path, text: string, schema: ConfigSchema) => (what: string) => {
  const given = holdsSecret(schema) ? 'what was given' : `"${clean(text)}"`;
  return new Failure(`${path.join('.')}: ${given} is no ${what}`, { exitCode: 2 });
};

/** Integers that JavaScript's numbers do not hold are bigints. */
function numberOf(text: string): number | bigint | undefined {
  const [value, digits] = [Number(text), text.trim().replace(/^\+/, '')];
  if (digits === '' || !Number.isFinite(value)) return undefined;
  const isLong = Number.isInteger(value) && !Number.isSafeInteger(value);
  return isLong && /^(-?\d+|0[xob][\da-f]+)$/i.test(digits) ? BigInt(digits) : value;
}

/** `a, b` or `[a, b]`. */
function listOf(path: Path, text: string, schema: ConfigSchema): unknown {
  if (text.trimStart().startsWith('[')) {
    const value = parsed(path, text, schema);
    if (Array.isArray(value)) return value;
    throw wrongAt(path, text, schema)('array: write [a, b]');
  }
  const parts = text.split(',').map((part) => part.trim());
  return parts
    .filter((part) => part !== '')
    .map((part, i) =>
      castText([...path, String(i)], part, schema.items === undefined ? TEXT : insideOf(schema, String(i))),
    );
}

const TEXT: ConfigSchema = { type: 'string' };

/** As it would be read in a file, but that nobody comments on a word; what may be a slip there is refused here. */
function parsed(path: Path, text: string, schema: ConfigSchema): unknown {
  const { value, faults, doubts } = valueIn(text, path.join('.'));
  const isNote = text.includes('\n') && typeof value === 'object' && value !== null;
  if (hasComment(text) && !isNote) return text;
  const [wrong] = [...faults, ...doubts];
  if (wrong === undefined) return value;
  const told = holdsSecret(schema)
    ? `${path.join('.')}: what was given cannot be read; put it in quotes if it is text`
    : wrong.replace(/:\d+:\d+(?=: )/, '');
  throw new Failure(told, { exitCode: 2 });
}
