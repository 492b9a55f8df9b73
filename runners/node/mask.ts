// runners/node/mask.ts — secret values → the forms in which they may show, and text without them.
import { MASK } from './limits.ts';

/** Shorter values are not masked: they would hide half of the output and still not be a secret. */
const VALUE_MIN = 3;
/** Single lines of a value, the texts of one that is JSON, and encoded parts are masked from this length on, in characters. */
const PART_MIN = 8;

/** Forms of one value that are searched for. */
const FORMS_MAX = 1000;

export interface Mask {
  /** The whole text, masked. */
  text(text: string): string;
  /** A mask for a text that arrives in pieces: what may become a secret is held back until it is clear or `end` is called. */
  stream(): { push(text: string): string; end(): string };
}

type Stretch = readonly [start: number, end: number];

/** Masks the values, their lines, the texts of JSON in them, and their base64, hex, URL, JSON, XML, HTML, Python and shell-quoted forms. */
export function maskOf(values: Iterable<string>): Mask {
  const forms = [...new Set([...values].flatMap(formsOf))];
  if (forms.length === 0) return { text: (text) => text, stream: () => ({ push: (text) => text, end: () => '' }) };
  const text = (whole: string): string => masked(whole, search(whole, forms).found, whole.length);

  function stream() {
    let held = '';
    return {
      push(piece: string): string {
        held += piece;
        const { found, open } = search(held, forms);
        // A secret that overlaps one that is still coming in waits for it: both become one mask.
        const cut = found.find(([start, end]) => start < open && open < end)?.[0] ?? open;
        const out = masked(held, found, cut);
        held = held.slice(cut);
        return out;
      },
      end(): string {
        const out = text(held);
        held = '';
        return out;
      },
    };
  }
  return { text, stream };
}

/** Where the forms are, in order, overlapping ones as one; and from where on the text may be the beginning of one. */
function search(text: string, forms: readonly string[]): { found: Stretch[]; open: number } {
  const all: Stretch[] = [];
  let open = text.length;
  for (const form of forms) {
    let from = 0;
    for (let at = text.indexOf(form); at >= 0; at = text.indexOf(form, from)) {
      from = at + form.length;
      all.push([at, from]);
    }
    open = Math.min(open, beginningOf(form, text, from));
  }
  all.sort((a, b) => a[0] - b[0]);
  const found: Stretch[] = [];
  for (const [start, end] of all) {
    const last = found.at(-1);
    if (last && start < last[1]) found[found.length - 1] = [last[0], Math.max(last[1], end)];
    else found.push([start, end]);
  }
  return { found, open };
}

/** The first place, from `from` on, where the rest of the text is a beginning of the form; else the text's length. */
function beginningOf(form: string, text: string, from: number): number {
  const first = form.charAt(0);
  let at = text.indexOf(first, Math.max(from, text.length - form.length + 1));
  while (at >= 0 && !form.startsWith(text.slice(at))) at = text.indexOf(first, at + 1);
  return at < 0 ? text.length : at;
}

/** The text up to `cut`, with each stretch before it replaced. */
function masked(text: string, found: readonly Stretch[], cut: number): string {
  let out = '';
  let done = 0;
  for (const [start, end] of found) {
    if (end > cut) break;
    out += text.slice(done, start) + MASK;
    done = end;
  }
  return out + text.slice(done, cut);
}

/** The most telling forms first, as many as can be searched for without slowing the output down. */
function formsOf(value: string): string[] {
  const whole = value.trim();
  if (whole.length < VALUE_MIN) return [];
  const lines = whole.includes('\n') ? whole.split('\n').map((line) => line.trim()) : [];
  const short = [whole, ...quoted(whole)].filter((form) => form.length >= VALUE_MIN);
  const within = [...lines, ...textsIn(whole)];
  const parts = [...within, ...encodings(whole), ...within.flatMap(quoted)].filter((part) => part.length >= PART_MIN);
  return [...new Set([...short, ...parts])].slice(0, FORMS_MAX);
}

/** What TypeScript does not know of JSON yet: the text of a number. */
const withSource = JSON as unknown as {
  parse(text: string, reviver: (key: string, value: unknown, context: { source?: string }) => unknown): unknown;
};

/** The texts and numbers in a value that is a JSON object or array: actions get them apart. */
function textsIn(value: string): string[] {
  if (!/^[{[]/.test(value)) return [];
  const texts: string[] = [];
  try {
    withSource.parse(value, (_, item, { source }) => {
      if (typeof item === 'string' || typeof item === 'number') texts.push(String(item));
      if (typeof item === 'number' && source !== undefined) texts.push(source); // a long one, digit by digit
      return item;
    });
  } catch {
    return []; // it only begins like JSON
  }
  return texts;
}

/** How Python shows a text in a list or a dictionary: with either quote around it, of which its own are escaped. */
function pythonForms(json: string): readonly string[] {
  const python = json.replaceAll(/\\(?:u00(..)|(.))/g, (escape, hex?: string, c?: string) => {
    if (hex !== undefined) return `\\x${hex}`;
    return { '"': '"', b: '\\x08', f: '\\x0c' }[c ?? ''] ?? escape;
  });
  return [python, python.replaceAll("'", "\\'")];
}

/** Both quotes as Python's html, Jinja, Django and XML write them. */
const QUOTES = [
  ['&quot;', '&#x27;'],
  ['&#34;', '&#39;'],
  ['&quot;', '&#39;'],
  ['&quot;', '&apos;'],
] as const;

/** The value as the text of a URL, of JSON, of XML and of a quoted shell word. */
function quoted(value: string): string[] {
  const json = JSON.stringify(value).slice(1, -1);
  // A secret that ends in half a surrogate pair has no URL form; toWellFormed keeps encodeURIComponent from throwing.
  const url = encodeURIComponent(value.toWellFormed());
  const strict = url.replaceAll(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
  const ascii = json.replaceAll(/[\u0080-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
  const xml = value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  const urls = [url, strict, strict.replaceAll('%20', '+')];
  const lower = urls.map((text) => text.replaceAll(/%[0-9A-F]{2}/g, (c) => c.toLowerCase()));
  return [
    ...urls,
    ...lower,
    json,
    ascii,
    json.replaceAll('/', '\\/'),
    ...pythonForms(json),
    xml,
    xml.replaceAll('"', '&quot;'),
    ...QUOTES.map(([double, single]) => xml.replaceAll('"', double).replaceAll("'", single)),
    value.replaceAll("'", `'\\''`),
  ];
}

/** Base64 of the value at each of the three places in a group, without the characters that its neighbours share. */
function encodings(value: string): string[] {
  const bytes = Buffer.from(value);
  const base64 = [0, 1, 2].map((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes])
      .toString('base64')
      .replaceAll('=', '');
    const ragged = (before + bytes.length) % 3 !== 0;
    return text.slice(before === 0 ? 0 : before + 1, ragged ? -1 : undefined);
  });
  const hex = bytes.toString('hex');
  const url = base64.map((text) => text.replaceAll('+', '-').replaceAll('/', '_'));
  // base64(1) breaks its lines after 76 characters, openssl after 64.
  const broken = [76, 64].flatMap((width) => bytes.toString('base64').match(new RegExp(`.{1,${width}}`, 'g')) ?? []);
  return [...base64, ...url, ...(broken.length > 2 ? broken : []), hex, hex.toUpperCase()];
}
