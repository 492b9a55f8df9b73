// operator/domain/action/secret-stand-ins.ts — what stands for secrets while templates are rendered, and whether a template has touched them.
import { secretMark } from '../../api/envelope.ts';
import { ExpressionFault } from '../expression/fault.ts';
import { type Operator, PyObject, type Value } from '../expression/python/values.ts';

/**
 * Templates are rendered several times, with texts in a secret's place that have nothing in common: a template that only writes the
 * secret somewhere gives the same each time, but for those texts. One that cuts, converts or measures it does not: it would change
 * the mark, of which only the pod knows what it stands for.
 */
export interface StandIns {
  /** What templates see as each secret parameter. */
  readonly values: Readonly<Record<string, SecretText>>;
  /** Puts the marks in the place of the texts. */
  readonly mark: (text: string) => string;
  /** Hides the texts, for messages. */
  readonly mask: (text: string) => string;
}

/**
 * The stand-ins that are kept, and those that tell whether a template has touched them: single characters, and texts longer than
 * any cut, with blanks around and signs that are escaped everywhere but in JSON. None of their signs is in `taken`, all the text
 * that templates may see; `seed` makes the first ones hard to guess.
 */
export function standInsFor(names: readonly string[], taken: string, seed: number) {
  const [mark = '', ...signs] = freeSigns(names.length + 1, taken);
  const first = standIns(names, mark, (i) => `${mark}${(seed >>> 0).toString(36)}.secret.${i}${mark}`);
  const signOf = (index: number) => signs[index] ?? '';
  const others = [
    standIns(names, mark, signOf),
    standIns(names, mark, (i) => ` ${signOf(i)}<&>'${'aZ '.repeat(400)}${signOf(i)} `),
  ];
  return { first, others };
}

/** Characters for private use, which are neither in a text nor written there as an escape. */
export function freeSigns(count: number, taken: string): readonly string[] {
  const lower = taken.toLowerCase();
  const signs: string[] = [];
  for (let code = 0xe000; signs.length < count; code = code === 0xf8ff ? 0xf0000 : code + 1) {
    const sign = String.fromCodePoint(code);
    if (!lower.includes(sign) && !lower.includes(code.toString(16))) signs.push(sign);
  }
  return signs;
}

/** A secret as templates see it: it can be tested for being there, printed and joined with text; all else is a fault. */
export class SecretText extends PyObject {
  readonly #text: string;
  constructor(text: string) {
    super();
    this.#text = text;
  }
  /** Whatever does not know what to do with a value asks for its type, to say so. */
  get typeName(): never {
    throw untold();
  }
  repr(): never {
    throw untold();
  }
  override text(): string {
    return this.#text;
  }
  override format(spec: string): string {
    if (spec === '') return this.#text;
    throw untold();
  }
  override operate(sign: Operator, other: Value, mirrored: boolean): Value {
    const text = other instanceof SecretText ? other.text() : other;
    if (sign !== '+' || typeof text !== 'string') throw untold();
    return mirrored ? text + this.#text : this.#text + text;
  }
  override isText(): never {
    throw untold();
  }
  override equals(): never {
    throw untold();
  }
  override compareTo(): never {
    throw untold();
  }
  override contains(): never {
    throw untold();
  }
  override iterate(): never {
    throw untold();
  }
  override size(): never {
    throw untold();
  }
  override attribute(): never {
    throw untold();
  }
  override hashKey(): never {
    throw untold();
  }
}

const untold = () => new ExpressionFault('security', 'SecretError', 'the value of a secret is known in the pod only');

/** Whether a template wanted to know something about a secret. */
export const isSecretFault = (error: unknown): boolean =>
  error instanceof ExpressionFault && error.type === 'SecretError';

function standIns(names: readonly string[], mark: string, textOf: (index: number) => string): StandIns {
  const pairs = names.map((name, i): readonly [string, string] => [name, textOf(i)]);
  const escaped = `\\u${mark.charCodeAt(0).toString(16)}`;
  const replaced = (text: string, by: (name: string) => string) =>
    pairs.reduce((result, [name, standIn]) => result.replaceAll(standIn, () => by(name)), text);
  return {
    values: Object.fromEntries(pairs.map(([name, text]) => [name, new SecretText(text)])),
    mark: (text) => replaced(text, secretMark),
    mask: (text) => replaced(text.replaceAll(escaped, mark), () => '********'),
  };
}
