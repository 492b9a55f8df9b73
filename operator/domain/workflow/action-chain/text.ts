// operator/domain/workflow/action-chain/text.ts — any value as a text, for messages and keys: in and outside of evaluations.
import { evaluating, NOWHEN } from '../../expression/evaluation.ts';
import { ExpressionFault } from '../../expression/fault.ts';
import { str } from '../../expression/python/repr.ts';
import { typeName, type Value } from '../../expression/python/values.ts';

/** Python's str(); of what is too large for that, its class. */
export function textOf(value: Value): string {
  if (typeof value === 'string') return value;
  try {
    return evaluating(NOWHEN, () => str(value));
  } catch (error) {
    if (!(error instanceof ExpressionFault)) throw error;
    return `<${typeName(value)}>`;
  }
}
