// operator/domain/expression/jinja/filters/urlize.ts — urlize: links around what looks like an address.
import { allowCharacters, spend } from '../../evaluation.ts';
import { ExpressionFault } from '../../fault.ts';
import { toList } from '../../python/iterate.ts';
import { compare } from '../../python/compare.ts';
import { compileRegex } from '../../python/regex.ts';
import { repr, str } from '../../python/repr.ts';
import { textLength, textSlice } from '../../python/text.ts';
import { truthy, type Value } from '../../python/values.ts';
import type { Engine } from '../engine.ts';
import { escapeText, escape, Markup, plainText } from '../markup.ts';
import { filter } from './signature.ts';

const WORDS = '[\\w%]';
const HTTP = compileRegex(
  [
    `^(((https?://|www\\.)((${WORDS.replace('%', '%-')}+\\.)+)?([a-z]{2,63}|xn--${WORDS}{2,59}))`,
    `|(${WORDS.replace('%', '%-')}{2,63}\\.)+(com|net|int|edu|gov|org|info|mil)`,
    '|(https?://)((([\\d]{1,3})(\\.[\\d]{1,3}){3})|(\\[([\\da-f]{0,4}:){2}([\\da-f]{0,4}:?){1,6}\\])))',
    '(?::[\\d]{1,5})?(?:[/?#]\\S*)?$',
  ].join(''),
  { ignoreCase: true },
);
const EMAIL = compileRegex('^\\S+@\\w[\\w.-]*\\.\\w+$');
const SCHEME = compileRegex('([\\w.+-]{2,}:(/){0,2})');
const SPACES = compileRegex('(\\s+)');

const BRACKETS = [
  ['(', ')'],
  ['<', '>'],
  ['&lt;', '&gt;'],
] as const;

const count = (text: string, part: string) => text.split(part).length - 1;

interface Look {
  readonly attributes: string;
  readonly limit: Value;
  readonly schemes: readonly Value[];
}

/** The word with what belongs to its address, and the punctuation before and after it. */
function trimWord(word: string): { head: string; middle: string; tail: string } {
  const head = /^(?:[(<]|&lt;)+/.exec(word)?.[0] ?? '';
  let middle = word.slice(head.length);
  let tail = '';
  for (let end = middle.length; ; ) {
    const rest = middle.slice(0, end);
    const last = rest.endsWith('&gt;') ? 4 : /[)>.,\n]$/.test(rest) ? 1 : 0;
    if (last === 0) {
      [middle, tail] = [rest, middle.slice(end)];
      break;
    }
    end -= last;
    spend(1);
  }
  for (const [open, close] of BRACKETS) {
    const opened = count(middle, open);
    if (opened <= count(middle, close)) continue;
    for (let n = Math.min(opened, count(tail, close)); n > 0; n--) {
      const end = tail.indexOf(close) + close.length;
      middle += tail.slice(0, end);
      tail = tail.slice(end);
      spend(1 + (tail.length >>> 6));
    }
  }
  return { head, middle, tail };
}

function link(text: string, { attributes, limit, schemes }: Look): string {
  const shown = () => {
    const isLong = limit !== null && compare('>', textLength(text), limit);
    return isLong ? `${textSlice(text, null, limit, null)}...` : text;
  };
  if (HTTP.match(text)) {
    const href = text.startsWith('https://') || text.startsWith('http://') ? text : `https://${text}`;
    return `<a href="${href}"${attributes}>${shown()}</a>`;
  }
  if (text.startsWith('mailto:') && EMAIL.match(text.slice(7))) return `<a href="${text}">${text.slice(7)}</a>`;
  const isAddress = text.includes('@') && !text.startsWith('www.') && !text.startsWith('@') && !text.includes(':');
  if (isAddress && EMAIL.match(text)) return `<a href="mailto:${text}">${text}</a>`;
  let out = text;
  for (const scheme of schemes) {
    const prefix = plainText(scheme) ?? '';
    if (out !== prefix && out.startsWith(prefix)) out = `<a href="${out}"${attributes}>${out}</a>`;
  }
  return out;
}

function urlize(engine: Engine, value: Value, ...options: readonly Value[]): Value {
  const [limit = null, nofollow = false, target = null, rel = null, extraSchemes = null] = options;
  const parts = new Set((plainText(rel) ?? '').split(/\s+/).filter((part) => part !== ''));
  if (truthy(nofollow)) parts.add('nofollow');
  parts.add('noopener');
  const schemes = extraSchemes === null ? [] : toList(extraSchemes);
  for (const scheme of schemes) {
    if (SCHEME.fullmatch(str(scheme))) continue;
    const message = `${repr(scheme)} is not a valid URI scheme prefix.`;
    throw new ExpressionFault('resolution', 'FilterArgumentError', message);
  }
  const relation = ` rel="${escapeText([...parts].sort().join(' '))}"`;
  const attributes = relation + (target !== null && truthy(target) ? ` target="${escape(target).value}"` : '');
  const words = SPACES.split(escape(value).value).map((word) => {
    const { head, middle, tail } = trimWord(word ?? '');
    return head + link(middle, { attributes, limit, schemes }) + tail;
  });
  const text = words.join('');
  allowCharacters(text.length);
  return engine.autoescape ? new Markup(text) : text;
}

const PARAMETERS = [
  'value',
  ['trim_url_limit', null],
  ['nofollow', false],
  ['target', null],
  ['rel', null],
  ['extra_schemes', null],
] as const;

export const urlizeFilter = filter('do_urlize', 'environment', PARAMETERS, urlize);
