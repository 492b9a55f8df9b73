// e2e/conformance/properties/rule-source.ts — random JSONPaths and criteria, whole or broken.
import fc, { type Arbitrary } from 'fast-check';
import { jinjaExpression } from './jinja-source.ts';
import { hostile, mauled, pick, recorded, row, string, word } from './pieces.ts';

const step = fc.oneof(
  word(
    'a b user items nested * $ `this` `parent` "x" a,b @ constructor __proto__ [0] [-1] [*] [1:2] [:1] [0:] [\'a\']',
  ),
  pick("'a b'", '[99999999999]'),
);
const grown = fc.letrec<{ path: string }>((tie) => ({
  path: fc.oneof(
    { maxDepth: 6, depthIdentifier: 'path' },
    step,
    row(tie('path'), pick('.', '..', '|', '&', ' where '), tie('path')),
    row(tie('path'), pick('[0]', '[*]', '[0:2]')),
    row('(', tie('path'), ')'),
  ),
})).path;

const WORDS = ". .. [ ] ( ) * $ | & ' ` \\ -1 #".split(' ');

export const pathSource: Arbitrary<string> = fc.oneof(
  grown,
  mauled([...recorded('criteria', 'key'), ...hostile('key')], [...WORDS, ' where ']),
);

/** As it arrives: written and read, so that there is no -0. */
const json = fc.jsonValue({ maxDepth: 2 }).map((value) => JSON.parse(JSON.stringify(value)) as unknown);
const operators = [...new Set(recorded('criteria', 'operator')), 'nope', '__proto__'];
const patterns = fc.oneof(
  json,
  string,
  row('{{ ', jinjaExpression, ' }}'),
  mauled(recorded('criteria', 'pattern'), '( ) * + [ ] {1,5} \\ | ^ $ ? .*'.split(' ')),
);

/** Criteria of a rule, and the payload that they judge. */
export const rule: Arbitrary<{ readonly criteria: object; readonly payload: unknown }> = fc.record({
  criteria: fc.dictionary(
    fc.oneof(row('trigger.', grown), pathSource),
    fc.record(
      { type: fc.constantFrom(...operators), pattern: patterns, condition: word('any all x') },
      { requiredKeys: ['type'] },
    ),
    { minKeys: 1, maxKeys: 3 },
  ),
  payload: fc.oneof(json, fc.record({ a: json, b: string, items: fc.array(json, { maxLength: 4 }) })),
});
