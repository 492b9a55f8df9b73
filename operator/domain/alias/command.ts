// operator/domain/alias/command.ts — a chat message and an alias' format → the parameters of the action.
import { evaluating, NOWHEN } from '../expression/evaluation.ts';
import { SourceCache } from '../expression/source-cache.ts';
import { ExpressionFault, undefinedFault, valueFault } from '../expression/fault.ts';
import type { Scope } from '../expression/functions/call.ts';
import { kvScopes } from '../expression/functions/kv.ts';
import { renderValues } from '../expression/jinja/render-values.ts';
import { type AnyDict, Dict, dictEntries, dictGet, dictHas, dictSize } from '../expression/python/dict.ts';
import { compileRegex } from '../expression/python/regex.ts';
import { str } from '../expression/python/repr.ts';
import { findMatch, type Slots } from './automaton-run.ts';
import { compileFormat, type FormatPattern } from './format-pattern.ts';

/** Texts by the names of the parameters; null for a named group of the format that had no part in the match. */
export type Parameters = ReadonlyMap<string, string | null>;

/** Longest format and longest command, in characters. */
const FORMAT_MAX = 2000;
const COMMAND_MAX = 16_000;
const patterns = new SourceCache<FormatPattern>();

/** Matches a command with a format. @throws ExpressionFault ParseException when it does not match, `error` for a bad format */
export function matchCommand(format: string, command: string): Parameters {
  return evaluating(NOWHEN, () => {
    const { pattern, pairs, rest } = prepared(format, command);
    const match = findMatch(pattern.automaton, codesOf(rest), 0);
    if (!match) throw parseFault(`Command "${command}" doesn't match format string "${format}"`);
    return parametersOf(namedOf(match, pattern, codesOf(rest)), pattern, pairs, format !== '' && rest.trim() === '');
  });
}

/** All matches of a command with a format that says `match_multiple`, each with its parameters. @throws ExpressionFault `error` */
export function matchCommandMultiple(format: string, command: string): readonly Parameters[] {
  return evaluating(NOWHEN, () => {
    const { pattern, pairs, rest } = prepared(format, command);
    const isEmpty = format !== '' && rest.trim() === '';
    const codes = codesOf(rest);
    const all: Parameters[] = [];
    for (let at = 0, advance = false; ; ) {
      const match = findMatch(pattern.automaton, codes, at, advance);
      if (!match) break;
      all.push(parametersOf(namedOf(match, pattern, codes), pattern, pairs, isEmpty));
      const [start = 0, end = 0] = match;
      at = end;
      advance = end === start;
    }
    return all;
  });
}

/** Whether a command matches a format. @throws ExpressionFault `error` */
export function matchesFormat(format: string, command: string): boolean {
  try {
    matchCommand(format, command);
    return true;
  } catch (error) {
    if (error instanceof ExpressionFault && error.type === 'ParseException') return false;
    throw error;
  }
}

const parseFault = (message: string) => new ExpressionFault('validation', 'ParseException', message);

function prepared(format: string, command: string) {
  if (format.length > FORMAT_MAX) throw valueFault(`the format is longer than ${FORMAT_MAX} characters`);
  if (command.length > COMMAND_MAX) throw parseFault(`the command is longer than ${COMMAND_MAX} characters`);
  return { pattern: patternOf(format), ...cutPairs(command) };
}

const patternOf = (format: string): FormatPattern => patterns.get(format, compileFormat);

const PAIR = String.raw`(?:^|\s+)\s*(\S+?)\s*=(""|''|"(.+?)"|'(.+?)'|({.+?})|(\S+))`;
const ENDING = String.raw`.*?((${PAIR}\s*)*)$`;

/** Cuts `key=value` pairs off the end of a command; the rest has a blank on each side. */
function cutPairs(command: string): { pairs: readonly (readonly [string, string])[]; rest: string } {
  const ending = compileRegex(ENDING, { dotAll: true }).match(command)?.group(1) ?? '';
  if (ending === '') return { pairs: [], rest: ` ${command} ` };
  const found = compileRegex(PAIR, { dotAll: true }).findall(ending);
  const pairs = found.map(([key = '', , ...parts]) => [key, parts.join('')] as const);
  return { pairs, rest: ` ${command.replaceAll(ending, '')} ` };
}

const codesOf = (text: string): readonly number[] => Array.from(text, (c) => c.codePointAt(0) ?? 0);

function namedOf(match: Slots, { names }: FormatPattern, codes: readonly number[]): Map<string, string | null> {
  const named = new Map<string, string | null>();
  for (const [name, group] of names) {
    const start = match[group * 2];
    const end = match[group * 2 + 1];
    const isSet = start !== undefined && end !== undefined;
    named.set(
      name,
      isSet
        ? codes
            .slice(start, end)
            .map((code) => String.fromCodePoint(code))
            .join('')
        : null,
    );
  }
  return named;
}

function parametersOf(
  named: ReadonlyMap<string, string | null>,
  { defaults }: FormatPattern,
  pairs: readonly (readonly [string, string])[],
  isEmpty: boolean,
): Parameters {
  const parameters = new Map(named);
  for (const [name, value] of defaults) {
    const given = parameters.get(name);
    if (given === undefined) throw undefinedFault('KeyError', `'${name}'`);
    parameters.set(name, given === null || given === '' ? value : given);
  }
  for (const [key, value] of pairs) parameters.set(key, value);
  if (isEmpty && ![...parameters.values()].some((value) => value !== null && value !== '')) {
    throw parseFault('No value supplied and no default value found.');
  }
  return parameters;
}

/**
 * Adds an alias' immutable parameters, rendered with the datastore and the context of the execution. `scope.context.user` owns the
 * entries of `st2kv.user`. @throws ExpressionFault ValueError when a command sets one of them, and what rendering throws
 */
export function addImmutable(
  immutable: AnyDict | undefined,
  commands: readonly AnyDict[],
  scope: Scope,
): readonly AnyDict[] {
  if (!immutable || dictSize(immutable) === 0) return commands;
  return evaluating(NOWHEN, () => {
    const { context, datastore } = scope;
    const user = dictGet(context, 'user') ?? null;
    const st2kv = kvScopes(datastore, user === null ? undefined : str(user));
    const rendered = renderValues(immutable, {
      ...scope,
      context: new Dict([['st2kv', st2kv], ...dictEntries(context)]),
    });
    return commands.map((parameters) => {
      const given = [...dictEntries(immutable)].map(([key]) => key).filter((key) => dictHas(parameters, key));
      if (given.length > 0) throw valueFault(`Immutable arguments cannot be overriden: ${given.map(str).join(',')}`);
      return new Dict([...dictEntries(parameters), ...dictEntries(rendered)]);
    });
  });
}
