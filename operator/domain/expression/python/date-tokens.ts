// operator/domain/expression/python/date-tokens.ts — the text of a date → words, numbers and signs, as dateutil cuts it.

/** Where a token stands: in letters, in digits, or in either of them after a dot. */
type State = 'letters' | 'digits' | 'letters.' | 'digits.';

const LETTER = /^\p{L}$/u;
const DIGIT = /^\p{Nd}$/u;

const isLetter = (c: string) => (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c > '\x7f' && LETTER.test(c));
const isDigit = (c: string) => (c >= '0' && c <= '9') || (c > '\x7f' && DIGIT.test(c));
/** Python's str.isspace(), which knows the separators of ASCII and not the byte order mark. */
const isSpace = (c: string) => (c.trim() === '' && c !== '\ufeff') || '\x1c\x1d\x1e\x1f\x85'.includes(c);

/**
 * Cuts a text into runs of letters, runs of digits and single other characters; white space becomes ' ', digits of other scripts
 * become ASCII's. A dot (and a comma after two digits) stays in a number with a fraction and is a token of its own elsewhere.
 */
export function dateTokens(text: string): string[] {
  const characters = [...text.replaceAll('\0', '')];
  const tokens: string[] = [];
  for (let at = 0; at < characters.length; ) {
    const first = characters[at] ?? '';
    if (isLetter(first) || isDigit(first)) at = readRun(characters, at, tokens);
    else {
      tokens.push(isSpace(first) ? ' ' : first);
      at++;
    }
  }
  return tokens;
}

/** Reads one run from `start` into `tokens`. @returns where the next one starts */
function readRun(characters: readonly string[], start: number, tokens: string[]): number {
  let state: State = isLetter(characters[start] ?? '') ? 'letters' : 'digits';
  let token = state === 'letters' ? (characters[start] ?? '') : asciiDigit(characters[start] ?? '');
  let sawLetters = false;
  let at = start + 1;
  for (; at < characters.length; at++) {
    const c = characters[at] ?? '';
    // A letter that ends the text right after a dot was not looked behind yet: dateutil leaves such a token whole.
    if (state.startsWith('letters')) sawLetters = true;
    const next = stateAfter(state, token, c);
    if (next === undefined) break;
    state = next;
    token += isDigit(c) ? asciiDigit(c) : c;
  }
  if (!state.endsWith('.')) tokens.push(token);
  else if (sawLetters || token.split('.').length > 2 || /[.,]$/.test(token)) {
    tokens.push(...token.split(/([.,])/).filter((part) => part !== ''));
  } else tokens.push(state === 'digits.' && !token.includes('.') ? token.replaceAll(',', '.') : token);
  return at;
}

/** The state when `c` belongs to the token too, undefined when it ends it. */
function stateAfter(state: State, token: string, c: string): State | undefined {
  switch (state) {
    case 'letters':
      return isLetter(c) ? 'letters' : c === '.' ? 'letters.' : undefined;
    case 'digits':
      return isDigit(c) ? 'digits' : c === '.' || (c === ',' && token.length >= 2) ? 'digits.' : undefined;
    case 'letters.':
      if (c === '.' || isLetter(c)) return 'letters.';
      return isDigit(c) && token.endsWith('.') ? 'digits.' : undefined;
    case 'digits.':
      if (c === '.' || isDigit(c)) return 'digits.';
      return isLetter(c) && token.endsWith('.') ? 'letters.' : undefined;
  }
}

/** Unicode has its decimal digits in unbroken rows of ten, so the number of digits before one tells its value. */
function asciiDigit(c: string): string {
  if (c <= '9') return c;
  const code = c.codePointAt(0) ?? 0;
  let before = 0;
  while (DIGIT.test(String.fromCodePoint(code - before - 1))) before++;
  return String(before % 10);
}
