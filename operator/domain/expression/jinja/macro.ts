// operator/domain/expression/jinja/macro.ts — a macro as a value, and how its arguments find their parameters.
import { deeper } from '../evaluation.ts';
import { typeFault } from '../fault.ts';
import type { Call } from '../functions/call.ts';
import { Tuple } from '../python/collections.ts';
import { Dict } from '../python/dict.ts';
import { quoted } from '../python/repr.ts';
import { PyObject, type Value } from '../python/values.ts';
import type { Run } from './run.ts';

export interface MacroShape {
  /** None: a call block's `caller`. */
  readonly name: string | undefined;
  readonly parameters: readonly string[];
  /** Which of the special variables the body reads. */
  readonly special: { readonly caller: boolean; readonly kwargs: boolean; readonly varargs: boolean };
}

/** The values of the parameters in their order, then those of caller, kwargs and varargs as far as they are read; undefined: not given. */
type MacroBody = (values: readonly (Value | undefined)[]) => string;

export class Macro extends PyObject {
  readonly typeName = 'Macro';
  readonly #run: Run;
  readonly #shape: MacroShape;
  readonly #body: MacroBody;
  constructor(run: Run, shape: MacroShape, body: MacroBody) {
    super();
    this.#run = run;
    this.#shape = shape;
    this.#body = body;
  }

  override call(call: Call): Value {
    const { parameters, special } = this.#shape;
    const plain = call.named.size === 0 && call.args.length <= parameters.length;
    // Nothing but values in their places: what is left out stays undefined.
    const simple = plain && !special.caller && !special.kwargs && !special.varargs;
    const values = simple ? call.args : this.#bind(call);
    return this.#run.made(deeper(() => this.#body(values)));
  }

  #bind({ args, named }: Call): readonly (Value | undefined)[] {
    const { name, parameters, special } = this.#shape;
    const given = new Map(named);
    const values: (Value | undefined)[] = args.slice(0, parameters.length);
    let callerFound = values.length === parameters.length && parameters.includes('caller');
    for (const parameter of parameters.slice(values.length)) {
      values.push(given.get(parameter));
      given.delete(parameter);
      if (parameter === 'caller') callerFound = true;
    }
    if (special.caller && !callerFound) {
      values.push(given.get('caller') ?? this.#run.undefined({ hint: 'No caller defined', name: 'caller' }));
      given.delete('caller');
    }
    const shown = name === undefined ? 'None' : quoted(name);
    const [first] = given.keys();
    if (special.kwargs) values.push(new Dict(given));
    else if (first !== undefined) {
      throw typeFault(
        given.has('caller')
          ? `macro ${shown} was invoked with two values for the special caller argument. This is most likely a bug.`
          : `macro ${shown} takes no keyword argument ${quoted(first)}`,
      );
    }
    if (special.varargs) values.push(new Tuple(args.slice(parameters.length)));
    else if (args.length > parameters.length) {
      throw typeFault(`macro ${shown} takes not more than ${parameters.length} argument(s)`);
    }
    return values;
  }

  override attribute(name: string): Value | undefined {
    const { parameters, special } = this.#shape;
    switch (name) {
      case 'name':
        return this.#shape.name ?? null;
      case 'arguments':
        return new Tuple(parameters);
      case 'catch_kwargs':
        return special.kwargs;
      case 'catch_varargs':
        return special.varargs;
      case 'caller':
        return special.caller;
      case 'explicit_caller':
        return parameters.includes('caller');
      default:
        return undefined;
    }
  }
  repr(): string {
    const { name } = this.#shape;
    return `<Macro ${name === undefined ? 'anonymous' : quoted(name)}>`;
  }
}
