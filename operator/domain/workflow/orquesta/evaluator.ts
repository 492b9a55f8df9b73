// operator/domain/workflow/orquesta/evaluator.ts — expressions of one step of a workflow, each under its own limits and with its own chance.
import { evaluate } from '../../expression/embedded/evaluate.ts';
import { evaluating } from '../../expression/evaluation.ts';
import type { Scope } from '../../expression/functions/call.ts';
import type { Plain, Value } from '../../expression/python/values.ts';
import type { Outside } from '../engine.ts';
import { define } from './define.ts';

/** Where `task(x)` looks. */
export type TaskRecords = NonNullable<Scope['taskRecord']>;

/** What expressions see: made when the first of them looks. */
export type Sight = () => Plain;

export function sightOf(make: () => Plain): Sight {
  let context: Plain | undefined;
  return () => (context ??= make());
}

/** Every evaluation of a step gets another seed, the same ones in every replay. */
const NEXT_SEED = 0x9e3779b1;

export class Evaluator {
  readonly #outside: Outside;
  readonly #taskRecord: TaskRecords | undefined;
  #seed: number;

  constructor(outside: Outside, taskRecord: TaskRecords | undefined) {
    this.#outside = outside;
    this.#taskRecord = taskRecord;
    this.#seed = outside.seed;
  }

  /** @throws ExpressionFault */
  value(expression: Value, sight: Sight): Value {
    if (isLiteral(expression)) return expression;
    const { datastore } = this.#outside;
    const scope: Scope = {
      get context() {
        return sight();
      },
      datastore,
      taskRecord: this.#taskRecord,
    };
    return this.within(() => evaluate(expression, scope));
  }

  /** As `value`, for names that are given values one after another: each sees those before it. */
  assigner(sight: Sight): (name: string, expression: Value) => Value {
    const given: [string, Value][] = [];
    let rolling: Record<string, Value> | undefined;
    const look = (): Plain => {
      rolling ??= { ...sight() };
      for (const [name, value] of given.splice(0)) define(rolling, name, value);
      return rolling;
    };
    return (name, expression) => {
      const value = this.value(expression, look);
      given.push([name, value]);
      return value;
    };
  }

  /** Runs what computes with the values of expressions. @throws ExpressionFault */
  within<T>(run: () => T): T {
    const { nowMs } = this.#outside;
    const seed = this.#seed;
    this.#seed = (this.#seed + NEXT_SEED) >>> 0;
    return evaluating({ nowMs, seed }, run);
  }
}

/** Most parameters are: they need no evaluation. */
const isLiteral = (value: Value): boolean =>
  typeof value === 'string'
    ? !value.includes('<%') && !value.includes('{')
    : typeof value !== 'object' || value === null;
