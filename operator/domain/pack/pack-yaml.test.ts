// operator/domain/pack/pack-yaml.test.ts — files of packs: YAML 1.1 as PyYAML reads it, mistakes with their places and remedies, limits.
import { describe, expect, test } from 'vitest';
import { loadPackYaml, problemText } from './pack-yaml.ts';

const FILE = 'actions/foo.yaml';
const load = (text: string) => loadPackYaml(text, FILE);
const told = (text: string) => load(text).problems.map((problem) => `${problem.severity} ${problemText(problem)}`);

describe('values', () => {
  test.each<[string, unknown]>([
    ['a: yes\nb: off\nc: y\nd: "yes"', { a: true, b: false, c: 'y', d: 'yes' }],
    ['a: 0x1f\nb: 1_000\nc: 1e3\nd: 1.5', { a: 31, b: 1000, c: '1e3', d: 1.5 }],
    ['a: ~\nb:\nc: null', { a: null, b: null, c: null }],
    ['a: "{{ x }}"\nb: <% ctx().x %>\nc: x {{ y }}', { a: '{{ x }}', b: '<% ctx().x %>', c: 'x {{ y }}' }],
    ['d: &d {a: 1, b: 2}\ne:\n  <<: *d\n  b: 3', { d: { a: 1, b: 2 }, e: { a: 1, b: 3 } }],
    ['- a\n- [b, {c: d}]', ['a', ['b', { c: 'd' }]]],
    ['a:\n  - b: \'{{\n  x\n}}\'\n  - c: "y\nz"', { a: [{ b: '{{ x }}' }, { c: 'y z' }] }],
    ['', null],
    ['# nothing\n', null],
  ])('%j', (text, value) => {
    expect(load(text).problems).toEqual([]);
    expect(load(text).value).toEqual(value);
  });
});

describe('mistakes', () => {
  test.each([
    [
      'a: {{ x }}',
      '1:5: a template that begins a value is read as a mapping; put all of the value in quotes: "{{ … }}"',
    ],
    ['p:\n  - {{ x }} and y', '2:13: a template that begins a value is read as a mapping; put all of the value'],
    ['a:\n\tb: 1', '2:1: Tabs are not allowed as indentation; indent with blanks: YAML takes no tabs'],
    ['a: @user', '1:4: Plain value cannot start with reserved character @; put the value in quotes'],
    ['a: x: y', '1:4: Nested mappings are not allowed in compact mappings; put the value in quotes if ": "'],
    ['a: "x', 'close the quotes'],
    ['a: [1, 2', 'close the bracket'],
    ['a: 1\nb 2', '2:1: Implicit map keys need to be followed by map values; write "key: value"'],
    ['a: 1\n---\nb: 2', 'a file holds one document'],
    ['a: !!python/object:x {}', 'remove the tag that begins with !'],
    ['? [a]\n: b', 'a key is a list or a mapping; write a text as the key'],
    ['a: *b', '1:4: found undefined alias; put the value in quotes if it is text'],
    ['a: \u0007', 'remove the character'],
  ])('%j is refused', (text, message) => {
    const { value, problems } = load(text);
    expect(value).toBeUndefined();
    expect(problems).toHaveLength(1);
    expect(problems.map(problemText).join()).toContain(message);
    expect(problems[0]?.at).toMatch(/^actions\/foo\.yaml:\d+:\d+$/);
  });

  test.each([
    [
      'a:\n  on: 1',
      'error actions/foo.yaml:2:3: the key "on" is no text: YAML 1.1 reads it as true or false; write "on"',
    ],
    ['200: ok', 'error actions/foo.yaml:1:1: the key "200" is no text: YAML 1.1 reads it as a number; write "200"'],
    ['a:\n  b: 2024-01-20', 'error actions/foo.yaml:2:6: 2024-01-20 is read as a date; put it in quotes'],
    ['a: .inf', 'error actions/foo.yaml:1:4: .inf is read as a number that JSON has not'],
  ])('%j has no value', (text, message) => {
    expect(load(text).value).toBeUndefined();
    expect(told(text).join()).toContain(message);
  });

  test.each<[string, string, unknown]>([
    [
      'a: 1\nb: 2\na: 3',
      'warning actions/foo.yaml:3:1: the key "a" is there twice; the last one counts',
      { a: 3, b: 2 },
    ],
    ['a: 12:30', 'warning actions/foo.yaml:1:4: 12:30 is read as a number of base 60', { a: 750 }],
    ['a: 0755', 'warning actions/foo.yaml:1:4: 0755 is read as an octal number', { a: 493 }],
  ])('%j is read, and told', (text, message, value) => {
    expect(load(text).value).toEqual(value);
    expect(told(text).join()).toContain(message);
  });

  test('all are told, in the order of the file', () => {
    expect(told('a: 2024-01-20\nno: 1\nb: {c: 2024-01-21}\nb: 2').map((line) => line.split(': ')[0])).toEqual([
      'error actions/foo.yaml:1:4',
      'error actions/foo.yaml:2:1',
      'error actions/foo.yaml:3:8',
      'warning actions/foo.yaml:4:1',
    ]);
  });
});

describe('positions', () => {
  const text = 'name: foo\nparameters:\n  x: &x\n    type: string\n  y: *x\n  z:\n    <<: *x\n    list: [1, {k: v}]\n';
  const { positions } = load(text);

  test.each<[readonly (string | number)[], string]>([
    [[], '1:1'],
    [['name'], '1:1'],
    [['parameters', 'x'], '3:3'],
    [['parameters', 'x', 'type'], '4:5'],
    [['parameters', 'y', 'type'], '4:5'],
    [['parameters', 'z', 'type'], '4:5'],
    [['parameters', 'z', 'list', 1], '8:15'],
    [['parameters', 'z', 'list', 1, 'k'], '8:16'],
    [['parameters', 'x', 'missing', 'deeper'], '3:3'],
    [['missing'], '1:1'],
    [['name', 'toString'], '1:1'],
  ])('%j', (path, place) => expect(positions.at(path)).toBe(`${FILE}:${place}`));
});

describe('limits', () => {
  test('a file that aliases make huge', () => {
    const levels = Array.from({ length: 12 }, (_, i) => `a${i + 1}: &a${i + 1} [${`*a${i}, `.repeat(9)}*a${i}]`);
    expect(told(`a0: &a0 [x]\n${levels.join('\n')}`).join()).toContain(
      'aliases make the file larger than 200000 values',
    );
  });

  test.each([
    ['brackets in brackets', '['.repeat(10_000)],
    ['lists in lists', `a: ${'['.repeat(70)}${']'.repeat(70)}`],
    ['blocks in blocks', Array.from({ length: 70 }, (_, i) => `${' '.repeat(i)}a:`).join('\n')],
  ])('%s', (_, text) => expect(told(text).join()).toContain('the file is too large or too deep'));

  test('a file of more than a million characters', () =>
    expect(told(`a: ${'x'.repeat(1024 * 1024)}`).join()).toContain('the file has more than 1048576 characters'));

  test('a file of just a million characters is read', () =>
    expect(load(`a: ${'x'.repeat(1_000_000)}`).problems).toEqual([]));
});
