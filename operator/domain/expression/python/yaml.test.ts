// operator/domain/expression/python/yaml.test.ts — YAML 1.1 as PyYAML reads it, and as libyaml writes it.
import { describe, expect, test } from 'vitest';
import { evaluating } from '../evaluation.ts';
import { Bytes, PySet, Tuple } from './collections.ts';
import { DateTime, PyDate } from './datetime.ts';
import { Dict } from './dict.ts';
import { repr } from './repr.ts';
import { Float, type Value } from './values.ts';
import { dumpYaml, type YamlStyle } from './yaml-dump.ts';
import { loadYaml } from './yaml-load.ts';

const within = <T>(run: () => T): T => evaluating({ nowMs: 0, seed: 1 }, run);

describe('safe_load', () => {
  test.each([
    ['[yes, No, ON, off, y, n, tRue]', "[True, False, True, False, 'y', 'n', 'tRue']"],
    ['[1_000, 010, 0x1F, 0b11, 08, 0o7, 12:30, -1]', "[1000, 8, 31, 3, '08', '0o7', 750, -1]"],
    ['[1., 1e3, 1.0e+3, .5, .inf, -.INF, .nan, 1:30.5]', "[1.0, '1e3', 1000.0, 0.5, inf, -inf, nan, 90.5]"],
    ['[~, null, Null, "", nULL]', "[None, None, None, '', 'nULL']"],
    ['', 'None'],
    ['a: 1\na: 2', "{'a': 2}"],
    ['{true: 1, 2: b, null: c}', "{True: 1, 2: 'b', None: 'c'}"],
    ['"": a\nb: {\'\': c}', "{'': 'a', 'b': {'': 'c'}}"],
    ['10: a\n2: b', "{10: 'a', 2: 'b'}"],
    ['a: &x [1]\nb: *x', "{'a': [1], 'b': [1]}"],
    ['x: &x {a: 1, b: 2}\ny: {<<: *x, b: 3}', "{'x': {'a': 1, 'b': 2}, 'y': {'a': 1, 'b': 3}}"],
    ['!!str 1', "'1'"],
    ['!!binary aGk=', "b'hi'"],
    ['!!set {a}', "{'a'}"],
    ['a: |\n  x\n  y\nb: >\n  x\n  y', "{'a': 'x\\ny\\n', 'b': 'x y'}"],
    ['a: "x\ny"', "{'a': 'x y'}"],
    ['2020-01-02', 'datetime.date(2020, 1, 2)'],
    ['2020-01-02 03:04:05.5', 'datetime.datetime(2020, 1, 2, 3, 4, 5, 500000)'],
  ])('%j', (text, shown) => {
    expect(within(() => repr(loadYaml(text)))).toBe(shown);
  });

  test.each([
    ['a: &x.y 1', 'ScannerError', 'did not find expected alphabetic or numeric character'],
    ['a: {{ x }}', 'ConstructorError', 'found unhashable key'],
    ['!foo 1', 'ConstructorError', "could not determine a constructor for the tag '!foo'"],
    ['!!python/object:os.system x', 'ConstructorError', "for the tag 'tag:yaml.org,2002:python/object:os.system'"],
    ['*x', 'ComposerError', 'found undefined alias'],
    ['[&a x, &a y]', 'ComposerError', 'found duplicate anchor'],
    ['&a [*a]', 'ConstructorError', 'recursive'],
    ['--- a\n--- b', 'ComposerError', 'expected a single document in the stream'],
    ['=', 'ConstructorError', "the tag 'tag:yaml.org,2002:value'"],
    ['<<: 1', 'ConstructorError', 'expected a mapping or list of mappings for merging'],
    ['a: b: c', 'ScannerError', 'line 1, column'],
    ['a: [', 'ParserError', 'line 1, column'],
    [': a', 'ParserError', 'did not find expected key'],
    ['\ta: 1', 'ScannerError', 'cannot start any token'],
    ['\u0001', 'ReaderError', 'unacceptable character #x0001'],
    ['2020-13-01', 'ValueError', 'month must be in 1..12'],
    ['!!int x', 'ValueError', "invalid literal for int() with base 10: 'x'"],
  ])('%j is a %s', (text, type, message) => {
    expect(() => within(() => loadYaml(text))).toThrow(
      expect.objectContaining({ type, message: expect.stringContaining(message) as string }),
    );
  });

  test('an error tells its place', () => {
    expect(() => within(() => loadYaml('a: 1\nb: !foo x'))).toThrow(
      expect.objectContaining({ place: { line: 2, column: 4 } }),
    );
  });

  test('aliases of aliases cost no more than they are written', () => {
    const rows = Array.from({ length: 30 }, (_, i) => `k${i + 1}: &a${i + 1} [*a${i}, *a${i}]`);
    expect(() => within(() => loadYaml(['k0: &a0 x', ...rows].join('\n')))).not.toThrow();
    expect(() => within(() => repr(loadYaml(['k0: &a0 x', ...rows].join('\n'))))).toThrow(
      expect.objectContaining({ kind: 'budget' }),
    );
  });

  test.each([
    '['.repeat(5000),
    '- '.repeat(5000),
    Array.from({ length: 300 }, (_, i) => `${' '.repeat(i)}a:`).join('\n'),
  ])('nesting ends at the limit', (text) => {
    expect(() => within(() => loadYaml(text))).toThrow(expect.objectContaining({ kind: 'budget' }));
  });
});

describe('safe_dump', () => {
  test.each<[Value, YamlStyle, string]>([
    [{ b: 1, a: [1, [2], {}, []] }, {}, 'a:\n- 1\n- - 2\n- {}\n- []\nb: 1\n'],
    [[{ a: 1, b: { c: null } }], { indent: 4 }, '-   a: 1\n    b:\n        c: null\n'],
    [
      ['yes', '1', '', ' x', 'a: b', '- x', 'a#b', '1e3'],
      {},
      "- 'yes'\n- '1'\n- ''\n- ' x'\n- 'a: b'\n- '- x'\n- a#b\n- 1e3\n",
    ],
    [[new Float(1), new Float(1e20), Number.NaN, true, null], {}, '- 1.0\n- 1.0e+20\n- .nan\n- true\n- null\n'],
    ['a\nb', {}, "'a\n\n  b'\n"],
    ['a\tb', {}, '"a\\tb"\n'],
    ['é😀', { allowUnicode: true }, '"é\\U0001F600"\n'],
    ['é', {}, '"\\xE9"\n'],
    ["it's: 'q'", {}, "'it''s: ''q'''\n"],
    [new Bytes(Uint8Array.from([104, 105])), {}, '!!binary |\n  aGk=\n'],
    [{ s: new PySet([1]) }, {}, 's: !!set\n  1: null\n'],
    [new PyDate({ year: 2020, month: 1, day: 2 }), {}, '2020-01-02\n'],
    [new DateTime({ year: 2020, month: 1, day: 2, hour: 3 }), {}, '2020-01-02 03:00:00\n'],
  ])('as $1: $2', (value, style, text) => {
    expect(within(() => dumpYaml(value, style))).toBe(text);
  });

  test('long lines break at blanks beyond column 80', () => {
    const text = within(() => dumpYaml({ a: 'word '.repeat(30).trim() }));
    expect(text.split('\n').map((line) => line.length)).toEqual([82, 71, 0]);
    expect(within(() => loadYaml(text))).toEqual({ a: 'word '.repeat(30).trim() });
  });

  test('a key that is no word has a line of its own', () => {
    expect(within(() => dumpYaml(new Dict([[new Tuple([1, 2]), 3]])))).toBe('? - 1\n  - 2\n: 3\n');
  });

  test('keys without an order stay as they are', () => {
    expect(
      within(() =>
        dumpYaml(
          new Dict([
            ['b', 1],
            [1, 2],
          ]),
        ),
      ),
    ).toBe('b: 1\n1: 2\n');
  });
});
