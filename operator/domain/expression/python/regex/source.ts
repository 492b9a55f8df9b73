// operator/domain/expression/python/regex/source.ts — the text of an expression, read character by character; an escape is one step.
import { ExpressionFault } from '../../fault.ts';

/** Reads a pattern; `next` is what comes, '' at the end. */
export class Source {
  readonly #units: readonly string[];
  #at = 0;
  next = '';
  constructor(pattern: string) {
    this.#units = [...pattern];
    this.#advance();
  }

  /** Code points before `next`. */
  tell(): number {
    return this.#at - [...this.next].length;
  }
  seek(at: number): void {
    this.#at = at;
    this.#advance();
  }
  get(): string {
    const taken = this.next;
    this.#advance();
    return taken;
  }
  match(what: string): boolean {
    if (this.next !== what) return false;
    this.#advance();
    return true;
  }
  /** At most `most` steps of one of these characters. */
  getWhile(most: number, isOne: RegExp): string {
    let out = '';
    while (out.length < most && this.next !== '' && isOne.test(this.next)) out += this.get();
    return out;
  }
  /** Everything up to a character, which is taken too. @throws ExpressionFault `missing group name` */
  getUntil(end: string, what: string): string {
    let out = '';
    for (;;) {
      const c = this.get();
      if (c === '')
        throw out === ''
          ? this.fault(`missing ${what}`)
          : this.fault(`missing ${end}, unterminated name`, [...out].length);
      if (c === end) break;
      out += c;
    }
    if (out === '') throw this.fault(`missing ${what}`, 1);
    return out;
  }

  #advance(): void {
    const c = this.#units[this.#at] ?? '';
    this.#at += c === '' ? 0 : 1;
    this.next = c;
    if (c !== '\\') return;
    const escaped = this.#units[this.#at];
    if (escaped === undefined) throw this.#told('bad escape (end of pattern)', this.#units.length - 1);
    this.#at++;
    this.next += escaped;
  }

  /** Python's re.error, `offset` characters before here. */
  fault(message: string, offset = 0): ExpressionFault {
    return this.#told(message, this.tell() - offset);
  }

  #told(message: string, at: number): ExpressionFault {
    const before = this.#units.slice(0, at);
    const line = before.filter((c) => c === '\n').length + 1;
    const column = at - before.lastIndexOf('\n');
    const where = this.#units.includes('\n') ? ` (line ${line}, column ${column})` : '';
    return new ExpressionFault('value', 'error', `${message} at position ${at}${where}`);
  }
}
