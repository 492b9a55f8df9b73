// operator/domain/workflow/mistral/findings.ts — what is wrong with a definition, as it is found: schemas, expressions, sense.
import { compileSchema } from '../../action/json-schema.ts';
import { bestProblem, type Problem } from '../../action/schema-problem.ts';
import { evaluating, NOWHEN } from '../../expression/evaluation.ts';
import { ExpressionFault } from '../../expression/fault.ts';
import { repr } from '../../expression/python/repr.ts';
import { isList, isPlain, type Plain, type Value } from '../../expression/python/values.ts';
import type { Finding } from '../engine.ts';
import { DEFINITION_LIMITS } from '../orquesta/load.ts';
import { validateText } from './validate-text.ts';

/** Keys and numbers of items, from the outermost in. */
export type Path = readonly (string | number)[];

/** A finding; the line is there when the definition was given as a text. */
export interface MistralFinding extends Finding {
  readonly line?: number;
}

const compiled = new Map<Plain, (value: Value) => readonly Problem[]>();

/** Collects findings; `lineOf` knows the text. */
export class Findings {
  readonly found: MistralFinding[] = [];
  readonly #lineOf: ((path: Path) => number) | undefined;
  constructor(lineOf?: (path: Path) => number) {
    this.#lineOf = lineOf;
  }

  add(type: MistralFinding['type'], path: Path, message: string, more: Partial<MistralFinding> = {}): void {
    const line = this.#lineOf ? { line: this.#lineOf(path) } : {};
    this.found.push({ type, message, spec_path: path.join('.'), ...more, ...line });
  }

  /** Whether a value is as its schema has it; what is not is found, the most telling only. */
  fits(value: Value, schema: Plain, path: Path): boolean {
    let check = compiled.get(schema);
    if (!check) compiled.set(schema, (check = compileSchema(schema)));
    const run = check;
    const problem = evaluating(NOWHEN, () => bestProblem(run(value)), DEFINITION_LIMITS);
    if (!problem) return true;
    const text = evaluating(NOWHEN, () => problem.text(repr), DEFINITION_LIMITS);
    this.add('syntax', [...path, ...problem.path], `Invalid DSL: ${text}`);
    return false;
  }

  /** The expressions of a text, of a list's items or an object's values: one level, as Mistral looks. */
  checkExpressions(value: Value, path: Path): void {
    if (typeof value === 'string') this.#checkText(value, path);
    else if (isList(value)) for (const [at, item] of value.entries()) this.#checkText(item, [...path, at]);
    else if (isPlain(value)) for (const [key, item] of Object.entries(value)) this.#checkText(item, [...path, key]);
  }

  #checkText(value: Value, path: Path): void {
    if (typeof value !== 'string') return;
    try {
      validateText(value);
    } catch (fault) {
      if (!(fault instanceof ExpressionFault)) throw fault;
      this.add('expression', path, fault.message, { expression: value });
    }
  }
}
