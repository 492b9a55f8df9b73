// operator/domain/expression/python/regex.test.ts — Python's expressions on RE2: syntax, errors, what is refused, spans, replacements.
import { describe, expect, test } from 'vitest';
import { evaluating, type Limits } from '../evaluation.ts';
import { ExpressionFault } from '../fault.ts';
import { compileRegex, type Regex } from './regex.ts';

const within = <T>(run: () => T, limits?: Limits): T => evaluating({ nowMs: 0, seed: 1 }, run, limits);
const spansOf = (regex: Regex, text: string) => within(() => [...regex.matches(text)].map((match) => match.span()));
const faultOf = (pattern: string): ExpressionFault | undefined => {
  try {
    compileRegex(pattern);
    return undefined;
  } catch (error) {
    return error as ExpressionFault;
  }
};

describe('searching', () => {
  test.each([
    ['\\d+', '١٢', '١٢'],
    ['\\w+', '-ünï-', 'ünï'],
    ['(?a)\\w+', 'ünï', 'n'],
    ['\\s', 'a\u00a0b', '\u00a0'],
    ['[^\\W\\d_]+', '12_ab', 'ab'],
    ['[\\W_]+', 'a_-b', '_-'],
    ['[]x]+', 'a]x]', ']x]'],
    ['[\\b]', '\b', '\b'],
    ['\\x41\\u0042\\103', 'ABC', 'ABC'],
    ['(?i)straSSE', 'STRASSE', 'STRASSE'],
    ['(?x) a  b # both', 'ab', 'ab'],
    ['a{,2}', 'aaa', 'aa'],
    ['a{1,', 'a{1,', 'a{1,'],
    ['x{1500}', 'x'.repeat(1500), 'x'.repeat(1500)],
    ['end$', 'the end\n', 'end'],
    ['(?m)^b$', 'a\nb\nc', 'b'],
    ['a.c', 'a\nc', undefined],
    ['(?s)a.c', 'a\nc', 'a\nc'],
    ['a\\Z', 'a\n', undefined],
    ['\\bé\\w*\\b', 'x été.', 'été'],
    ['(?<=a)b', 'cb ab', 'b'],
    ['(?<!a)b', 'ab', undefined],
    ['foo(?=bar)', 'foobar', 'foo'],
    ['foo(?!bar)', 'foobar foox', 'foo'],
    ['^(?=.*\\d)(?=.*[a-z])(?!.*x).{3,}$', 'ab1', 'ab1'],
    ['^(?=.*\\d)(?=.*[a-z])(?!.*x).{3,}$', 'abx1', undefined],
    ['(["\'])(.*?)\\1', 'say "it\'s"', '"it\'s"'],
    ['(?P<q>ab)(?P=q)', 'abab', 'abab'],
    ['a++', 'aa', 'aa'],
  ])('%s in %j', (pattern, text, found) => {
    expect(compileRegex(pattern).search(text)?.group()).toBe(found);
    expect(compileRegex(pattern).test(text)).toBe(found !== undefined);
  });

  test('a match begins at the start, a full match also ends at the end', () => {
    const regex = compileRegex('a|ab');
    expect(regex.match('abc')?.group()).toBe('a');
    expect(regex.match('ba')).toBeUndefined();
    expect(regex.fullmatch('ab')?.group()).toBe('ab');
    expect(regex.fullmatch('ab\n')).toBeUndefined();
    expect([regex.testStart('ax'), regex.testStart('xa')]).toEqual([true, false]);
  });

  test('groups are told by number and by name, places in code points', () => {
    const match = compileRegex('(?P<a>😀)(x)?(?P<b>b)').search('日😀b');
    expect(match?.group('a')).toBe('😀');
    expect(match?.groups()).toEqual(['😀', undefined, 'b']);
    expect(within(() => [match?.span(), match?.span('b'), match?.span(2)])).toEqual([
      [1, 3],
      [2, 3],
      [-1, -1],
    ]);
    expect(match?.named()).toEqual(
      new Map([
        ['a', '😀'],
        ['b', 'b'],
      ]),
    );
  });

  test('an empty match may follow another at once', () => {
    expect(spansOf(compileRegex('x*'), 'axb')).toEqual([
      [0, 0],
      [1, 2],
      [2, 2],
      [3, 3],
    ]);
    expect(spansOf(compileRegex('$'), 'a\n')).toEqual([
      [1, 1],
      [2, 2],
    ]);
  });
});

describe('replacing and splitting', () => {
  test.each([
    ['(l+)', '<\\1>', 'hello', 'he<ll>o'],
    ['(?P<w>\\w)', '\\g<w>\\g<1>\\g<0>', 'ab', 'aaabbb'],
    ['(x)?a', '[\\1]', 'a', '[]'],
    ['', '-', 'ab', '-a-b-'],
    ['a', '\\n\\\\', 'a', '\n\\'],
    ['a', '\\060', 'a', '0'],
    ['o$', '0', 'foo\n', 'fo0\n'],
  ])('%s by %s in %j', (pattern, replacement, text, expected) => {
    expect(within(() => compileRegex(pattern).sub(replacement, text))).toBe(expected);
  });

  test.each([
    ['\\2', 'invalid group reference 2 at position 1'],
    ['\\q', 'bad escape \\q at position 0'],
    ['\\g<x', 'missing >, unterminated name at position 3'],
    ['\\g<x>', "unknown group name 'x'"],
  ])('the replacement %s is refused', (replacement, message) => {
    expect(() => within(() => compileRegex('(a)').sub(replacement, 'a'))).toThrow(message);
  });

  test('a function may replace, and only so many', () => {
    const upper = (match: { group(): string | undefined }) => (match.group() ?? '').toUpperCase();
    expect(within(() => compileRegex('[a-z]').sub(upper, 'abc', 2))).toBe('ABc');
  });

  test('groups are part of what split gives', () => {
    expect(within(() => compileRegex('(-)|,').split('a-b,c'))).toEqual(['a', '-', 'b', undefined, 'c']);
    expect(within(() => compileRegex(',').split('a,b,c', 1))).toEqual(['a', 'b,c']);
  });

  test('findall gives the match, its only group, or all groups', () => {
    expect(within(() => compileRegex('a.').findall('abac'))).toEqual(['ab', 'ac']);
    expect(within(() => compileRegex('a(.)').findall('abac'))).toEqual(['b', 'c']);
    expect(within(() => compileRegex('(a)(x)?').findall('aax'))).toEqual([
      ['a', ''],
      ['a', 'x'],
    ]);
  });
});

describe('errors', () => {
  test.each([
    ['[', 'unterminated character set at position 0'],
    ['(', 'missing ), unterminated subpattern at position 0'],
    ['a)', 'unbalanced parenthesis at position 1'],
    ['*', 'nothing to repeat at position 0'],
    ['a**', 'multiple repeat at position 2'],
    ['a{2,1}', 'min repeat greater than max repeat at position 2'],
    ['[z-a]', 'bad character range z-a at position 1'],
    ['\\q', 'bad escape \\q at position 0'],
    ['\\', 'bad escape (end of pattern) at position 0'],
    ['\\xg', 'incomplete escape \\x at position 0'],
    ['\\777', 'octal escape value \\777 outside of range 0-0o377 at position 0'],
    ['(a)\\2', 'invalid group reference 2 at position 4'],
    ['(?P<a>x)(?P<a>y)', "redefinition of group name 'a' as group 2; was group 1 at position 12"],
    ['(?P<1a>b)', "bad character in group name '1a' at position 4"],
    ['a(?i)b', 'global flags not at the start of the expression at position 1'],
    ['(?z)', 'unknown extension ?z at position 1'],
    ['(?iz:a)', 'unknown flag at position 3'],
    ['(?<=a*)b', 'look-behind requires fixed-width pattern'],
    ['a\n[', 'unterminated character set at position 2 (line 2, column 1)'],
  ])('%j: %s', (pattern, message) => {
    expect(faultOf(pattern)).toMatchObject({ kind: 'value', type: 'error', message });
  });

  test.each(['(\\w)\\1', '(a)(?(1)b|c)', '(?=a)b(?=c)d', 'a(?=b)c', '(?>a+)b', 'a*+b', '(?:(?:x{900}){900}){900}'])(
    'what RE2 cannot do is refused with a remedy: %s',
    (pattern) => {
      expect(faultOf(pattern)).toMatchObject({ kind: 'value', type: 'error' });
      expect(faultOf(pattern)?.message).toContain('not available: expressions are matched in linear time; ');
    },
  );

  test('an expression is at most so long, its groups so deep', () => {
    expect(faultOf('a'.repeat(5000))?.message).toContain('longer than 4096');
    expect(faultOf('('.repeat(2000))?.message).toContain('nested deeper than 100');
  });
});

test('matches are paid for', () => {
  const limits = { steps: 1000, characters: 1000, items: 1000, depth: 10 };
  expect(() => within(() => compileRegex('').findall('x'.repeat(1000)), limits)).toThrow('more than 1000 steps');
  expect(() => within(() => compileRegex('x').sub('y'.repeat(600), 'xx'), limits)).toThrow('1000 characters');
});

test('equal expressions are compiled once', () => {
  expect(compileRegex('once')).toBe(compileRegex('once'));
  expect(compileRegex('once', { ignoreCase: true })).not.toBe(compileRegex('once'));
});
