// operator/domain/datastore/handed-on.test.ts — marks of secrets are known in whatever language they were written down meanwhile.
import { expect, test } from 'vitest';
import { HandedOn, hasMark, isMark, withoutMarks } from './handed-on.ts';

const MARK = new HandedOn().open({ name: 'db-user', key: 'Pass_word.1' });
/** As Python writes JSON. */
const escaped = (value: unknown) => JSON.stringify(value).replaceAll('\u{e000}', String.raw`\ue000`);

test.each([
  ['as it is', MARK],
  ['in a text', `Bearer ${MARK}.`],
  ['in JSON', escaped({ token: MARK })],
  ['in JSON in JSON', escaped(escaped({ token: MARK }))],
  ["in Python's words", escaped([MARK]).replaceAll('"', "'")],
  ['in capitals', MARK.toUpperCase()],
  ['in a URL', encodeURIComponent(MARK)],
  ['in a URL in a URL', encodeURIComponent(encodeURIComponent(MARK)).toLowerCase()],
  ['without its beginning', MARK.slice(1)],
  ['without its end', MARK.slice(0, -1)],
])('a mark %s is found and hidden', (_, text) => {
  expect([hasMark(text), hasMark({ [text]: 1 }), hasMark([[text]])]).toEqual([true, true, true]);
  const hidden = withoutMarks(JSON.stringify({ text }));
  expect(JSON.parse(hidden)).toEqual({ text: expect.stringContaining('********') as string });
  expect([hasMark(hidden), /squall|db-user|pass_word/i.test(hidden)]).toEqual([false, false]);
});

test.each([
  'squall:datastore:',
  'the words squall:datastore:a/b',
  escaped('\u{e000} squall'),
  '********',
  'encrypted:st2kv.system.a',
])('%s is no mark', (text) => {
  expect([hasMark(text), isMark(text), withoutMarks(text)]).toEqual([false, false, text]);
});

test('only a whole mark is one', () => {
  expect([MARK, `${MARK} `, escaped(MARK), MARK.slice(1), [MARK], undefined].map(isMark)).toEqual([
    true,
    false,
    false,
    false,
    false,
    false,
  ]);
});

test('a mark in pieces leaves the JSON around it whole', () => {
  const pieces = JSON.stringify([MARK.split('/'), escaped(MARK.split('/'))]);
  expect(JSON.parse(withoutMarks(pieces))).toEqual([
    ['********', expect.any(String)],
    expect.stringMatching(/^\["\*{8}"/),
  ]);
});
