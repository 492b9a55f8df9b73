// operator/domain/expression/yaql/regex-object.ts — what regex() gives: a compiled expression as a value.
import { compileRegex, type Regex as Program } from '../python/regex.ts';
import { repr } from '../python/repr.ts';
import { PyObject, type Value } from '../python/values.ts';

export class Regex extends PyObject {
  readonly typeName = 'Pattern';
  readonly program: Program;
  readonly #pattern: string;
  readonly #flags: readonly string[];
  /** @throws ExpressionFault `error` */
  constructor(pattern: string, ignoreCase: boolean, multiline: boolean, dotAll: boolean) {
    super();
    this.program = compileRegex(pattern, { ignoreCase, multiline, dotAll });
    this.#pattern = pattern;
    const names = { 're.IGNORECASE': ignoreCase, 're.MULTILINE': multiline, 're.DOTALL': dotAll };
    this.#flags = Object.entries(names).flatMap(([name, isOn]) => (isOn ? [name] : []));
  }
  repr(): string {
    return `re.compile(${[repr(this.#pattern), ...(this.#flags.length > 0 ? [this.#flags.join('|')] : [])].join(', ')})`;
  }
  override equals(other: Value): boolean {
    return other instanceof Regex && other.repr() === this.repr();
  }
  override hashKey(): string {
    return `re:${this.repr()}`;
  }
}
