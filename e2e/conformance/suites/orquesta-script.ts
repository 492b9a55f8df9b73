// e2e/conformance/suites/orquesta-script.ts — the step language of the recorded runs: an operation → calls of the conductor, and how it stands then.
import type { Plain, Value } from '../../../operator/domain/expression/python/values.ts';
import type { Outside } from '../../../operator/domain/workflow/engine.ts';
import type { Conductor } from '../../../operator/domain/workflow/orquesta/conductor.ts';
import type { TaskRecords } from '../../../operator/domain/workflow/orquesta/evaluator.ts';
import { isFault } from '../../../operator/domain/workflow/orquesta/fault.ts';
import type { NextTask } from '../../../operator/domain/workflow/orquesta/next-tasks.ts';
import { decode, encode, type Json } from '../tagged.ts';
import { comparableFinal, type Expectation, type RecordedFinal } from './orquesta-expectations.ts';

export type Operation =
  | { readonly op: 'status'; readonly status: string }
  | {
      readonly op: 'task';
      readonly task: string;
      readonly route: number;
      readonly status: string;
      readonly result?: Json;
    }
  | {
      readonly op: 'item';
      readonly task: string;
      readonly route: number;
      readonly item: number;
      readonly status: string;
      readonly result?: Json;
      readonly accumulated?: readonly Json[];
    }
  | {
      readonly op: 'rerun';
      readonly tasks:
        | readonly { readonly task: string; readonly route?: number; readonly reset_items?: boolean }[]
        | null;
    }
  | { readonly op: 'output' }
  | { readonly op: 'next' };

/** What `task(x)` shows of an execution, as StackStorm's database has it. */
interface Kept {
  readonly number: number;
  status: string;
  result: Value;
  items: Plain[] | undefined;
}

const OVER = new Set(['succeeded', 'failed', 'timeout', 'abandoned', 'canceled', 'retrying']);

export class Script {
  readonly #conductor: Conductor;
  readonly #outside: Outside;
  readonly #kept = new Map<string, Kept>();
  #started = 0;

  constructor(begin: (records: TaskRecords) => Conductor, outside: Outside) {
    this.#outside = outside;
    this.#conductor = begin((task, route) => this.#record(task, route));
  }

  tell(): Expectation {
    const { status, errors } = this.#conductor;
    return { status, errors: errors.map((error) => encode(error as unknown as Plain) as never) };
  }

  /** Carries one out, asks for what is next if that was recorded, and tells how the workflow stands. */
  carryOut(operation: Operation, { next }: Expectation): Expectation {
    const raised = this.#try(() => this.#do(operation));
    const came = next ? this.#conductor.next(this.#outside).map((task) => this.#tellNext(task, next)) : undefined;
    const status =
      'task' in operation ? (this.#conductor.execution(operation.task, operation.route)?.status ?? null) : undefined;
    return {
      ...this.tell(),
      ...(raised && { raised }),
      ...(came && { next: came }),
      ...(status !== undefined && { task_status: status }),
    };
  }

  #try(run: () => void): Expectation['raised'] {
    try {
      run();
      return undefined;
    } catch (error) {
      if (!isFault(error)) throw error;
      return { type: error.type, message: error.message };
    }
  }

  #do(operation: Operation): void {
    const [conductor, outside] = [this.#conductor, this.#outside];
    switch (operation.op) {
      case 'status':
        return conductor.request(operation.status);
      case 'task': {
        const { task, route, status } = operation;
        const result = decode(operation.result ?? null);
        this.#keep(operation, result);
        return conductor.task(task, route, status, result, outside);
      }
      case 'item': {
        const { task, route, item, status } = operation;
        const result = decode(operation.result ?? null);
        this.#keep(operation, result);
        const accumulated = (operation.accumulated ?? []).map(decode);
        return conductor.item(task, route, { item, status, result, accumulated }, outside);
      }
      case 'rerun': {
        const requests = operation.tasks?.map(({ task, route = 0, reset_items: resetItems = false }) => ({
          task,
          route,
          resetItems,
        }));
        return conductor.rerun(requests, outside);
      }
      case 'output':
        return conductor.renderOutput(outside);
      case 'next':
        return undefined;
    }
  }

  #keep(operation: Operation & { readonly op: 'task' | 'item' }, result: Value): void {
    const { task, route, status } = operation;
    const key = `${task}/${route}`;
    let kept = this.#kept.get(key);
    const isOver = kept && OVER.has(this.#conductor.execution(task, route)?.status ?? 'null');
    if (status === 'running' && (!kept || isOver)) {
      kept = { number: this.#started++, status, result: null, items: operation.op === 'item' ? [] : undefined };
      this.#kept.set(key, kept);
    }
    if (!kept) return;
    if (operation.op === 'task') {
      kept.status = status;
      kept.result = result;
    } else if (operation.accumulated && kept.items) {
      kept.items = operation.accumulated.map((item) => decode(item) as Plain);
    }
  }

  #record(task: string, route: number): Value | undefined {
    const kept = this.#kept.get(`${task}/${route}`);
    if (!kept) return undefined;
    const at = `2024-01-01 00:00:${String(kept.number).padStart(2, '0')}+00:00`;
    return {
      task_execution_id: `te${kept.number}`,
      workflow_execution_id: 'wf1',
      task_name: task,
      task_id: task,
      route,
      result: kept.items ? { items: kept.items } : kept.result,
      status: kept.status,
      start_timestamp: at,
      end_timestamp: at,
    };
  }

  #tellNext(task: NextTask, recorded: readonly Json[]): Json {
    const { id, route, delay, itemsCount, concurrency, retry } = task;
    const hasContext = recorded.some((one) => typeof one === 'object' && one !== null && 'ctx' in one);
    return {
      id,
      route,
      actions: task.actions.map(({ action, input, item }) => ({
        action: encode(action),
        input: encode(input),
        ...(item !== undefined && { item_id: item }),
      })),
      ...(hasContext && { ctx: visible(task.context) }),
      ...(delay !== undefined && { delay: encode(delay) }),
      ...(itemsCount !== undefined && { items_count: itemsCount }),
      ...(concurrency !== undefined && { concurrency: encode(concurrency) }),
      ...(retry && { retry: { tally: retry.tally, count: encode(retry.count) } }),
    };
  }

  final(recorded: RecordedFinal): Json {
    const { status, output, executions, routes } = this.#conductor;
    const tasks = executions.map((task) => ({
      id: task.id,
      route: task.route,
      status: task.status ?? null,
      ...(task.next.size > 0 && { next: Object.fromEntries(task.next) }),
      ...(task.isTerminal && { term: true }),
      ...(task.retry && { retries: task.retry.tally }),
    }));
    return comparableFinal({
      status,
      output: output ? encode(output) : null,
      errors: this.tell().errors ?? [],
      tasks,
      routes: routes as readonly Json[],
      ...('terminal_context' in recorded && { terminal_context: visible(this.#conductor.terminalContext()) }),
    });
  }
}

const visible = (context: Plain): Json =>
  encode(Object.fromEntries(Object.entries(context).filter(([name]) => !name.startsWith('__'))));
