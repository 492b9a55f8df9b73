// operator/domain/expression/jinja/html-entities.ts — text with HTML's character references → text, as Python's html.unescape() reads them.
import { allowCharacters, spend } from '../evaluation.ts';
import { BARE_ENTITIES, ENTITIES } from './html-entity-table.ts';

/** Names, with their semicolon and for some also without; made when first needed. */
let named: ReadonlyMap<string, string> | undefined;

function names(): ReadonlyMap<string, string> {
  if (named) return named;
  const table = new Map<string, string>();
  for (const entry of ENTITIES.trim().split(/\s/)) {
    const [name = '', codes = ''] = entry.split('=');
    table.set(`${name};`, String.fromCodePoint(...codes.split(',').map((code) => Number.parseInt(code, 16))));
  }
  for (const name of BARE_ENTITIES.trim().split(/\s/)) table.set(name, table.get(`${name};`) ?? '');
  named = table;
  return table;
}

/** What browsers read for 0x80 to 0x9f: the characters of Windows-1252. */
const WINDOWS =
  '\u20ac\u0081\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\u008d\u017d\u008f' +
  '\u0090\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\u009d\u017e\u0178';

function numbered(code: number): string {
  if (code === 0 || code > 0x10_ffff || (code >= 0xd800 && code <= 0xdfff)) return '\ufffd';
  if (code >= 0x80 && code <= 0x9f) return WINDOWS.charAt(code - 0x80);
  const isNothing = (code < 0x20 && ![0x09, 0x0a, 0x0c, 0x0d].includes(code)) || code === 0x7f;
  if (isNothing || (code >= 0xfdd0 && code <= 0xfdef) || (code & 0xfffe) === 0xfffe) return '';
  return String.fromCodePoint(code);
}

function resolve(reference: string): string {
  if (reference.startsWith('#')) {
    const isHex = /^#x/i.test(reference);
    return numbered(Number.parseInt(reference.slice(isHex ? 2 : 1), isHex ? 16 : 10));
  }
  const table = names();
  const whole = table.get(reference);
  if (whole !== undefined) return whole;
  const units = [...reference];
  for (let length = units.length - 1; length > 1; length--) {
    const found = table.get(units.slice(0, length).join(''));
    if (found !== undefined) return found + units.slice(length).join('');
  }
  return `&${reference}`;
}

/** Resolves all character references of a text. */
export function unescapeHtml(text: string): string {
  if (!text.includes('&')) return text;
  allowCharacters(text.length);
  return text.replaceAll(/&(#[0-9]+;?|#[xX][0-9a-fA-F]+;?|[^\t\n\f <&#;]{1,32};?)/gu, (_, reference: string) => {
    spend(1);
    return resolve(reference);
  });
}
