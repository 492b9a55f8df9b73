// operator/domain/expression/python/regex/parser.ts — an expression's text → its tree, with the errors of Python's `re`.
import { ExpressionFault } from '../../fault.ts';
import { repr } from '../repr.ts';
import { readEscape, readSetEscape } from './escapes.ts';
import { readFlags } from './flags.ts';
import { Source } from './source.ts';
import { type Category, type Flags, type Node, type Pattern, type SetItem, widthOf } from './tree.ts';

/** Deepest nesting of groups. */
const DEPTH_MAX = 100;

/** Reads an expression. `flags` are those given beside it. @throws ExpressionFault re.error, in Python's words */
export function parseRegex(pattern: string, flags: Flags): Pattern {
  // (?x) at the start holds for all of it, also for what stands before.
  const isVerbose = /^(?:\(\?[aimsux]+\))+/.exec(pattern)?.[0].includes('x') ?? false;
  return new Parser(pattern, isVerbose ? new Set([...flags, 'x']) : flags).pattern();
}

class Parser {
  readonly #source: Source;
  readonly #flags: Set<string>;
  readonly #names = new Map<string, number>();
  readonly #closed = new Set<number>();
  #groups = 0;
  #depth = 0;
  constructor(pattern: string, flags: Flags) {
    this.#source = new Source(pattern);
    this.#flags = new Set(flags);
  }

  pattern(): Pattern {
    const node = this.#branches(this.#flags.has('x'), true);
    if (this.#source.next !== '') throw this.#source.fault('unbalanced parenthesis');
    return { node, flags: this.#flags, groups: this.#groups, names: this.#names };
  }

  #branches(verbose: boolean, isFirst = false): Node {
    if (++this.#depth > DEPTH_MAX) {
      throw new ExpressionFault('value', 'error', `groups are nested deeper than ${DEPTH_MAX} levels`);
    }
    const nodes = [this.#sequence(verbose, isFirst)];
    while (this.#source.match('|')) nodes.push(this.#sequence(verbose, false));
    this.#depth--;
    return nodes.length === 1 && nodes[0] ? nodes[0] : { is: 'branch', nodes };
  }

  #sequence(verbose: boolean, isFirst: boolean): Node {
    const nodes: Node[] = [];
    for (;;) {
      const c = this.#source.next;
      if (c === '' || c === '|' || c === ')') return { is: 'sequence', nodes };
      this.#source.get();
      if (verbose && this.#isComment(c)) continue;
      const node = this.#item(c, nodes, verbose, isFirst);
      if (node) nodes.push(node);
    }
  }

  /** Blanks and comments of (?x). */
  #isComment(c: string): boolean {
    if (/^[ \t\n\r\v\f]$/.test(c)) return true;
    if (c !== '#') return false;
    while (this.#source.next !== '' && this.#source.get() !== '\n');
    return true;
  }

  #item(c: string, before: Node[], verbose: boolean, isFirst: boolean): Node | undefined {
    if (c.startsWith('\\')) {
      return readEscape(this.#source, c, { count: this.#groups, isClosed: (group) => this.#closed.has(group) });
    }
    switch (c) {
      case '[':
        return this.#set();
      case '.':
        return { is: 'any' };
      case '^':
        return { is: 'at', position: 'begin' };
      case '$':
        return { is: 'at', position: 'end' };
      case '(':
        return this.#group(verbose, isFirst && before.length === 0);
      case '*':
      case '+':
      case '?':
      case '{':
        return this.#repeat(c, before);
      default:
        return { is: 'literal', code: c.codePointAt(0) ?? 0 };
    }
  }

  #repeat(c: string, before: Node[]): Node {
    const source = this.#source;
    const here = source.tell();
    const bounds = c === '{' ? this.#bounds(here) : c === '?' ? [0, 1] : [c === '*' ? 0 : 1, Number.POSITIVE_INFINITY];
    if (!bounds) return { is: 'literal', code: 0x7b };
    const [least = 0, most = 0] = bounds;
    const node = before.at(-1);
    const offset = source.tell() - here + 1;
    if (!node || node.is === 'at') throw source.fault('nothing to repeat', offset);
    if (node.is === 'repeat') throw source.fault('multiple repeat', offset);
    before.pop();
    const how = source.match('?') ? 'lazy' : source.match('+') ? 'possessive' : 'greedy';
    return { is: 'repeat', node, least, most, how };
  }

  /** `{2,3}`; undefined when the brace is just a brace. */
  #bounds(here: number): readonly [number, number] | undefined {
    const source = this.#source;
    if (source.next === '}') return undefined;
    const digits = () => source.getWhile(Number.POSITIVE_INFINITY, /^[0-9]$/);
    const low = digits();
    const high = source.match(',') ? digits() : low;
    if (!source.match('}')) {
      source.seek(here);
      return undefined;
    }
    const least = low === '' ? 0 : Number(low);
    const most = high === '' ? Number.POSITIVE_INFINITY : Number(high);
    if (least >= 2 ** 32 - 1 || (high !== '' && most >= 2 ** 32 - 1)) {
      throw new ExpressionFault('value', 'OverflowError', 'the repetition number is too large');
    }
    if (most < least) throw source.fault('min repeat greater than max repeat', source.tell() - here);
    return [least, most];
  }

  #set(): Node {
    const source = this.#source;
    const here = source.tell() - 1;
    const negated = source.match('^');
    const items: SetItem[] = [];
    const unterminated = () => source.fault('unterminated character set', source.tell() - here);
    for (;;) {
      const from = source.get();
      if (from === '') throw unterminated();
      if (from === ']' && items.length > 0) break;
      const low = this.#setCharacter(from);
      if (!source.match('-')) {
        items.push(itemOf(low));
        continue;
      }
      const to = source.get();
      if (to === '') throw unterminated();
      if (to === ']') {
        items.push(itemOf(low), itemOf(0x2d));
        break;
      }
      const high = this.#setCharacter(to);
      if (typeof low !== 'number' || typeof high !== 'number' || high < low) {
        throw source.fault(`bad character range ${from}-${to}`, [...from].length + 1 + [...to].length);
      }
      items.push({ low, high });
    }
    return { is: 'set', negated, items };
  }

  #setCharacter(c: string): number | Category {
    return c.startsWith('\\') ? readSetEscape(this.#source, c) : (c.codePointAt(0) ?? 0);
  }

  #group(verbose: boolean, isFirst: boolean): Node | undefined {
    const start = this.#source.tell() - 1;
    if (!this.#source.match('?')) return this.#capture(start, verbose);
    const c = this.#source.get();
    switch (c) {
      case '':
        throw this.#source.fault('unexpected end of pattern');
      case 'P':
        return this.#named(start, verbose);
      case ':':
        return { is: 'scope', node: this.#closing(start, verbose), on: new Set(), off: new Set() };
      case '>':
        return { is: 'atomic', node: this.#closing(start, verbose) };
      case '#':
        while (this.#source.next !== ')') {
          if (this.#source.get() === '') {
            throw this.#source.fault('missing ), unterminated comment', this.#source.tell() - start);
          }
        }
        this.#source.get();
        return undefined;
      case '=':
      case '!':
        return { is: 'look', node: this.#closing(start, verbose), ahead: true, negated: c === '!' };
      case '<':
        return this.#behind(start, verbose);
      case '(':
        this.#conditionName();
        this.#closing(start, verbose);
        return { is: 'condition' };
      default:
        return this.#flagged(c, start, verbose, isFirst);
    }
  }

  #capture(start: number, verbose: boolean, name?: string): Node {
    const number = ++this.#groups;
    if (name !== undefined) {
      const known = this.#names.get(name);
      if (known !== undefined) {
        const message = `redefinition of group name ${repr(name)} as group ${number}; was group ${known}`;
        throw this.#source.fault(message, [...name].length + 1);
      }
      this.#names.set(name, number);
    }
    const node = this.#closing(start, verbose);
    this.#closed.add(number);
    return { is: 'group', node, number };
  }

  #closing(start: number, verbose: boolean): Node {
    const node = this.#branches(verbose);
    if (!this.#source.match(')')) {
      throw this.#source.fault('missing ), unterminated subpattern', this.#source.tell() - start);
    }
    return node;
  }

  #named(start: number, verbose: boolean): Node {
    const source = this.#source;
    const isReference = source.match('=');
    if (!isReference && !source.match('<')) {
      const c = source.get();
      throw c === ''
        ? source.fault('unexpected end of pattern')
        : source.fault(`unknown extension ?P${c}`, c.length + 2);
    }
    const name = source.getUntil(isReference ? ')' : '>', 'group name');
    if (!/^[\p{L}\p{Nl}_][\p{L}\p{N}\p{M}_]*$/u.test(name)) {
      throw source.fault(`bad character in group name ${repr(name)}`, [...name].length + 1);
    }
    if (!isReference) return this.#capture(start, verbose, name);
    const number = this.#names.get(name);
    if (number === undefined) throw source.fault(`unknown group name ${repr(name)}`, [...name].length + 1);
    if (!this.#closed.has(number)) throw source.fault('cannot refer to an open group', [...name].length + 1);
    return { is: 'reference', number };
  }

  #conditionName(): void {
    const name = this.#source.getUntil(')', 'group name');
    const length = [...name].length + 1;
    if (/^[\p{L}\p{Nl}_][\p{L}\p{N}\p{M}_]*$/u.test(name)) {
      if (!this.#names.has(name)) throw this.#source.fault(`unknown group name ${repr(name)}`, length);
      return;
    }
    if (!/^[0-9]+$/.test(name)) throw this.#source.fault(`bad character in group name ${repr(name)}`, length);
    if (Number(name) === 0) throw this.#source.fault('bad group number', length);
    if (Number(name) > this.#groups) throw this.#source.fault(`invalid group reference ${Number(name)}`, length);
  }

  #behind(start: number, verbose: boolean): Node {
    const c = this.#source.get();
    if (c === '') throw this.#source.fault('unexpected end of pattern');
    if (c !== '=' && c !== '!') throw this.#source.fault(`unknown extension ?<${c}`, [...c].length + 2);
    const node = this.#closing(start, verbose);
    const [least, most] = widthOf(node);
    if (least !== most) throw new ExpressionFault('value', 'error', 'look-behind requires fixed-width pattern');
    return { is: 'look', node, ahead: false, negated: c === '!' };
  }

  #flagged(c: string, start: number, verbose: boolean, isFirst: boolean): Node | undefined {
    const flags = readFlags(this.#source, c);
    if (!flags.scoped) {
      if (!isFirst) {
        const offset = this.#source.tell() - start;
        throw this.#source.fault('global flags not at the start of the expression', offset);
      }
      for (const flag of flags.on) this.#flags.add(flag);
      return undefined;
    }
    const within = (verbose || flags.on.has('x')) && !flags.off.has('x');
    return { is: 'scope', node: this.#closing(start, within), on: flags.on, off: flags.off };
  }
}

const itemOf = (what: number | Category): SetItem =>
  typeof what === 'number' ? { low: what, high: what } : { category: what };
