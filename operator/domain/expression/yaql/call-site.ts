// operator/domain/expression/yaql/call-site.ts — one call in the source: it remembers which overloads may take its arguments.
import { spend } from '../evaluation.ts';
import type { Value } from '../python/values.ts';
import { type Argument, Code } from './code.ts';
import type { Context } from './context.ts';
import { noMatch, untranslatable } from './faults.ts';
import type { Registry } from './registry.ts';
import { CALL_STEPS, choose, evaluated, type Prospects, prospectsOf } from './resolve.ts';
import type { Candidate, Given } from './shape.ts';
import { NO_VALUE } from './values.ts';

/** What a call has learnt about one registry. */
interface Memory {
  readonly registry: Registry;
  readonly asMethod: boolean;
  readonly given: Given;
  readonly prospects: Prospects;
}

/** A receiver that is not known yet: every type takes it until it is. */
const RECEIVER = new Code({ kind: 'variable', name: '', at: 0 }, () => NO_VALUE);

export class CallSite {
  readonly name: string;
  readonly #args: readonly Argument[];
  #memory: Memory | undefined;
  constructor(name: string, args: readonly Argument[]) {
    [this.name, this.#args] = [name, args];
  }

  /** Fails where no overload could ever take the arguments, before any of them is evaluated. @throws ExpressionFault */
  prepare(context: Context, receiver?: Value): Memory {
    const asMethod = receiver !== undefined;
    if (this.#memory?.registry === context.registry && this.#memory.asMethod === asMethod) return this.#memory;
    const { registry } = context;
    const first = registry.levels(this.name, asMethod)[0]?.[0];
    const translated = first ? translate(this.#args, first.takesPairs) : NOTHING;
    const given = asMethod ? { args: [RECEIVER, ...translated.args], named: translated.named } : translated;
    this.#memory = { registry, asMethod, given, prospects: prospectsOf(this.name, receiver, given, context) };
    return this.#memory;
  }

  run(context: Context, receiver: Value | undefined): Value {
    spend(CALL_STEPS);
    const { prospects, given } = this.prepare(context, receiver);
    if (receiver === undefined) {
      return choose(this.name, receiver, prospects, evaluated(given, prospects.lazy, context), context);
    }
    const takes = ({ types }: Candidate) => types.find(([source]) => source === 0)?.[1].accepts(receiver);
    if (!prospects.levels.some((level) => level.some(takes))) throw noMatch(this.name, receiver);
    const { args, named } = evaluated(given, prospects.lazy, context);
    const all = { args: [receiver, ...args.slice(1)], named };
    return choose(this.name, receiver, prospects, all, context);
  }
}

const NOTHING: Given = { args: [], named: new Map() };

/** Takes `name => value` out of the arguments. @throws ExpressionFault MappingTranslationException for a name that is none */
function translate(args: readonly Argument[], takesPairs: boolean): Given {
  const named = new Map<string, Argument>();
  if (takesPairs) return { args, named };
  const places = args.filter((argument) => !(argument instanceof Code && argument.node.kind === 'mapping'));
  for (const argument of args) {
    if (!(argument instanceof Code)) continue;
    const [name, value] = argument.parts;
    if (!name || !value) continue;
    if (name.node.kind !== 'keyword') throw untranslatable();
    named.set(name.node.value, value);
  }
  return { args: places, named };
}
