// operator/domain/alias/aliases.ts — all aliases and a chat message → which alias is meant, and what help says of them.
import { evaluating, NOWHEN } from '../expression/evaluation.ts';
import { compileRegex } from '../expression/python/regex.ts';
import { matchesFormat } from './command.ts';

/** A format as alias files have it: a text that is shown and matched, or both apart. */
export type AliasFormat =
  | string
  | {
      readonly display?: string;
      readonly representation?: string | readonly string[];
      readonly match_multiple?: boolean;
    };

/** What is needed of an alias to find it. */
export interface Alias {
  readonly name: string;
  readonly pack: string;
  readonly description?: string;
  readonly enabled?: boolean;
  readonly formats: readonly AliasFormat[];
}

/** A format, with both forms made one. `display` undefined: not in the help; no representation: only in the help. */
export interface Format {
  readonly display: string | undefined;
  readonly representations: readonly string[];
  readonly matchMultiple: boolean;
}

export function readFormat(format: AliasFormat): Format {
  if (typeof format === 'string') return { display: format, representations: [format], matchMultiple: false };
  const { representation = [], match_multiple: matchMultiple = false } = format;
  const representations = typeof representation === 'string' ? [representation] : representation;
  return { display: format.display, representations, matchMultiple };
}

/** The one representation of one alias that a command matches. */
export interface Found<A extends Alias> {
  readonly alias: A;
  readonly display: string | undefined;
  readonly representation: string;
  readonly matchMultiple: boolean;
}

export type Choice<A extends Alias> =
  | { readonly outcome: 'found'; readonly found: Found<A> }
  | { readonly outcome: 'ambiguous' | 'none'; readonly message: string; readonly matches: readonly Found<A>[] };

/**
 * Finds the alias of a command: all formats that match once are tried first, those that match many times only if there was none.
 * @throws ExpressionFault `error` for a format that is no expression
 */
export function chooseAlias<A extends Alias>(aliases: readonly A[], command: string): Choice<A> {
  const enabled = aliases.filter((alias) => alias.enabled !== false);
  const single = matching(enabled, command, false);
  if (single.length > 1) return ambiguous(`Command '${command}' matched more than 1 pattern`, single);
  const matches = single.length === 1 ? single : matching(enabled, command, true);
  if (matches.length > 1) return ambiguous(`Command '${command}' matched more than 1 (multi) pattern`, matches);
  const [found] = matches;
  if (!found) return { outcome: 'none', message: `Command '${command}' matched no patterns`, matches };
  return { outcome: 'found', found };
}

const ambiguous = <A extends Alias>(message: string, matches: readonly Found<A>[]) =>
  ({ outcome: 'ambiguous', message, matches }) as const;

function matching<A extends Alias>(aliases: readonly A[], command: string, multiple: boolean): readonly Found<A>[] {
  return aliases.flatMap((alias) =>
    alias.formats
      .map(readFormat)
      .filter((format) => format.matchMultiple === multiple)
      .flatMap(({ display, representations, matchMultiple }) =>
        representations
          .filter((representation) => matchesFormat(representation, command))
          .map((representation) => ({ alias, display, representation, matchMultiple })),
      ),
  );
}

/** What help is asked for. `filter` is an expression that the shown format has, letter case aside; `limit` 0 is all. */
export interface HelpQuery {
  readonly filter?: string;
  readonly pack?: string;
  readonly limit?: number;
  readonly offset?: number;
}

export interface HelpText {
  readonly pack: string;
  readonly display: string;
  readonly description: string | undefined;
}

/** The formats that are shown, of aliases that are enabled; `available` counts them all. @throws ExpressionFault for a bad filter */
export function helpOf(
  aliases: readonly Alias[],
  { filter = '', pack, limit = 0, offset = 0 }: HelpQuery,
): { readonly available: number; readonly helpstrings: readonly HelpText[] } {
  return evaluating(NOWHEN, () => {
    const wanted = compileRegex(filter, { ignoreCase: true });
    const all = aliases
      .filter((alias) => alias.enabled !== false && (!pack || alias.pack === pack))
      .flatMap(({ formats, pack: from, description }) =>
        formats.flatMap((format) => {
          const { display } = readFormat(format);
          return display && wanted.test(display) ? [{ pack: from, display, description }] : [];
        }),
      );
    const end = limit > 0 ? offset + limit : undefined;
    return { available: all.length, helpstrings: all.slice(offset, end) };
  });
}
