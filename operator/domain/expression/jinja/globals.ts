// operator/domain/expression/jinja/globals.ts — the names that every template knows: range, dict, lipsum, cycler, joiner, namespace.
import { ExpressionFault, typeFault } from '../fault.ts';
import { bind, type Call } from '../functions/call.ts';
import { Tuple } from '../python/collections.ts';
import { Dict } from '../python/dict.ts';
import { entriesOf } from '../python/dict-methods.ts';
import { methodOf } from '../python/methods.ts';
import { repr } from '../python/repr.ts';
import { PyObject, truthy, type Value } from '../python/values.ts';
import { bindMethod, Callable } from './callable.ts';
import { lipsum } from './lipsum.ts';
import { range } from './range.ts';

/** Python's dict(): of a dict, of pairs, of named arguments. */
function makeDict({ args, named }: Call): Dict {
  if (args.length > 1) throw typeFault(`dict expected at most 1 argument, got ${args.length}`);
  const [first] = args;
  return new Dict([...(first === undefined ? [] : entriesOf(first)), ...named]);
}

/** Values in turn, also over several loops. */
class Cycler extends PyObject {
  readonly typeName = 'Cycler';
  readonly #items: readonly Value[];
  #at = 0;
  constructor(items: readonly Value[]) {
    super();
    this.#items = items;
  }
  repr(): string {
    return '<jinja2.utils.Cycler object>';
  }
  override attribute(name: string): Value | undefined {
    const current = this.#items[this.#at];
    switch (name) {
      case 'current':
        return current;
      case 'items':
        return new Tuple(this.#items);
      case 'pos':
        return this.#at;
      case 'next':
        return new Callable('method', 'Cycler.next', (call) => {
          bindMethod('Cycler.next', call, []);
          const value = this.#items[this.#at] ?? null;
          this.#at = (this.#at + 1) % this.#items.length;
          return value;
        });
      case 'reset':
        return new Callable('method', 'Cycler.reset', (call) => {
          bindMethod('Cycler.reset', call, []);
          this.#at = 0;
          return null;
        });
      default:
        return undefined;
    }
  }
}

function cycler({ args, named }: Call): Value {
  bind('Cycler.__init__', { args: [], named }, []);
  if (args.length === 0) throw new ExpressionFault('other', 'RuntimeError', 'at least one item has to be provided');
  return new Cycler(args);
}

/** A separator that is nothing the first time. */
class Joiner extends PyObject {
  readonly typeName = 'Joiner';
  readonly #separator: Value;
  #used = false;
  constructor(separator: Value) {
    super();
    this.#separator = separator;
  }
  repr(): string {
    return '<jinja2.utils.Joiner object>';
  }
  override attribute(name: string): Value | undefined {
    if (name === 'sep') return this.#separator;
    return name === 'used' ? this.#used : undefined;
  }
  override call(call: Call): Value {
    bindMethod('Joiner.__call__', call, []);
    if (this.#used) return this.#separator;
    this.#used = true;
    return '';
  }
}

/** What `{% set ns.x = … %}` can change from any scope. */
export class Namespace extends PyObject {
  readonly typeName = 'Namespace';
  readonly #attributes: Dict;
  constructor(attributes: Dict) {
    super();
    this.#attributes = attributes;
  }
  set(name: string, value: Value): void {
    this.#attributes.set(name, value);
  }
  override attribute(name: string): Value | undefined {
    return this.#attributes.get(name);
  }
  repr(): string {
    return `<Namespace ${repr(this.#attributes)}>`;
  }
}

const type = (name: string, make: (call: Call) => Value, attributes?: ReadonlyMap<string, Value>) =>
  new Callable('type', name, make, attributes);

/** What templates reach through the class; none of them changes a dict, which might be one of the context. */
const DICT_ATTRIBUTES = ['keys', 'values', 'items', 'get', 'copy', 'fromkeys'].map((name): [string, Value] => {
  const method = methodOf(new Dict(), name);
  const call = ({ args, named }: Call): Value => {
    if (name === 'fromkeys') return method?.(new Dict(), { args, named }) ?? null;
    const [self, ...rest] = args;
    if (self === undefined) throw typeFault(`unbound method dict.${name}() needs an argument`);
    return method?.(self, { args: rest, named }) ?? null;
  };
  return [name, new Callable(name === 'fromkeys' ? 'method' : 'method_descriptor', `dict.${name}`, call)];
});

export const GLOBALS: ReadonlyMap<string, Value> = new Map<string, Value>([
  ['range', new Callable('function', 'safe_range', range)],
  ['dict', type('dict', makeDict, new Map(DICT_ATTRIBUTES))],
  [
    'lipsum',
    new Callable('function', 'generate_lorem_ipsum', (call) => {
      const [n = 5, html = true, min = 20, max = 100] = bind('generate_lorem_ipsum', call, [
        ['n', 5],
        ['html', true],
        ['min', 20],
        ['max', 100],
      ]);
      return lipsum(n, truthy(html), min, max);
    }),
  ],
  ['cycler', type('jinja2.utils.Cycler', cycler)],
  [
    'joiner',
    type('jinja2.utils.Joiner', (call) => {
      const [separator = ', '] = bindMethod('Joiner.__init__', call, [['sep', ', ']]);
      return new Joiner(separator);
    }),
  ],
  ['namespace', type('jinja2.utils.Namespace', (call) => new Namespace(makeDict(call)))],
]);
