// operator/domain/expression/python/growth.ts — limits for collections that grow item by item.
import { allowItems } from '../evaluation.ts';

/** Collections up to this size are free: constants of modules are made outside of evaluations. */
const FEW = 64;

/**
 * Counts one more item of a collection that has `size`. It looks when the size has doubled, so that a long list costs its length
 * and not the square of it; a collection may thus be up to twice as long as it could be made at once. @throws ExpressionFault
 */
export function allowGrowth(size: number): void {
  if (size >= FEW && (size & (size - 1)) === 0) allowItems(size);
}
