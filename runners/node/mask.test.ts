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
  ['in capital hex', Buffer.from('a b&c=d/é').toString('hex').toUpperCase()],
])('a secret is masked %s', (_, form) => {
  expect(maskOf(['a b&c=d/é']).text(`x${form}y`)).toBe(`x${MASK}y`);
});

test('the line end of a secret file is not part of what is masked', () => {
  expect(maskOf(['hunter2\n']).text('is hunter2.')).toBe(`is ${MASK}.`);
});

test('what stands in a secret that is JSON is masked apart, from 8 characters on', () => {
  const mask = maskOf(['{"key": {"private": "line one\\nline two", "id": 1234567890, "kind": "rsa"}}']);
  expect(mask.text('line one\nline two, 1234567890, rsa')).toBe(`${MASK}, ${MASK}, rsa`);
  expect(maskOf(['[not JSON at all']).text('not JSON [not JSON at all')).toBe(`not JSON ${MASK}`);
});

test('a long number in a secret that is JSON is masked with all of its digits', () => {
  const mask = maskOf(['{"id": 12345678901234567890, "share": 0.12345670}']);
  expect(mask.text('12345678901234567890 and 0.12345670 and 0.1234567')).toBe(`${MASK} and ${MASK} and ${MASK}`);
});

test.each([
  ['as Python escapes HTML', 'it&#x27;s &quot;so&quot;'],
  ['as Jinja escapes HTML', 'it&#39;s &#34;so&#34;'],
  ['as XML attributes do', 'it&apos;s &quot;so&quot;'],
])('a secret with quotes is masked %s', (_, form) => {
  expect(maskOf([`it's "so"`]).text(`<${form}>`)).toBe(`<${MASK}>`);
});

test.each([
  ['pa"s\\s\n\u001b\u0008b', String.raw`'pa"s\\s\n\x1b\x08b'`],
  [String.raw`pa"s\b'x`, String.raw`'pa"s\\b\'x'`],
])('%j is masked where Python shows it in a dictionary', (secret, shown) => {
  expect(maskOf([secret]).text(`{'password': ${shown}}`)).toBe(`{'password': '${MASK}'}`);
});

test('of overlapping secrets the longer one is masked', () => {
  expect(maskOf(['abc', 'abcdef']).text('abcdef abc')).toBe(`${MASK} ${MASK}`);
});

test('without secrets a text passes as it is', () => {
  expect(maskOf([]).text('abc')).toBe('abc');
});
