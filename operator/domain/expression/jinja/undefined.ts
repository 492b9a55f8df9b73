// operator/domain/expression/jinja/undefined.ts — the value of what is not there: it fails when it is used.
import { didYouMean, ExpressionFault, undefinedFault } from '../fault.ts';
import { isDict, dictKeys } from '../python/dict.ts';
import { methodNames } from '../python/methods.ts';
import { repr } from '../python/repr.ts';
import { type Comparison, type Operator, PyObject, typeName, type Value } from '../python/values.ts';

/** Names shorter than this are near to nothing. */
const SHORTEST = 3;

/** What an undefined value is about. */
export interface About {
  /** What to say instead of "… is undefined". */
  readonly hint?: string | undefined;
  /** What has no such attribute or item; none: there is no such variable. */
  readonly owner?: Value | undefined;
  readonly name: Value;
  /** The sandbox refuses it, though it is there. */
  readonly unsafe?: boolean | undefined;
  /** The names that there are. */
  readonly known?: (() => Iterable<string>) | undefined;
}

/** Jinja's Undefined. A strict one allows nothing but asking whether it is defined. */
export class Undefined extends PyObject {
  readonly typeName: string;
  readonly #strict: boolean;
  readonly #about: About;
  constructor(strict: boolean, about: About) {
    super();
    this.typeName = strict ? 'StrictUndefined' : 'Undefined';
    this.#strict = strict;
    this.#about = about;
  }

  /** What any use of it fails with. */
  fault(): ExpressionFault {
    const message = messageOf(this.#about);
    if (this.#about.unsafe) return new ExpressionFault('security', 'SecurityError', message);
    return undefinedFault('UndefinedError', message);
  }

  #unlessStrict<T>(value: T): T {
    if (this.#strict) throw this.fault();
    return value;
  }

  repr(): string {
    return 'Undefined';
  }
  override text(): string {
    return this.#unlessStrict('');
  }
  override truthy(): boolean {
    return this.#unlessStrict(false);
  }
  override equals(other: Value): boolean {
    return this.#unlessStrict(other instanceof Undefined);
  }
  override contains(): boolean {
    return this.#unlessStrict(false);
  }
  override iterate(): Iterable<Value> {
    return this.#unlessStrict([]);
  }
  override size(): number {
    return this.#unlessStrict(0);
  }
  override hashKey(): string {
    return this.#unlessStrict('undefined');
  }
  override compareTo(_other: Value, _sign: Comparison): never {
    throw this.fault();
  }
  override item(): never {
    throw this.fault();
  }
  override slice(): never {
    throw this.fault();
  }
  override operate(sign: Operator, other: Value, mirrored: boolean): Value | undefined {
    // `'…%s' % undefined` formats a text.
    if (sign === '%' && mirrored && !this.#strict && typeof other === 'string') return undefined;
    throw this.fault();
  }
  override unary(): never {
    throw this.fault();
  }
  override attribute(name: string): Value | undefined {
    if (name.startsWith('__') && name.endsWith('__')) return undefined;
    throw this.fault();
  }
  override call(): never {
    throw this.fault();
  }
}

function messageOf({ hint, owner, name, known }: About): string {
  if (hint !== undefined && hint !== '') return hint;
  if (owner === undefined) return `${repr(name)} is undefined${near(name, known?.() ?? [])}`;
  if (typeof name !== 'string') return `${objectName(owner)} has no element ${repr(name)}`;
  return `'${objectName(owner)}' has no attribute ${repr(name)}${near(name, namesOf(owner))}`;
}

const near = (name: Value, known: Iterable<string>): string => {
  const suggestion = typeof name === 'string' ? nearest(name, known) : '';
  return suggestion === '' ? '' : `.${suggestion}`;
};

/** As didYouMean, but not for names so short that everything is near. */
export const nearest = (name: string, known: Iterable<string>): string =>
  name.length < SHORTEST ? '' : didYouMean(name, known);

function* namesOf(owner: Value): Iterable<string> {
  if (isDict(owner)) for (const key of dictKeys(owner)) if (typeof key === 'string') yield key;
  yield* methodNames(owner);
}

/** Classes that are not Python's own are told with their module. */
const MODULES: ReadonlyMap<string, string> = new Map([
  ...['LoopContext', 'Macro', 'TemplateReference', 'BlockReference', 'Undefined', 'StrictUndefined'].map(
    (name) => [name, 'jinja2.runtime'] as const,
  ),
  ...['Cycler', 'Joiner', 'Namespace'].map((name) => [name, 'jinja2.utils'] as const),
  ['Markup', 'markupsafe'],
  ['_GroupTuple', 'jinja2.filters'],
]);

/** As Jinja's messages call a value: `dict object`, `None`. */
function objectName(value: Value): string {
  if (value === null) return 'None';
  const name = typeName(value);
  const module = MODULES.get(name);
  return `${module === undefined ? '' : `${module}.`}${name} object`;
}
