// e2e/conformance/bench/conducting.ts — our orquesta, timed: it conducts recorded runs, and opens definitions, as conducting.py does.
import { isDeepStrictEqual } from 'node:util';
import { isPlain, type Plain } from '../../../operator/domain/expression/python/values.ts';
import { compileYaql } from '../../../operator/domain/expression/yaql/engine.ts';
import { compose } from '../../../operator/domain/workflow/orquesta/compose.ts';
import { Conductor } from '../../../operator/domain/workflow/orquesta/conductor.ts';
import { isFault } from '../../../operator/domain/workflow/orquesta/fault.ts';
import { inspect } from '../../../operator/domain/workflow/orquesta/inspect.ts';
import type { Case } from '../suite.ts';
import type { Expectation } from '../suites/orquesta-expectations.ts';
import type { Operation } from '../suites/orquesta-script.ts';
import { decode } from '../tagged.ts';
import { serve } from './answering.ts';

const OUTSIDE = { nowMs: Date.UTC(2024, 0, 1), seed: 1, datastore: undefined };

interface Step {
  readonly do: Operation;
  readonly expect: Expectation;
}

const plain = (json: unknown): Plain => {
  const value = decode(json ?? {});
  if (!isPlain(value)) throw new Error('no object');
  return value;
};

/** What a recorded step does → a function of the conductor. */
function operation(step: Operation): (conductor: Conductor) => void {
  switch (step.op) {
    case 'status':
      return (conductor) => conductor.request(step.status);
    case 'task': {
      const result = decode(step.result ?? null);
      return (conductor) => conductor.task(step.task, step.route, step.status, result, OUTSIDE);
    }
    case 'item': {
      const { task, route, item, status } = step;
      const of = {
        item,
        status,
        result: decode(step.result ?? null),
        accumulated: (step.accumulated ?? []).map(decode),
      };
      return (conductor) => conductor.item(task, route, of, OUTSIDE);
    }
    case 'rerun': {
      const requests = step.tasks?.map(({ task, route = 0, reset_items: resetItems = false }) => ({
        task,
        route,
        resetItems,
      }));
      return (conductor) => conductor.rerun(requests, OUTSIDE);
    }
    case 'output':
      return (conductor) => conductor.renderOutput(OUTSIDE);
    case 'next':
      return () => undefined;
  }
}

/** A recorded run from its beginning; the definition is parsed and composed before. */
function conduct(one: Case): () => unknown {
  const { workflow } = inspect(decode(one['definition']));
  if (!workflow) throw new Error('the definition is refused');
  const graph = compose(workflow);
  const start = { context: plain(one['context']), inputs: plain(one['inputs']) };
  const recorded = one['steps'] as readonly Step[];
  const steps = recorded.map(({ do: step, expect }) => ({ run: operation(step), asks: expect.next !== undefined }));
  const evaluate = (): unknown => {
    const conductor = new Conductor(workflow, graph, start, OUTSIDE);
    const trace: unknown[] = [conductor.status];
    for (const { run, asks } of steps) {
      const raised = !attempt(() => run(conductor));
      const count = asks ? conductor.next(OUTSIDE).length : 0;
      trace.push([conductor.status, count, raised]);
    }
    return trace;
  };
  const told = recorded.map(({ expect }) => [expect.status, expect.next?.length ?? 0, expect.raised !== undefined]);
  const initial = (one['initial'] as Expectation).status;
  if (!isDeepStrictEqual(evaluate(), [initial, ...told])) throw new Error('not as recorded');
  return evaluate;
}

function attempt(run: () => void): boolean {
  try {
    run();
    return true;
  } catch (error) {
    if (!isFault(error)) throw error;
    return false;
  }
}

/** From the text of a definition to what inspection finds and, where that is nothing, its graph. */
function open(one: Case): () => unknown {
  const definition = decode(one['definition']);
  const context = Object.keys((one['context'] as object | undefined) ?? {});
  const evaluate = (): readonly string[] => {
    const { workflow, errors } = inspect(definition, { context });
    const found = Object.keys(errors);
    if (workflow && found.length === 0) compose(workflow);
    return found;
  };
  if (!isDeepStrictEqual(evaluate().toSorted(), one['finds'])) throw new Error('not as recorded');
  return evaluate;
}

const KEPT_CHARACTERS = 128 * 1024;
let forgotten = 0;
/** Takes the place of all compiled expressions: Python compiles each anew, and for a definition that is new so do we. */
function forget(): void {
  compileYaql(String(forgotten++).padEnd(KEPT_CHARACTERS));
}

await serve({ conduct, open }, undefined, { open: forget });
