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
  /** Values that are wrong as a whole: what else is wrong with them, or in them, only follows from that. */
  readonly #wrong = new Set<string>();
  readonly #lineOf: ((path: Path) => number) | undefined;
  constructor(lineOf?: (path: Path) => number) {
    this.#lineOf = lineOf;
  }

  add(type: MistralFinding['type'], path: Path, message: string, more: Partial<MistralFinding> = {}): void {
    if (this.#wrong.size > 0 && this.#isInWrong(path)) return;
    const line = this.#lineOf ? { line: this.#lineOf(path) } : {};
    this.found.push({ type, message, spec_path: path.join('.'), ...more, ...line });
  }

  /** A value that is wrong as a whole. */
  refuse(path: Path, message: string): void {
    this.add('syntax', path, message);
    this.#wrong.add(JSON.stringify(path));
  }

  /** Whether there is one of a definition's form after the first `count`. */
  hasSyntaxAfter(count: number): boolean {
    return this.found.slice(count).some(({ type }) => type === 'syntax');
  }

  /** Whether a value is as its schema has it; what is not is found, the most telling first. */
  fits(value: Value, schema: Plain, path: Path): boolean {
    let check = compiled.get(schema);
    if (!check) compiled.set(schema, (check = compileSchema(schema)));
    const run = check;
    const problems = evaluating(NOWHEN, () => run(value), DEFINITION_LIMITS);
    const all = [problems, ...problems.map((one) => [one])].map(bestProblem);
    for (const problem of new Set(all)) if (problem) this.#addProblem(problem, path);
    return problems.length === 0;
  }

  #addProblem({ text, path: inner, keyword, property }: Problem, path: Path): void {
    const isKey = keyword === 'additionalProperties' && property !== undefined;
    const at = [...path, ...inner, ...(isKey ? [property] : [])];
    const message = `Invalid DSL: ${evaluating(NOWHEN, () => text(repr), DEFINITION_LIMITS)}`;
    if (property === undefined && (inner.length > 0 || keyword === 'type')) this.refuse(at, message);
    else this.add('syntax', at, message);
  }

  #isInWrong(path: Path): boolean {
    return path.some((_, i) => this.#wrong.has(JSON.stringify(path.slice(0, i + 1))));
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
