// operator/domain/expression/python/text-case.ts — upper and lower case as Python's str has them, and what kind of characters a text is made of.
import { allowCharacters } from '../evaluation.ts';

/** Python's title form of one character; JavaScript knows only upper and lower case. */
function titleCharacter(c: string): string {
  const code = c.codePointAt(0) ?? 0;
  if (code < 0x80) return c.toUpperCase();
  if (code === 0x149) return c.toUpperCase();
  if ((code >= 0x1c4 && code <= 0x1cc) || (code >= 0x1f1 && code <= 0x1f3)) return digraphTitle(code);
  if (code >= 0x10d0 && code <= 0x10ff) return c; // Georgian has capitals, but none at the start of words
  const upper = c.toUpperCase();
  if (code >= 0x1f80 && code <= 0x1faf) return String.fromCharCode(code | 8);
  if (code >= 0x1fb2 && code <= 0x1ffc && upper.endsWith('\u0399')) {
    // An iota below stays below; where there is one character for both, it is the one.
    return (code & 0xf) === 3 || (code & 0xf) === 0xc
      ? String.fromCharCode((code & 0xfff0) | 0xc)
      : `${upper.slice(0, -1)}\u0345`;
  }
  const [first = '', ...rest] = upper;
  return first + rest.join('').toLowerCase();
}

/** The middle of DŽ, Dž, dž: three to a letter, and DZ on its own. */
const digraphTitle = (code: number) =>
  String.fromCharCode(code >= 0x1f1 ? 0x1f2 : 0x1c5 + Math.floor((code - 0x1c4) / 3) * 3);

/** Upper case may be three times as long. */
export function upper(text: string): string {
  allowCharacters(text.length);
  const result = text.toUpperCase();
  allowCharacters(result.length);
  return result;
}

export function lower(text: string): string {
  allowCharacters(text.length);
  return text.toLowerCase();
}

/** Every run of letters starts with a capital: `it's` is `It'S`. */
export function title(text: string): string {
  allowCharacters(text.length);
  return text.replaceAll(/\p{Cased}+/gu, (run, at: number) => capitalizeRun(run, text, at));
}

export function capitalize(text: string): string {
  allowCharacters(text.length);
  const [first = ''] = text;
  return capitalizeRun(text, text, 0, first);
}

function capitalizeRun(run: string, text: string, at: number, first = String.fromCodePoint(run.codePointAt(0) ?? 0)) {
  if (run === '') return '';
  const lowered = run.toLowerCase().slice(first.toLowerCase().length);
  // A sigma at the end of the run is final only if no letter follows, past apostrophes and the like.
  const end = at + run.length;
  const goesOn = lowered.endsWith('ς') && /^\p{Case_Ignorable}*\p{Cased}/u.test(text.slice(end, end + 32));
  return titleCharacter(first) + (goesOn && run.endsWith('Σ') ? `${lowered.slice(0, -1)}σ` : lowered);
}

export function swapcase(text: string): string {
  allowCharacters(text.length);
  return text.replaceAll(/\p{Uppercase}+|\p{Lowercase}+/gu, (run, at: number) => {
    if (!/^\p{Uppercase}/u.test(run)) return run.toUpperCase();
    if (!run.includes('Σ')) return run.toLowerCase();
    // Whether a sigma is final is told by its neighbours, whatever they become.
    const before = text.slice(Math.max(0, at - 32), at);
    const around = `${before}${run}${text.slice(at + run.length, at + run.length + 32)}`;
    return around.toLowerCase().slice(before.toLowerCase().length).slice(0, run.toLowerCase().length);
  });
}

/** For comparing without case; Cherokee folds to its capitals. */
export function casefold(text: string): string {
  allowCharacters(text.length);
  const folded = text.replaceAll(/[^\u0131\u13a0-\u13fd\uab70-\uabbf\u1e9e]+/g, (part) =>
    part.toUpperCase().toLowerCase().replaceAll('ς', 'σ'),
  );
  return folded.replaceAll('\u1e9e', 'ss').replaceAll(/[\u13f8-\u13fd\uab70-\uabbf]/g, (c) => c.toUpperCase());
}

const DIGIT_MORE =
  '\u00b2\u00b3\u00b9\u1369-\u1371\u19da\u2070\u2074-\u2079\u2080-\u2089\u2460-\u2468\u2474-\u247c\u2488-\u2490\u24ea\u24f5-\u24fd' +
  '\u24ff\u2776-\u277e\u2780-\u2788\u278a-\u2792\u{10a40}-\u{10a43}\u{10e60}-\u{10e68}\u{11052}-\u{1105a}\u{1f100}-\u{1f10a}';
/** Ideographs that are numbers. */
const NUMBER_MORE =
  '㐅㒃㠪㭍一七万三九二五亖亿什仟仨伍佰億兆兩八六十千-卅卌叁-叄四壱壹幺廾-廿弌-弎弐拾捌柒漆玖百肆萬貮貳贰阡陆陌陸零參拾兩零六陸什' +
  '\u{20001}\u{20064}\u{200e2}\u{20121}\u{2092a}\u{20983}\u{2098c}\u{2099c}\u{20aea}\u{20afd}\u{20b19}\u{22390}\u{22998}\u{23b1b}\u{2626d}\u{2f890}';

const KINDS = {
  isalpha: /^\p{L}+$/u,
  isdecimal: /^\p{Nd}+$/u,
  isdigit: new RegExp(`^[\\p{Nd}${DIGIT_MORE}]+$`, 'u'),
  isnumeric: new RegExp(`^[\\p{N}${NUMBER_MORE}]+$`, 'u'),
  isalnum: new RegExp(`^[\\p{L}\\p{N}${NUMBER_MORE}]+$`, 'u'),
  // oxlint-disable-next-line no-control-regex -- separators that Python takes for space
  isspace: /^[\t-\r\x1c- \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+$/,
  isidentifier: /^[\p{XID_Start}_]\p{XID_Continue}*$/u,
  isprintable: /^[^\p{C}\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]*$/u,
  // oxlint-disable-next-line no-control-regex -- all of ASCII is meant
  isascii: /^[\0-\x7f]*$/,
} as const;

export type Kind = keyof typeof KINDS | 'isupper' | 'islower' | 'istitle';

/** Python's isalpha(), isdigit(), … */
export function isKind(kind: Kind, text: string): boolean {
  allowCharacters(text.length);
  switch (kind) {
    case 'isupper':
      return /\p{Uppercase}/u.test(text) && !/[\p{Lowercase}\p{Lt}]/u.test(text);
    case 'islower':
      return /\p{Lowercase}/u.test(text) && !/[\p{Uppercase}\p{Lt}]/u.test(text);
    case 'istitle':
      return /\p{Cased}/u.test(text) && !/\p{Cased}[\p{Uppercase}\p{Lt}]|(?:^|\P{Cased})\p{Lowercase}/u.test(text);
    default:
      return KINDS[kind].test(text);
  }
}

export const KIND_NAMES: readonly Kind[] = [
  ...(Object.keys(KINDS) as (keyof typeof KINDS)[]),
  'isupper',
  'islower',
  'istitle',
];
