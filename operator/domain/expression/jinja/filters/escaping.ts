// operator/domain/expression/jinja/filters/escaping.ts — filters that make text safe for HTML, URLs and scripts: escape, safe, striptags, xmlattr, tojson, urlencode.
import { allowCharacters, spend } from '../../evaluation.ts';
import { typeFault, valueFault } from '../../fault.ts';
import { Bytes } from '../../python/collections.ts';
import { dictEntries, isDict } from '../../python/dict.ts';
import { iterable, iterate, length, toList } from '../../python/iterate.ts';
import { dumpJson } from '../../python/json.ts';
import { repr, str } from '../../python/repr.ts';
import { truthy, typeName, type Value } from '../../python/values.ts';
import type { Engine, Filter } from '../engine.ts';
import { escape, escapeText, Markup, plainText, stripTags } from '../markup.ts';
import { itemsOf } from './ordering.ts';
import { filter } from './signature.ts';
import { softText } from './texts.ts';

const UNSAFE_KEY = /[\t-\r \x2f>=]/;

function xmlAttributes(engine: Engine, value: Value, autospace: Value): Value {
  const attributes: string[] = [];
  for (const [key, item] of itemsOf(value)) {
    if (item === null || engine.isUndefined(item)) continue;
    const name = plainText(key);
    if (name === undefined) throw typeFault(`expected string or bytes-like object, got '${typeName(key)}'`);
    if (UNSAFE_KEY.test(name)) throw valueFault(`Invalid character in attribute name: ${repr(key)}`);
    attributes.push(`${escape(key).value}="${escape(item).value}"`);
  }
  const text = (truthy(autospace) && attributes.length > 0 ? ' ' : '') + attributes.join(' ');
  allowCharacters(text.length);
  return engine.autoescape ? new Markup(text) : text;
}

/** JSON that is safe between HTML's tags and in its attributes. */
function toJson(_: Engine, value: Value, indent: Value): Value {
  const json = dumpJson(value, { sortKeys: true, indent });
  const safe = json.replaceAll(/[<>&']/g, (c) => `\\u00${c.charCodeAt(0).toString(16)}`);
  allowCharacters(safe.length);
  return new Markup(safe);
}

const KEPT = /[A-Za-z0-9_.\-~]/;

/** Percent-encodes UTF-8 bytes; `query` writes blanks as + and slashes as %2F. */
function quoteUrl(value: Value, query: boolean): string {
  const bytes = value instanceof Bytes ? value.bytes : new TextEncoder().encode(str(value));
  allowCharacters(bytes.length * 3);
  let out = '';
  for (const byte of bytes) {
    const c = String.fromCharCode(byte);
    if (KEPT.test(c) || (c === '/' && !query)) out += c;
    else out += c === ' ' && query ? '+' : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return out;
}

function urlEncode(value: Value): string {
  if (isDict(value)) return quotePairs(dictEntries(value));
  if (plainText(value) !== undefined || iterable(value) === undefined) return quoteUrl(value, false);
  return quotePairs(Array.from(iterate(value), pairOf));
}

/** What the encoding of one key or value is worth, in steps, however short it is. */
const PAIR_STEPS = 8;

function quotePairs(pairs: readonly (readonly [Value, Value])[]): string {
  spend(pairs.length * PAIR_STEPS);
  const text = pairs.map(([key, item]) => `${quoteUrl(key, true)}=${quoteUrl(item, true)}`).join('&');
  allowCharacters(text.length);
  return text;
}

function pairOf(value: Value): readonly [Value, Value] {
  const items = iterable(value);
  if (items === undefined) throw typeFault(`cannot unpack non-iterable ${typeName(value)} object`);
  const [key, item, ...rest] = toList(value);
  if (key === undefined || item === undefined) {
    throw valueFault(`not enough values to unpack (expected 2, got ${length(value)})`);
  }
  if (rest.length > 0) throw valueFault('too many values to unpack (expected 2)');
  return [key, item];
}

const escaping = filter('escape', '', ['s'], (_, value) => escape(value));

export const ESCAPING_FILTERS: readonly (readonly [string, Filter])[] = [
  ['e', escaping],
  ['escape', escaping],
  ['forceescape', filter('do_forceescape', '', ['value'], (_, value) => new Markup(escapeText(str(value))))],
  ['safe', filter('do_mark_safe', '', ['value'], (_, value) => new Markup(str(softText(value))))],
  ['striptags', filter('do_striptags', '', ['value'], (_, value) => stripTags(str(value)))],
  ['xmlattr', filter('do_xmlattr', 'environment', ['d', ['autospace', true]], xmlAttributes)],
  ['tojson', filter('do_tojson', 'environment', ['value', ['indent', null]], toJson)],
  ['urlencode', filter('do_urlencode', '', ['value'], (_, value) => urlEncode(value))],
];
