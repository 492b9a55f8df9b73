// operator/domain/expression/jinja/run.ts — one rendering: its variables, and what the compiled template asks of it.
import { allowCharacters, deeper } from '../evaluation.ts';
import { ExpressionFault, typeFault } from '../fault.ts';
import type { Call, Scope } from '../functions/call.ts';
import { type AnyDict, dictGet, dictKeys } from '../python/dict.ts';
import { str } from '../python/repr.ts';
import { PyObject, typeName, type Value } from '../python/values.ts';
import { attributeOf, itemOf } from './access.ts';
import { Callable } from './callable.ts';
import type { Engine, Filter, Test } from './engine.ts';
import type { Environment } from './environment.ts';
import { escapeText, Markup, plainText } from './markup.ts';
import { type About, nearest, Undefined } from './undefined.ts';

/** The variables of one function of a template: the template itself, a macro, a block, a recursive loop. */
export interface Frame {
  /** undefined: not set (yet). */
  readonly vars: (Value | undefined)[];
  readonly outer: Frame | undefined;
  readonly run: Run;
  readonly context: Context;
  /** What is written so far. */
  out: string;
  /** Something that is no text was written: that fails when the output is put together. */
  wrong: ExpressionFault | undefined;
}

/** So many variables that are not set. */
export function unset(size: number): (Value | undefined)[] {
  const vars: (Value | undefined)[] = [];
  vars.length = size;
  return vars;
}

export const enterFunction = (size: number, outer: Frame): Frame => ({
  vars: unset(size),
  outer,
  run: outer.run,
  context: outer.context,
  out: '',
  wrong: undefined,
});

/** All that a frame has written. @throws ExpressionFault */
export function outputOf(frame: Frame): string {
  if (frame.wrong) throw frame.wrong;
  return frame.out;
}

/** Where names are looked up that no scope of the template knows. */
export class Context {
  readonly #run: Run;
  readonly #parent: Context | undefined;
  #exported: Map<string, Value> | undefined;
  constructor(run: Run, parent?: Context) {
    this.#run = run;
    this.#parent = parent;
  }
  export(name: string, value: Value): void {
    this.#exported ??= new Map();
    this.#exported.set(name, value);
  }
  resolve(name: string): Value | undefined {
    const own = this.#exported?.get(name);
    if (own !== undefined) return own;
    return this.#parent ? this.#parent.resolve(name) : this.#run.lookUp(name);
  }
}

/** The blocks of the template by their names: each gives a frame with what it has written. */
export type BlockTable = ReadonlyMap<string, (run: Run, context: Context) => Frame>;

/** Length of an output from which on it is checked. */
const CHECK_CHARACTERS = 64 * 1024;

export class Run implements Engine {
  readonly environment: Environment;
  readonly scope: Scope;
  readonly blocks: BlockTable;
  autoescape = false;
  /** Offset in the source of what is being done, for the place of faults. */
  at = 0;
  /** Whether the context is this run's own, so that methods may change it. */
  readonly ownsContext: boolean;
  readonly #variables: AnyDict;
  #checkAt = CHECK_CHARACTERS;

  constructor(
    environment: Environment,
    given: { scope: Scope; variables: AnyDict; blocks: BlockTable; ownsContext: boolean },
  ) {
    this.environment = environment;
    this.scope = given.scope;
    this.blocks = given.blocks;
    this.ownsContext = given.ownsContext;
    this.#variables = given.variables;
  }

  /** A variable of the context, a function or a global. */
  lookUp(name: string): Value | undefined {
    const value = dictGet(this.#variables, name);
    if (value !== undefined) return value;
    const { functions, globals } = this.environment;
    const run = functions.get(name);
    return run ? new Callable('function', name, (call) => run(call, this.scope)) : globals.get(name);
  }

  /** Takes note that an output has grown. @throws ExpressionFault when it is too long */
  written(length: number): void {
    if (length < this.#checkAt) return;
    allowCharacters(length);
    this.#checkAt = length * 2;
  }

  /** Prints what a call block or a filter block gave, as it is. */
  write(frame: Frame, value: Value): void {
    const text = plainText(value);
    if (text === undefined) {
      frame.wrong ??= typeFault(`sequence item 0: expected str instance, ${typeName(value)} found`);
      return;
    }
    frame.out += text;
    this.written(frame.out.length);
  }

  /** What is printed for a value. */
  print(value: Value): string {
    if (!this.autoescape) return str(value);
    return value instanceof Markup ? value.value : escapeText(str(value));
  }

  /** A text that the template made, safe if texts are escaped just now. */
  made(text: string): Value {
    return this.autoescape ? new Markup(text) : text;
  }

  filter(name: string): Filter {
    const { filters } = this.environment;
    return filters.get(name) ?? this.#unknown('filter', name, filters);
  }

  test(name: string): Test {
    const { tests } = this.environment;
    return tests.get(name) ?? this.#unknown('test', name, tests);
  }

  #unknown(what: string, name: string, known: ReadonlyMap<string, unknown>): never {
    throw runtimeFault(`No ${what} named '${name}'.${nearest(name, known.keys())}`);
  }

  attribute(value: Value, name: string): Value {
    return attributeOf(this, value, name);
  }

  item(value: Value, key: Value): Value {
    return itemOf(this, value, key);
  }

  invoke(callee: Value, call: Call): Value {
    const result = callee instanceof PyObject ? callee.call(call) : undefined;
    if (result === undefined) throw typeFault(`'${typeName(callee)}' object is not callable`);
    return result;
  }

  undefined(about: About): Value {
    return new Undefined(!this.environment.allowUndefined, about);
  }

  /** The value of a variable that there is not. */
  missing(name: string): Value {
    const known = () => [...dictKeys(this.#variables).filter((key) => typeof key === 'string'), ...this.#names()];
    return this.undefined({ name, known });
  }

  #names(): Iterable<string> {
    return [...this.environment.functions.keys(), ...this.environment.globals.keys()];
  }

  isUndefined(value: Value): boolean {
    return value instanceof Undefined;
  }

  /** Renders a block; undefined when there is none of that name. */
  block(name: string, context: Context): Frame | undefined {
    return deeper(() => this.blocks.get(name)?.(this, context));
  }
}

/** Jinja's TemplateRuntimeError. */
export const runtimeFault = (message: string) => new ExpressionFault('resolution', 'TemplateRuntimeError', message);
