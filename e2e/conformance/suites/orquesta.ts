// e2e/conformance/suites/orquesta.ts — the suite orquesta: scripted runs of workflows, step by step against the conductor.
import type { Datastore } from '../../../operator/domain/expression/functions/call.ts';
import { type Plain, isPlain } from '../../../operator/domain/expression/python/values.ts';
import { compose } from '../../../operator/domain/workflow/orquesta/compose.ts';
import { Conductor } from '../../../operator/domain/workflow/orquesta/conductor.ts';
import { inspect } from '../../../operator/domain/workflow/orquesta/inspect.ts';
import type { Case, Suite } from '../suite.ts';
import { decode, type Json } from '../tagged.ts';
import {
  comparable,
  comparableFinal,
  comparableInitial,
  type Expectation,
  type RecordedFinal,
} from './orquesta-expectations.ts';
import { type Operation, Script } from './orquesta-script.ts';

interface Step {
  readonly do: Operation;
  readonly expect: Expectation;
}

interface Stored {
  readonly system: Readonly<Record<string, string>>;
  readonly user: Readonly<Record<string, string>>;
}

const stepsOf = (one: Case): readonly Step[] => one['steps'] as readonly Step[];
const finalOf = (one: Case): RecordedFinal => one['final'] as RecordedFinal;

const plain = (json: unknown): Plain => {
  const value = decode(json ?? {});
  return isPlain(value) ? value : {};
};

const own = (entries: Readonly<Record<string, string>> | undefined, key: string) =>
  entries && Object.hasOwn(entries, key) ? entries[key] : undefined;

function datastoreOf(one: Case): Datastore | undefined {
  const kv = one['kv'] as Stored | undefined;
  if (!kv) return undefined;
  return {
    read: (scope, user, name) => (scope === 'system' ? own(kv.system, name) : own(kv.user, `${user}:${name}`)),
  };
}

/** The workflow of a case, begun. */
export function scriptOf(one: Case): Script {
  const { workflow } = inspect(decode(one['definition']));
  if (!workflow) throw new Error('the definition is refused');
  const outside = { nowMs: Date.UTC(2024, 0, 1), seed: 1, datastore: datastoreOf(one) };
  const [context, inputs] = [plain(one['context']), plain(one['inputs'])];
  return new Script(
    (taskRecord) => new Conductor(workflow, compose(workflow), { context, inputs, taskRecord }, outside),
    outside,
  );
}

/** The step from which on the reference is said to be of no use; its crash is answered with an error of our own. */
function definedSteps(one: Case): number {
  const [, step] =
    /in step (\d+);.*only defined up to that step/.exec((one['quirk'] as string | undefined) ?? '') ?? [];
  return step === undefined ? Number.POSITIVE_INFINITY : Number(step);
}

/** Carries a case out, and tells as much of it as was recorded. */
export function runCase(one: Case): Json {
  const script = scriptOf(one);
  const initial = comparableInitial(script.tell());
  const until = definedSteps(one);
  const steps = stepsOf(one)
    .slice(0, until)
    .map((step) => comparable(script.carryOut(step.do, step.expect), step.expect));
  return { initial, steps, ...(until === Number.POSITIVE_INFINITY && { final: script.final(finalOf(one)) }) };
}

export function expectedOf(one: Case): Json {
  const until = definedSteps(one);
  const steps = stepsOf(one)
    .slice(0, until)
    .map(({ expect }) => comparable(expect, expect));
  const initial = comparableInitial(one['initial'] as Expectation);
  return { initial, steps, ...(until === Number.POSITIVE_INFINITY && { final: comparableFinal(finalOf(one)) }) };
}

export const suite: Suite = {
  name: 'orquesta',
  run: (one) => ({ result: decode(runCase(one)) }),
  expected: expectedOf,
};
