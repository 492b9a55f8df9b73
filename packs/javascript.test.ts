// packs/javascript.test.ts — core.javascript: a script and what it sees as $ → what it returns.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import run from './core/actions/javascript.js';

test.each([
  ['return 1 + 1', undefined, 2],
  ['return $.a.map((x) => x * 2)', { a: [1, 2] }, [2, 4]],
  ['return $', undefined, null],
  ['var n = 0; for (var i = 0; i < 4; i++) n += i; return n', null, 6],
  ["return 'xx'.replace(/[x]/g, function () { return (15).toString($.radix); })", { radix: 16 }, 'ff'],
  ['$.x = 1', {}, undefined],
])('%s', (script, context, value) => {
  expect(run({ script, context })).toEqual(value);
});

test('what is no script, or throws, fails', () => {
  expect(() => run({ script: 'return (', context: null })).toThrow(SyntaxError);
  expect(() => run({ script: "throw new Error('mine')", context: null })).toThrow('mine');
});

test('its metadata names the file, and both parameters', () => {
  const metadata = parse(readFileSync('packs/core/actions/javascript.yaml', 'utf8')) as Record<string, unknown>;
  expect(metadata).toMatchObject({ runner_type: 'node-script', entry_point: 'javascript.js' });
  expect(Object.keys(metadata['parameters'] as object)).toEqual(['script', 'context']);
});
