// operator/domain/expression/python/yaml/plain-words.ts — a word or a quoted text of YAML → its value; undefined for what needs the whole parser.
import type { Value } from '../values.ts';
import { constructScalar } from './construct.ts';
import { resolveTag } from './resolve.ts';

const TAGS: ReadonlySet<string> = new Set(['str', 'int', 'float', 'bool', 'null']);

export function plainWord(text: string): Value | undefined {
  const tag = resolveTag(text);
  if (tag === 'str') return text;
  return TAGS.has(tag) ? constructScalar(text, tag) : undefined;
}

/** With its quotes; escapes are for the whole parser. */
export function quoted(text: string): string | undefined {
  const inner = text.slice(1, -1);
  if (text.startsWith('"')) return /^"[^"\\]*"$/.test(text) ? inner : undefined;
  return /^'(?:[^']|'')*'$/.test(text) ? inner.replaceAll("''", "'") : undefined;
}
