// operator/domain/workflow/inspect-places.ts — where findings are in a definition → lines and columns of its text.
import type { Place } from '../expression/fault.ts';
import { dictGet, dictKeys, isDict } from '../expression/python/dict.ts';
import { isList, type Value } from '../expression/python/values.ts';
import type { FieldPath, YamlText } from '../pack/yaml-text.ts';
import type { LocatedFinding } from './inspect-source.ts';

/**
 * `tasks.t1.next[0].do` → the steps, by what is there: names may have dots. Ends where nothing is.
 * Linear in the path times the keys on the way.
 */
export function stepsTo(value: Value, path: string): FieldPath {
  const steps: (string | number)[] = [];
  let [at, rest]: [Value, string] = [value, path];
  while (rest !== '') {
    const step = isList(at) ? indexIn(rest) : keyIn(at, rest);
    if (!step) break;
    steps.push(step.name);
    at = partOf(at, step.name);
    rest = rest.slice(step.length).replace(/^\./, '');
  }
  return steps;
}

/** What stands there, or above it where there is nothing. */
export const valueAt = (value: Value, path: string): Value => stepsTo(value, path).reduce(partOf, value);

function partOf(value: Value, name: string | number): Value {
  if (isList(value)) return (typeof name === 'number' ? value[name] : undefined) ?? null;
  return (isDict(value) ? dictGet(value, name) : undefined) ?? null;
}

interface Step {
  readonly name: string | number;
  readonly length: number;
}

function indexIn(path: string): Step | undefined {
  const found = /^(?:\[(\d+)\]|(\d+)(?=\.|$))/.exec(path);
  return found ? { name: Number(found[1] ?? found[2]), length: found[0].length } : undefined;
}

/** The longest key that the path begins with. */
function keyIn(value: Value, path: string): Step | undefined {
  if (!isDict(value)) return undefined;
  let best: string | undefined;
  for (const key of dictKeys(value)) {
    if (typeof key !== 'string' || (best !== undefined && key.length <= best.length)) continue;
    if (path.startsWith(key) && /^(?:$|[.[])/.test(path.slice(key.length))) best = key;
  }
  return best === undefined ? undefined : { name: best, length: best.length };
}

/** A text, what it says, and where in it the definition stands. */
export interface Page {
  readonly text: YamlText;
  readonly value: Value;
  /** Steps to the definition. Default: it is the whole. */
  readonly within?: FieldPath;
}

/** Findings with their places; those that have one keep it. */
export const located = (findings: readonly LocatedFinding[], page: Page): readonly LocatedFinding[] =>
  findings.map((finding) => (finding.column === undefined ? { ...finding, ...placeOn(page, finding) } : finding));

const placeOn = ({ text, value, within = [] }: Page, { spec_path = '' }: LocatedFinding): Place =>
  text.placeOf([...within, ...stepsTo(value, spec_path)]);
