// operator/domain/expression/python/yaml/emitter.ts — the lines of a YAML text: indentation, quotes, folding at 80 columns, as libyaml lays them out.
import { allowCharacters, spend } from '../../evaluation.ts';
import { analyze, isBreak, isPrintable } from './scalar-style.ts';

/** Where a node stands. A simple key stands before its colon, on one line. */
export type Context = 'root' | 'item' | 'key' | 'simple key' | 'value';

const WIDTH = 80;

const ESCAPES: Readonly<Record<string, string>> = {
  '\0': '0',
  '\u0007': 'a',
  '\b': 'b',
  '\t': 't',
  '\n': 'n',
  '\v': 'v',
  '\f': 'f',
  '\r': 'r',
  '\u001b': 'e',
  '"': '"',
  '\\': '\\',
  '\u0085': 'N',
  '\u00a0': '_',
  '\u2028': 'L',
  '\u2029': 'P',
};

export class Emitter {
  readonly #step: number;
  readonly #unicode: boolean;
  readonly #parts: string[] = [];
  #size = 0;
  #column = 0;
  #indent = -1;
  readonly #indents: number[] = [];
  /** Nothing but blanks, or an indicator, is before the place of writing; only indentation and indicators are. */
  #isBlank = true;
  #isIndention = true;

  constructor(step: number, unicode: boolean) {
    this.#step = step;
    this.#unicode = unicode;
  }

  end(): string {
    this.#writeIndent();
    return this.#parts.join('');
  }

  /** An empty list or dict. */
  empty(text: '[]' | '{}', _context: Context): void {
    this.#indicator(text, true, false, false);
  }
  tag(name: string): void {
    if (!this.#isBlank) this.#put(' ');
    this.#put(name);
    this.#isBlank = false;
    this.#isIndention = false;
  }
  beginList(context: Context): void {
    this.#deeper(context === 'value' && !this.#isIndention);
  }
  beginDict(): void {
    this.#deeper(false);
  }
  endBlock(): void {
    this.#indent = this.#indents.pop() ?? -1;
  }
  item(): void {
    this.#writeIndent();
    this.#indicator('-', true, false, true);
  }
  key(isSimple: boolean): void {
    this.#writeIndent();
    if (!isSimple) this.#indicator('?', true, false, true);
  }
  value(isSimple: boolean): void {
    if (isSimple) {
      this.#indicator(':', false, false, false);
      return;
    }
    this.#writeIndent();
    this.#indicator(':', true, false, true);
  }

  /** A word or text; `plain` tells that it is no other value when it stands without quotes. */
  scalar(text: string, { plain, context }: { plain: boolean; context: Context }): void {
    spend(text.length >>> 4);
    const style = analyze(text, this.#unicode);
    const isKey = context === 'simple key';
    this.#indents.push(this.#indent);
    this.#indent = this.#indent < 0 ? this.#step : this.#indent + this.#step;
    if (plain && style.plain && !(text === '' && isKey)) this.#plain(text, !isKey);
    else if (style.singleQuoted && !(isKey && style.multiline)) this.#singleQuoted(text, !isKey);
    else this.#doubleQuoted(text, !isKey);
    this.endBlock();
  }

  /** Lines as they are, each ended by a line break, below a `|`. */
  literal(tag: string, text: string): void {
    this.tag(tag);
    if (text === '') {
      this.#doubleQuoted('', false);
      return;
    }
    this.#indents.push(this.#indent);
    this.#indent = this.#indent < 0 ? this.#step : this.#indent + this.#step;
    this.#indicator('|', true, false, false);
    this.#break('\n');
    for (const [i, line] of text.split('\n').slice(0, -1).entries()) {
      if (i > 0) this.#break('\n');
      this.#isIndention = true;
      this.#isBlank = true;
      this.#writeIndent();
      this.#put(line);
      this.#isIndention = false;
      this.#isBlank = false;
    }
    this.#break('\n');
    this.#isIndention = true;
    this.#isBlank = true;
    this.endBlock();
  }

  #deeper(isIndentless: boolean): void {
    this.#indents.push(this.#indent);
    if (this.#indent < 0) this.#indent = 0;
    else if (!isIndentless) this.#indent += this.#step;
  }

  #put(text: string, width = text.length): void {
    this.#size += text.length;
    if (this.#parts.length % 64 === 0) allowCharacters(this.#size);
    this.#parts.push(text);
    this.#column += width;
  }

  #break(text: string): void {
    this.#put(text);
    this.#column = 0;
  }

  #indicator(text: string, needsBlank: boolean, isBlank: boolean, isIndention: boolean): void {
    if (needsBlank && !this.#isBlank) this.#put(' ');
    this.#put(text);
    this.#isBlank = isBlank;
    this.#isIndention &&= isIndention;
  }

  #writeIndent(): void {
    const indent = Math.max(0, this.#indent);
    const isPlace = this.#isIndention && (this.#column < indent || (this.#column === indent && this.#isBlank));
    if (!isPlace) this.#break('\n');
    if (this.#column < indent) this.#put(' '.repeat(indent - this.#column));
    this.#isBlank = true;
    this.#isIndention = true;
  }

  #plain(text: string, mayBreak: boolean): void {
    if (!this.#isBlank && text !== '') this.#put(' ');
    this.#folded(text, mayBreak, false);
    this.#isBlank = false;
    this.#isIndention = false;
  }

  #singleQuoted(text: string, mayBreak: boolean): void {
    this.#indicator("'", true, false, false);
    const endsInBreak = this.#folded(text, mayBreak, true);
    if (endsInBreak) this.#writeIndent();
    this.#indicator("'", false, false, false);
    this.#isBlank = false;
    this.#isIndention = false;
  }

  /** Text whose long lines break at single blanks, and whose own line breaks are doubled; tells whether it ends in one. */
  #folded(text: string, mayBreak: boolean, isQuoted: boolean): boolean {
    const chars = [...text];
    let [afterSpace, afterBreak] = [false, false];
    for (const [i, c] of chars.entries()) {
      if (c === ' ') {
        const isInner = !isQuoted || (i > 0 && i < chars.length - 1);
        if (mayBreak && !afterSpace && this.#column > WIDTH && isInner && chars[i + 1] !== ' ') this.#writeIndent();
        else this.#put(c);
        afterSpace = true;
      } else if (isBreak(c)) {
        if (!afterBreak && c === '\n') this.#break('\n');
        this.#break(c);
        this.#isIndention = true;
        afterBreak = true;
      } else {
        if (afterBreak) this.#writeIndent();
        this.#put(isQuoted && c === "'" ? "''" : c, isQuoted && c === "'" ? 2 : 1);
        this.#isIndention = false;
        [afterSpace, afterBreak] = [false, false];
      }
    }
    return afterBreak;
  }

  #doubleQuoted(text: string, mayBreak: boolean): void {
    this.#indicator('"', true, false, false);
    const chars = [...text];
    let afterSpace = false;
    for (const [i, c] of chars.entries()) {
      const isEscaped = !isPrintable(c) || (!this.#unicode && c > '~') || isBreak(c) || c === '"' || c === '\\';
      if (isEscaped) this.#put(escape(c));
      else if (c === ' ' && mayBreak && !afterSpace && this.#column > WIDTH && i > 0 && i < chars.length - 1) {
        this.#writeIndent();
        if (chars[i + 1] === ' ') this.#put('\\');
      } else this.#put(c, 1);
      afterSpace = c === ' ';
    }
    this.#indicator('"', false, false, false);
    this.#isBlank = false;
    this.#isIndention = false;
  }
}

function escape(c: string): string {
  const named = ESCAPES[c];
  if (named !== undefined) return `\\${named}`;
  const code = c.codePointAt(0) ?? 0;
  const [mark, digits] = code <= 0xff ? ['x', 2] : code <= 0xffff ? ['u', 4] : ['U', 8];
  return `\\${mark}${code.toString(16).toUpperCase().padStart(digits, '0')}`;
}
