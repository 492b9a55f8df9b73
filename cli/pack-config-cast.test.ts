// cli/pack-config-cast.test.ts — words for a configuration → values: with every digit, as they were typed, and no secret told.
import { expect, test } from 'vitest';
import { castText } from './pack-config-cast.ts';
import type { ConfigSchema } from './pack-config-schema.ts';

const cast = (text: string, schema: ConfigSchema = {}) => castText(['key'], text, schema);

test.each([
  ['1234567890123456789', 1234567890123456789n],
  ['+1234567890123456789', 1234567890123456789n],
  ['-9007199254740993 ', -9007199254740993n],
  ['0x1fffffffffffffff', 0x1fffffffffffffffn],
  ['42', 42],
  ['1e3', 1000],
])('the integer %s keeps its digits', (text, value) => {
  expect(cast(text, { type: 'integer' })).toBe(value);
  expect(cast(text, { type: 'array', items: { type: 'integer' } })).toEqual([value]);
});

test.each(['#ff0000', 'hello # world', '{a: 1} # b', '"a" # b', 'a: # b', '# a\n# b'])(
  'nobody comments on the word %j',
  (text) => {
    expect(cast(text)).toBe(text);
  },
);

test('a # that is no comment is none, and a mapping of many lines may have them', () => {
  expect(cast('"a # b"')).toBe('a # b');
  expect(cast('{a: "#1", b: c#d}')).toEqual({ a: '#1', b: 'c#d' });
  expect(cast('a: 1 # one\nb: 2\n')).toEqual({ a: 1, b: 2 });
  expect(cast('|\n  # a\n  b\n')).toBe('# a\nb\n');
  expect(() => cast('{a: 1} # b', { type: 'object' })).toThrow('key: "{a: 1} # b" is no object: write {key: value}');
  expect(() => cast('[1] # b', { type: 'array' })).toThrow('key: "[1] # b" is no array: write [a, b]');
});

test('items of a list are cast by the schema of their place', () => {
  expect(cast('ann, 1', { type: 'array', items: [{ type: 'string' }, { type: 'integer' }] })).toEqual(['ann', 1]);
});

test.each<[ConfigSchema]>([
  [{ type: 'integer', secret: true }],
  [{ type: 'boolean', secret: true }],
  [{ type: 'object', secret: true }],
  [{ type: 'object', properties: { pin: { secret: true } } }],
  [{ type: 'array', items: { type: 'integer', secret: true } }],
  [{ secret: true, type: 'null' }],
])('what was typed for a secret is not told: %j', (schema) => {
  for (const text of ['hunter2', '[hunter2', '{hunter2', '[hunter2] #', '2024-01-01']) {
    let told = '';
    try {
      cast(text, schema);
    } catch (error) {
      told = (error as Error).message;
    }
    expect(told).not.toMatch(/hunter2|2024/);
  }
  expect(() => cast('{hunter2', schema)).toThrow(/^key(\.0)?: what was given /);
});
