// operator/domain/expression/python/yaml/nodes.ts — what the loader asks of the nodes that the `yaml` package gives.
import type { Node } from 'yaml';
import { hashKey } from '../compare.ts';
import { isPlain, type PyObject } from '../values.ts';

/** What the parser gives for an entry of a mapping, with the tokens it was read from. */
export interface Pair {
  readonly key: Node | null;
  readonly value: Node | null;
  readonly srcToken?: { readonly start: readonly { readonly type: string }[] };
}

export const startOf = (node: Node): number => ('range' in node ? (node.range?.[0] ?? 0) : 0);
export const firstLine = (message: string): string => message.split('\n')[0] ?? message;
export const kindOf = (tag: string): string =>
  tag === 'seq' || tag === 'omap' || tag === 'pairs'
    ? 'sequence'
    : tag === 'map' || tag === 'set'
      ? 'mapping'
      : 'scalar';

export function canHash(key: PyObject): boolean {
  if (isPlain(key)) return false;
  try {
    hashKey(key);
    return true;
  } catch {
    return false;
  }
}
