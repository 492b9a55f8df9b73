// operator/domain/expression/python/regex.ts — Python's `re` on RE2, which takes linear time whatever the expression and the text are.
import { allowCharacters, allowItems, spend } from '../evaluation.ts';
import { ExpressionFault } from '../fault.ts';
import { SourceCache } from '../source-cache.ts';
import { parseRegex } from './regex/parser.ts';
import { Program, type Spans } from './regex/program.ts';
import { KEPT_INSTRUCTIONS } from './regex/size.ts';
import { parseTemplate } from './regex/template.ts';
import type { Pattern } from './regex/tree.ts';
import { textLength } from './text.ts';

/** Python's flags re.I, re.S, re.M, re.A and re.X; an expression may set them itself, as (?is). */
export interface RegexFlags {
  readonly ignoreCase?: boolean;
  readonly dotAll?: boolean;
  readonly multiline?: boolean;
  readonly ascii?: boolean;
  readonly verbose?: boolean;
}

/** Longest expression, in characters. */
const PATTERN_MAX = 4096;
/** What it takes to make something of an occurrence, in steps. */
const MATCH_STEPS = 4;
/** By flags and text. */
const kept = new SourceCache<Regex>({ weight: KEPT_INSTRUCTIONS, weigh: (regex) => regex.weight() });

/** An expression as Python's `re` reads it; remembered. @throws ExpressionFault `error`, as Python's re.error, also for what RE2 does not take; budget for too large a program */
export function compileRegex(pattern: string, flags: RegexFlags = {}): Regex {
  const letters = lettersOf(flags);
  const key = `${letters}/${pattern}`;
  if (pattern.length > PATTERN_MAX) {
    throw new ExpressionFault('value', 'error', `the expression is longer than ${PATTERN_MAX} characters`);
  }
  return kept.get(key, () => new Regex(parseRegex(pattern, new Set(letters))));
}

const lettersOf = ({ ignoreCase, dotAll, multiline, ascii, verbose }: RegexFlags): string =>
  `${ignoreCase ? 'i' : ''}${dotAll ? 's' : ''}${multiline ? 'm' : ''}${ascii ? 'a' : ''}${verbose ? 'x' : ''}`;

/** A compiled expression. */
export class Regex {
  readonly #program: Program;
  /** Number of groups that capture. */
  readonly groups: number;
  /** Numbers of the groups that have names. */
  readonly names: ReadonlyMap<string, number>;
  constructor(pattern: Pattern) {
    this.#program = new Program(pattern);
    this.groups = pattern.groups;
    this.names = pattern.names;
  }

  /** Whether it occurs in a text: bool(re.search()). The fastest of all. */
  test(text: string): boolean {
    return this.#program.test(text, 'anywhere');
  }
  /** Whether a text begins with it: bool(re.match()). */
  testStart(text: string): boolean {
    return this.#program.test(text, 'start');
  } /** The steps that it takes to begin with a text, for spend(): what is large is not tried on what is long. */
  cost(text: string): number {
    return Math.ceil((text.length * this.#program.size()) / 4096);
  }

  /** Instructions of all programs that it may come to have, for the different kinds of text. */
  weight(): number {
    return this.#program.weight();
  }

  /** Its first occurrence; `from` is in UTF-16 units. */
  search(text: string, from = 0): Match | undefined {
    const spans = this.#program.find(text, from, 'anywhere');
    return spans && new Match(this, text, spans);
  }
  /** What a text begins with. */
  match(text: string): Match | undefined {
    const spans = this.#program.find(text, 0, 'start');
    return spans && new Match(this, text, spans);
  }
  /** The whole text. */
  fullmatch(text: string): Match | undefined {
    const spans = this.#program.find(text, 0, 'whole');
    return spans && new Match(this, text, spans);
  }

  /** All occurrences, as re.finditer(): an empty one may follow the one before at once. */
  *matches(text: string): IterableIterator<Match> {
    const find = this.#program.finder(text, 'anywhere');
    for (let at = 0; at <= text.length; ) {
      const spans = find(at);
      const [start, end] = spans?.[0] ?? [0, 0];
      if (!spans) return;
      spend(MATCH_STEPS + this.groups);
      yield new Match(this, text, spans);
      at = end > start ? end : end + ((text.codePointAt(end) ?? 0) > 0xffff ? 2 : 1);
    }
  }

  /** re.findall(): the match, its only group, or all its groups; '' for groups without a part in it. */
  findall(text: string): (string | readonly string[])[] {
    const found: (string | readonly string[])[] = [];
    for (const match of this.matches(text)) {
      const groups = Array.from({ length: this.groups }, (_, i) => match.group(i + 1) ?? '');
      found.push(this.groups === 0 ? (match.group(0) ?? '') : this.groups === 1 ? (groups[0] ?? '') : groups);
    }
    allowItems(found.length);
    return found;
  }

  /** re.sub(); `count` 0: all. @throws ExpressionFault for a replacement with unknown groups or escapes */
  sub(replacement: string | ((match: Match) => string), text: string, count = 0): string {
    const template = typeof replacement === 'string' ? parseTemplate(replacement, this.groups, this.names) : undefined;
    const expand = (match: Match): string => {
      if (typeof replacement !== 'string') return replacement(match);
      return template?.map((part) => (typeof part === 'string' ? part : (match.group(part) ?? ''))).join('') ?? '';
    };
    const parts: string[] = [];
    let [at, size, times] = [0, 0, 0];
    for (const match of this.matches(text)) {
      const [start, end] = match.units(0);
      const next = text.slice(at, start) + expand(match);
      allowCharacters((size += next.length));
      parts.push(next);
      at = end;
      if (++times === count) break;
    }
    allowCharacters(size + text.length - at);
    return parts.join('') + text.slice(at);
  }

  /** re.split(); groups are part of the result, undefined where they have no part. `count` 0: at all. */
  split(text: string, count = 0): (string | undefined)[] {
    const parts: (string | undefined)[] = [];
    let [at, times] = [0, 0];
    for (const match of this.matches(text)) {
      const [start, end] = match.units(0);
      parts.push(text.slice(at, start));
      for (let group = 1; group <= this.groups; group++) parts.push(match.group(group));
      at = end;
      if (++times === count) break;
    }
    parts.push(text.slice(at));
    allowItems(parts.length);
    return parts;
  }
}

/** An occurrence. Groups are told by number or name, 0 is all of it. */
export class Match {
  readonly #regex: Regex;
  readonly text: string;
  readonly #spans: Spans;
  constructor(regex: Regex, text: string, spans: Spans) {
    this.#regex = regex;
    this.text = text;
    this.#spans = spans;
  }

  /** Start and end of a group in UTF-16 units; -1 for one without a part. */
  units(group: number | string): readonly [start: number, end: number] {
    const number = typeof group === 'number' ? group : this.#regex.names.get(group);
    return (number === undefined ? undefined : this.#spans[number]) ?? [-1, -1];
  }
  /** The text of a group; undefined for one without a part, and for one that there is not. */
  group(group: number | string = 0): string | undefined {
    const [start, end] = this.units(group);
    return start < 0 ? undefined : this.text.slice(start, end);
  }
  /** Start and end of a group in code points, as Python counts; -1 for one without a part. */
  span(group: number | string = 0): readonly [start: number, end: number] {
    const [start, end] = this.units(group);
    if (start < 0) return [-1, -1];
    const before = textLength(this.text.slice(0, start));
    return [before, before + textLength(this.text.slice(start, end))];
  }
  /** The texts of all groups, from 1 on. */
  groups(): readonly (string | undefined)[] {
    return this.#spans.slice(1).map((_, i) => this.group(i + 1));
  }
  /** The groups that have names. */
  named(): ReadonlyMap<string, string | undefined> {
    return new Map(Array.from(this.#regex.names, ([name, number]) => [name, this.group(number)]));
  }
}
