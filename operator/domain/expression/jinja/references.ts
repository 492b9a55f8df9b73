// operator/domain/expression/jinja/references.ts — `self`, and the blocks that it gives.
import { undefinedFault } from '../fault.ts';
import type { Call } from '../functions/call.ts';
import { repr } from '../python/repr.ts';
import { PyObject, type Value } from '../python/values.ts';
import { bindMethod } from './callable.ts';
import { plainText } from './markup.ts';
import { type Context, outputOf, type Run } from './run.ts';

/** `self` */
export class TemplateReference extends PyObject {
  readonly typeName = 'TemplateReference';
  readonly #run: Run;
  readonly #context: Context;
  constructor(run: Run, context: Context) {
    super();
    this.#run = run;
    this.#context = context;
  }
  override item(key: Value): Value {
    const name = plainText(key);
    if (name === undefined || !this.#run.blocks.has(name)) throw undefinedFault('KeyError', repr(key));
    return new BlockReference(this.#run, this.#context, name);
  }
  repr(): string {
    return '<TemplateReference None>';
  }
}

/** `self.name`: calling it renders the block once more. */
export class BlockReference extends PyObject {
  readonly typeName = 'BlockReference';
  readonly #run: Run;
  readonly #context: Context;
  readonly #name: string;
  constructor(run: Run, context: Context, name: string) {
    super();
    this.#run = run;
    this.#context = context;
    this.#name = name;
  }
  /** `super`: there is no parent template. */
  static parentOf(run: Run, name: string): Value {
    return run.undefined({ hint: `there is no parent block called ${repr(name)}.`, name: 'super' });
  }
  override attribute(name: string): Value | undefined {
    if (name === 'super') return BlockReference.parentOf(this.#run, this.#name);
    return name === 'name' ? this.#name : undefined;
  }
  override call(call: Call): Value {
    bindMethod('BlockReference.__call__', call, []);
    const rendered = this.#run.block(this.#name, this.#context);
    return this.#run.made(rendered ? outputOf(rendered) : '');
  }
  repr(): string {
    return '<jinja2.runtime.BlockReference object>';
  }
}
