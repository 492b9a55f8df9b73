// operator/domain/alias/format-pattern.ts — an alias' format → the expression that commands are matched with, anchors added, in linear time.
import { compileRegex, type Match } from '../expression/python/regex.ts';
import { parseRegex } from '../expression/python/regex/parser.ts';
import type { Node } from '../expression/python/regex/tree.ts';
import { type Automaton, compileAutomaton } from './automaton.ts';

/** A format, compiled: what it matches, and the parameters with defaults in their order. */
export interface FormatPattern {
  readonly automaton: Automaton;
  /** Numbers of the groups that have names: parameters, and those that the format itself has. */
  readonly names: ReadonlyMap<string, number>;
  readonly defaults: readonly (readonly [name: string, value: string])[];
}

const DOT_ALL = { dotAll: true };

/** A quoted text, an object, or as little as will do. */
const VALUE = String.raw`""|''|"(.+?)"|'(.+?)'|(\{.+?\})|(.+?)`;
const OPTIONAL = String.raw`\{\{\s*(\S+?)\s*\s*=\s*(?:${VALUE})\s*\}\}`;
const REQUIRED = String.raw`\{\{\s*(\S+?)\s*\}\}`;

/**
 * Compiles a format: `{{name}}` and `{{name=default}}` become groups, everything else is Python's regular expression as it stands.
 * @throws ExpressionFault `error`, as Python's re.error, for what is no expression
 */
export function compileFormat(format: string): FormatPattern {
  const defaults = compileRegex(OPTIONAL, DOT_ALL)
    .findall(format)
    .map(([name = '', ...parts]) => [name, parts.join('')] as const);
  const parameter = (match: Match) => groupFor(match.group(1) ?? '', match.group(2) ?? '');
  // What looks like an optional parameter with a line break in its default is none, and is no required one either.
  const withOptional = compileRegex(String.raw`(\s*)${OPTIONAL}`).sub((match) => `(?:${parameter(match)})?`, format);
  const source = compileRegex(String.raw`(\s*)${REQUIRED}`).sub(parameter, withOptional);
  const flags = new Set(['s']);
  const { node } = parseRegex(source, flags);
  const start = hasAnchor(node, 'begin') ? '' : String.raw`^\s*`;
  const end = hasAnchor(node, 'end') ? '' : String.raw`\s*$`;
  const pattern = parseRegex(start + source + end, flags);
  return { automaton: compileAutomaton(pattern), names: pattern.names, defaults };
}

/** StackStorm's expression of one parameter: quotes around it are not part of it. */
const groupFor = (blanks: string, name: string) =>
  String.raw`${blanks}["\']?(?P<${name}>(?:(?<=\').+?(?=\')|(?<=").+?(?=")|{.+?}|.+?))["\']?`;

/** The items of a sequence, those of groups without a name among them. */
function itemsOf(node: Node): readonly Node[] {
  if (node.is === 'sequence') return node.nodes.flatMap(itemsOf);
  return node.is === 'scope' && node.on.size === 0 && node.off.size === 0 ? itemsOf(node.node) : [node];
}

/**
 * Whether StackStorm sees an anchor. It looks into groups, and of alternatives into the second only, once what they all begin with
 * is taken out of them; not into repeats and lookarounds.
 */
function hasAnchor(node: Node, end: 'begin' | 'end'): boolean {
  return itemsOf(node).some((item) => {
    switch (item.is) {
      case 'at':
        return item.position === end || item.position === `${end} text`;
      case 'group':
      case 'scope':
        return hasAnchor(item.node, end);
      case 'branch':
        return branchHasAnchor(item.nodes.map(itemsOf), end);
      default:
        return false;
    }
  });
}

function branchHasAnchor(alternatives: readonly (readonly Node[])[], end: 'begin' | 'end'): boolean {
  const [first] = alternatives[0] ?? [];
  if (first && alternatives.every(([other]) => other && JSON.stringify(other) === JSON.stringify(first))) {
    return (
      hasAnchor(first, end) ||
      branchHasAnchor(
        alternatives.map((nodes) => nodes.slice(1)),
        end,
      )
    );
  }
  return hasAnchor({ is: 'sequence', nodes: alternatives[1] ?? [] }, end);
}
