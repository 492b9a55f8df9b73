// operator/domain/workflow/orquesta/load.ts — the text of a definition → its value, as orquesta's own YAML loader reads it.
import { evaluating, type Limits, NOWHEN } from '../../expression/evaluation.ts';
import { ExpressionFault } from '../../expression/fault.ts';
import { Dict, dictEntries } from '../../expression/python/dict.ts';
import { isList, isPlain, type Value } from '../../expression/python/values.ts';
import { loadYaml } from '../../expression/python/yaml-load.ts';

/** Longest text of a definition, in characters. */
const TEXT_MAX = 1024 * 1024;
/** Values in a definition, with those that aliases repeat counted each time. */
const VALUES_MAX = 200_000;
export const DEFINITION_LIMITS: Limits = {
  steps: 64 * TEXT_MAX,
  characters: 16 * TEXT_MAX,
  items: VALUES_MAX,
  depth: 100,
};

/** The value of a YAML text. @throws ExpressionFault of PyYAML's classes, or of kind budget for what is too large */
export function loadDefinition(text: string): Value {
  if (text.length > TEXT_MAX) throw tooLarge(`it has more than ${TEXT_MAX} characters`);
  const value = evaluating(NOWHEN, () => loadYaml(text, { uniqueKeys: true }), DEFINITION_LIMITS);
  checkSize(value);
  return value;
}

/** @throws ExpressionFault when a value is so large or so deep that checking it would take long */
export function checkSize(value: Value): void {
  if (expandedSize(value, new Map(), 0) > VALUES_MAX) throw tooLarge(`it has more than ${VALUES_MAX} values`);
}

/** The number of values that writing all of it out would take; what is shared is counted once and multiplied. */
function expandedSize(value: Value, known: Map<Value, number>, depth: number): number {
  if (typeof value !== 'object' || value === null) return 1;
  if (depth > DEFINITION_LIMITS.depth) throw tooLarge('it is nested too deeply');
  const size = known.get(value);
  if (size !== undefined) return size;
  let total = 1;
  for (const part of partsOf(value)) total += expandedSize(part, known, depth + 1);
  known.set(value, total);
  return total;
}

function partsOf(value: Value): readonly Value[] {
  if (isList(value)) return value;
  if (isPlain(value) || value instanceof Dict) return dictEntries(value).map(([, item]) => item);
  return [];
}

const tooLarge = (message: string) => new ExpressionFault('budget', 'BudgetExceeded', message);
