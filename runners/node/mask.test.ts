// runners/node/mask.test.ts — no form of a secret gets through, however the text is cut.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MASK } from './limits.ts';
import { maskOf } from './mask.ts';

test('a text in pieces is masked as the whole is', () => {
  const letters = fc.constantFrom('a', 'b', 'c', '\n');
  const words = fc.array(letters, { minLength: 3, maxLength: 6 }).map((list) => list.join(''));
  fc.assert(
    fc.property(fc.array(letters, { maxLength: 60 }), words, fc.array(fc.nat(8)), (text, secret, cuts) => {
      const mask = maskOf([secret]);
      const stream = mask.stream();
      let rest = text.join('');
      let out = '';
      for (const cut of cuts) {
        out += stream.push(rest.slice(0, cut));
        rest = rest.slice(cut);
      }
      out += stream.push(rest) + stream.end();
      expect(out).toBe(mask.text(text.join('')));
    }),
  );
});

test('base64 of a text that contains the secret has no stretch of it', () => {
  fc.assert(
    fc.property(fc.string(), fc.base64String({ minLength: 12 }), fc.string(), (before, secret, after) => {
      const mask = maskOf([secret]);
      expect(mask.text(Buffer.from(before + secret + after).toString('base64'))).toContain(MASK);
    }),
  );
});

test.each([
  ['percent-encoded', encodeURIComponent('a b&c=d/é')],
  ['as a form field', new URLSearchParams({ v: 'a b&c=d/é' }).toString().slice(2)],
  ['in JSON', JSON.stringify('a b&c=d/é').slice(1, -1)],
  ['in ASCII JSON', 'a b&c=d/\\u00e9'],
  ['in XML', 'a b&amp;c=d/é'],
  ['in hex', Buffer.from('a b&c=d/é').toString('hex')],
])('a secret is masked %s', (_, form) => {
  expect(maskOf(['a b&c=d/é']).text(`x${form}y`)).toBe(`x${MASK}y`);
});

test('the line end of a secret file is not part of what is masked', () => {
  expect(maskOf(['hunter2\n']).text('is hunter2.')).toBe(`is ${MASK}.`);
});

test('of overlapping secrets the longer one is masked', () => {
  expect(maskOf(['abc', 'abcdef']).text('abcdef abc')).toBe(`${MASK} ${MASK}`);
});

test('without secrets a text passes as it is', () => {
  expect(maskOf([]).text('abc')).toBe('abc');
});
