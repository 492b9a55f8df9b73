// operator/domain/expression/python/regex/refusal.ts — what an engine of linear time cannot do, and what to do instead.
import { ExpressionFault } from '../../fault.ts';

const refusal = (what: string, remedy: string) =>
  new ExpressionFault('value', 'error', `${what} not available: expressions are matched in linear time; ${remedy}`);

export const REFUSALS = {
  reference: () => refusal('references to groups (\\1, (?P=name)) are', 'compare the groups after the match'),
  condition: () => refusal('conditional groups (?(1)…|…) are', 'write the alternatives out'),
  look: () =>
    refusal(
      'a lookahead (?=…) or (?!…) is, in this place,',
      'it may stand at the start after ^, or at the end; otherwise match twice, once for each condition',
    ),
  atomic: () => refusal('atomic groups (?>…) and possessive repeats are', 'use ordinary ones where they give the same'),
  size: () => refusal('repeats that make an expression this large are', 'use smaller numbers, or * and +'),
} as const;
