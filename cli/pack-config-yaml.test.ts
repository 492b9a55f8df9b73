// cli/pack-config-yaml.test.ts — what is written is what the operator reads, and the rest of the file stays.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { loadPackYaml } from '../operator/domain/pack/pack-yaml.ts';
import { changedYaml, isSameValue, mappingIn, valueIn, yamlOf } from './pack-config-yaml.ts';

/** What the operator takes for something else, or not at all, when it is not quoted; and what is hard to quote. */
const NASTY = [
  ['on', 'y', 'Yes', 'NO', 'off', 'true', '~', 'null', '', '=', '<<', '-', '?', '---', '...', '@a', '`b', '%c', '*d'],
  ['22:30', '1:30.5', '1_000', '0o17', '017', '0x1F', '0b1', '1e3', '1.0e+3', '.5', '.inf', '.NaN', '-1', '+1', '1.'],
  ['2024-01-01', '2024-1-1 10:00:00', '12345678901234567890', '!!int 5', '&x', '# no', 'a # b', 'a: b', 'a:', ':a'],
  [
    ' a',
    'a ',
    '\ta',
    'a\t',
    'a\tb',
    'a\nb',
    'a\n',
    '\na',
    '\n',
    '\n\n',
    'a\n\n',
    ' a\nb',
    '\ta\n b\n',
    'a\r\nb',
    'a\r',
  ],
  [
    '---\na',
    'a\n---\nb',
    'a\n...\n',
    '# a\nb',
    "it's",
    '"a"',
    "'",
    '"',
    '\\',
    '\\n',
    'a\\',
    '[a, b]',
    '{a: b}',
    'a, b',
  ],
  ['\u0000', '\u0007a', '\u007f', '\u0085', 'a\u0085b', '\u00a0', '\u2028', 'a\u2029b', '\ufeff', '\ufeffa', '\uffff'],
  [
    '\ud800',
    '😀',
    'é',
    '{{ st2kv.system.x }}',
    '{% if a %}',
    '__proto__',
    'constructor',
    'a'.repeat(200),
    'a b '.repeat(90),
  ],
].flat();

const text = fc.oneof(
  fc.constantFrom(...NASTY),
  fc.string({ unit: 'binary' }),
  fc.array(fc.constantFrom(...NASTY), { minLength: 1, maxLength: 3 }).map((parts) => parts.join('')),
);
const scalar = fc.oneof(
  { weight: 4, arbitrary: text },
  fc.constantFrom(null, true, false, 0, -1, 1e21, 1e-7, -2.5e-9, 0.1, 2 ** 53 + 2, 12345678901234567890n),
  fc.integer(),
  fc.double({ noDefaultInfinity: true, noNaN: true }),
);
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    scalar,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(text, tie('value'), { maxKeys: 3 }),
  ),
}));
const mapping = fc.dictionary(text, value, { maxKeys: 4 });

/** As the operator reads it; its problems where it does not. */
function readBack(written: string): unknown {
  const { problems } = loadPackYaml(written, 'a.yaml');
  return problems.length > 0 ? problems : valueIn(written, 'a.yaml').value;
}

const same = (written: string, meant: unknown) => {
  const read = readBack(written);
  if (!isSameValue(read, meant)) expect.fail(`${JSON.stringify(written)} is read as ${show(read)}, not ${show(meant)}`);
};
const show = (one: unknown) =>
  JSON.stringify(one, (_, item: unknown) => (typeof item === 'bigint' ? `${item}n` : item));

test('what is written is read back by the operator, keys and nested values too', () => {
  fc.assert(
    fc.property(mapping, (values) => same(yamlOf(values), values)),
    { seed: 7, numRuns: 3000 },
  );
});

test('a file that is changed has the new values, and the others as they were', () => {
  fc.assert(
    fc.property(mapping, mapping, fc.boolean(), (before, other, isPartly) => {
      const after = isPartly ? { ...before, ...other } : other;
      same(changedYaml(`# first\n${yamlOf(before)}# last\n`, before, after), after);
    }),
    { seed: 7, numRuns: 2000 },
  );
});

test.each(NASTY)('%j is a text as a key, in a list and in braces', (nasty) => {
  const values = { [nasty]: { [nasty]: [nasty, [nasty]] } };
  same(yamlOf(values), values);
  same(changedYaml('{}', {}, values), values);
  same(changedYaml(`a: "x" # why\n`, { a: 'x' }, { a: nasty }), { a: nasty });
  same(changedYaml(`a: 'x' # why\n`, { a: 'x' }, { a: nasty }), { a: nasty });
});

describe('what is not changed stays as it is written', () => {
  const FILE = `# by hand
ssl: yes # on purpose
verify: "no"

mode: 017
big: 12345678901234567890
since: 0x1F
nothing:
wait: 1_000.50
base: &base { a: on }
other:
  <<: *base
  # inside
  b: 'x'
  set: !!set { p, q }
cert: |
  one
  \ttwo
`;
  const before = mappingIn(FILE, 'a.yaml').value ?? {};

  test('the file is read as the operator reads it', () => {
    expect(before).toMatchObject({ ssl: true, verify: 'no', mode: 15, since: 31, nothing: null, wait: 1000.5 });
    expect(before).toMatchObject({ big: 12345678901234567890n, other: { a: true, b: 'x', set: ['p', 'q'] } });
  });

  test('a key more, and nothing else', () => {
    expect(changedYaml(FILE, before, { ...before, host: 'on' })).toBe(`${FILE}host: "on"\n`);
  });

  test('a value in place keeps its comment and its quotes', () => {
    const written = changedYaml(FILE, before, { ...before, ssl: false, verify: 'off' });
    expect(written).toBe(FILE.replace('ssl: yes', 'ssl: false').replace('"no"', '"off"'));
  });

  test('of a key that is there twice one is left', () => {
    expect(changedYaml('a: 1\nb: 2\na: 3\n', { a: 3, b: 2 }, { a: 4, b: 2 })).toBe('b: 2\na: 4\n');
    expect(changedYaml('a: 1\nb: 2\na: 3\n', { a: 3, b: 2 }, { b: 2 })).toBe('b: 2\n');
  });

  test('<< is no key, though a key may have that name', () => {
    const merged = '<<: { a: 1 }\nb: 2\n';
    expect(changedYaml(merged, { a: 1, b: 2 }, { a: 1, b: 2, '<<': 'x' })).toBe(`${merged}"<<": x\n`);
    expect(changedYaml(`${merged}"<<": x\n`, { a: 1, b: 2, '<<': 'x' }, { a: 1, b: 2 })).toBe(merged);
  });

  test('quoted lines that are not indented', () => {
    expect(changedYaml('a: "x\ny"\nb: 1\n', { a: 'x y', b: 1 }, { a: 'x y', b: 2 })).toBe('a: "x y"\nb: 2\n');
  });
});
