// e2e/conformance/properties/chain-model.ts — a second interpreter of ActionChains, naive on purpose: entries in, children out.
import type { Plain, Value } from '../../../operator/domain/expression/python/values.ts';
import type { ChildStatus, Entry, RunStatus } from '../../../operator/domain/workflow/engine.ts';
import { renderedValues } from './chain-model-text.ts';
import type { ChainProgram, ChainTaskProgram } from './chain-programs.ts';
import { Broken, Murky } from './workflow-model-values.ts';

export interface ChainAsked {
  readonly task: string;
  readonly action: string;
  readonly input: Plain;
}

interface Ended {
  readonly name: string;
  readonly state: string;
  readonly result: Value;
}

type Final = 'succeeded' | 'failed' | 'timedOut' | 'abandoned' | 'canceled';

interface Current {
  readonly task: ChainTaskProgram;
  /** What never ran publishes nothing. */
  hasRun: boolean;
  /** What paused or asked is known under `result` as well. */
  hasWaited: boolean;
  status: ChildStatus;
  result: Value;
}

const STATES: Readonly<Record<Final, string>> = {
  succeeded: 'succeeded',
  failed: 'failed',
  timedOut: 'timeout',
  abandoned: 'abandoned',
  canceled: 'canceled',
};
const isFinal = (status: ChildStatus): status is Final => Object.hasOwn(STATES, status);
const isTemplate = (name: string) => name.includes('{{');

export class ChainModel {
  readonly #program: ChainProgram;
  readonly #ended: Ended[] = [];
  readonly #results: Record<string, Value> = {};
  #variables: Plain = {};
  #published: Plain = {};
  #current: Current | undefined;
  /** The task at which the chain has paused, as it was then. */
  #halted: Ended | undefined;
  /** Somebody asked for the pause; else a child has brought it about. */
  #isAsked = false;
  #trouble: 'told' | 'alone' | undefined;
  #told: string[] = [];
  status: RunStatus = 'running';

  constructor(program: ChainProgram) {
    this.#program = program;
  }

  advance(entry: Entry): readonly ChainAsked[] {
    this.#told = [];
    if (['succeeded', 'failed', 'timedOut', 'canceled'].includes(this.status)) return [];
    switch (entry.is) {
      case 'start':
        return this.#start();
      case 'request':
        return this.#requested(entry.request);
      case 'refused':
        return this.#refused(entry);
      case 'child':
        return this.#childTold(entry.status, entry.result ?? null);
      case 'rerun':
        return [];
    }
  }

  /** What the child that is there was told by the last entry. */
  get told(): readonly string[] {
    return this.#told;
  }

  /** All but texts of errors and times. */
  result(): object {
    const error = this.#trouble !== undefined;
    if (this.#trouble === 'alone') return { error };
    return { error, tasks: [...this.#ended, ...(this.#halted ? [this.#halted] : [])], published: this.#published };
  }

  #start(): readonly ChainAsked[] {
    const { tasks, start, vars, parameters } = this.#program;
    const names = new Set(tasks.map(({ name }) => name));
    const ways = tasks.flatMap(({ onSuccess, onFailure }) => [onSuccess, onFailure]);
    const leads = new Set(ways.filter((name) => name !== undefined));
    const first = start ?? (tasks.find(({ name }) => !leads.has(name)) ?? tasks[0])?.name ?? '';
    if ([first, ...leads].some((name) => !names.has(name) && !isTemplate(name))) return this.#fail('alone');
    try {
      this.#variables = renderedValues(vars, parameters);
    } catch (error) {
      return this.#broken(error, 'told');
    }
    if (names.has(first)) return this.#begin(first);
    this.status = 'succeeded';
    return [];
  }

  #begin(name: string): readonly ChainAsked[] {
    const task = this.#program.tasks.find((one) => one.name === name);
    if (!task) return this.#fail('told');
    const more = { action_context: { parent: { user: 'ann' } } };
    try {
      const input = renderedValues(task.parameters, { ...this.#names(), ...more });
      this.#current = { task, hasRun: true, hasWaited: false, status: 'running', result: null };
      return [{ task: name, action: task.ref, input }];
    } catch (error) {
      return this.#broken(error, 'told');
    }
  }

  #names(): Plain {
    const results = this.#results;
    return { ...this.#program.parameters, ...results, ...this.#variables, ...this.#published, __results: results };
  }

  #requested(what: 'pause' | 'resume' | 'cancel'): readonly ChainAsked[] {
    const current = this.#current;
    if (this.status === 'canceling') return [];
    if (what === 'cancel') {
      if (current?.status === 'pending') this.#halted = undefined;
      if (current && !isFinal(current.status)) this.#told.push('cancel');
      const waits = current && !isFinal(current.status) && current.status !== 'pending';
      this.status = 'canceling';
      if (current && isFinal(current.status)) return this.#settle(current, current.status);
      if (!waits) this.status = 'canceled';
      return [];
    }
    if (what === 'pause') {
      this.#isAsked = true;
      if (this.status !== 'running') return [];
      this.#told.push('pause');
      this.status = 'pausing';
      return [];
    }
    if (this.status === 'running' || current?.status === 'pending') {
      this.#isAsked = false;
      return [];
    }
    if (current && !isFinal(current.status) && (this.#isAsked || current.status === 'paused'))
      this.#told.push('resume');
    this.status = 'running';
    this.#isAsked = false;
    this.#halted = undefined;
    if (!current) return this.#follow();
    if (isFinal(current.status)) return this.#settle(current, current.status);
    return [];
  }

  #refused({ reason, error }: Entry & { is: 'refused' }): readonly ChainAsked[] {
    if (this.#current?.hasWaited !== false) throw new Murky('refused, though it has been there');
    if (reason === 'unknown') return this.#fail('told');
    if (reason === 'uncast') return this.#fail('alone');
    const name = this.#current?.task.name ?? '';
    if (this.#current) this.#current.hasRun = false;
    return this.#childTold('failed', { error: `Failed running task "${name}".. ${error}`, traceback: '' });
  }

  #childTold(status: ChildStatus, result: Value): readonly ChainAsked[] {
    const current = this.#current;
    if (!current) throw new Error('no child');
    const before = current.status;
    current.status = status;
    current.result = result;
    if (status === 'paused' || status === 'pending') {
      current.hasWaited = true;
      if (this.status !== 'canceling') this.status = 'paused';
      this.#halted = { name: current.task.name, state: status, result };
      return [];
    }
    if (before === 'pending') {
      this.#halted = undefined;
      if (this.status === 'paused') this.status = this.#isAsked ? 'pausing' : 'running';
    }
    if (!isFinal(status)) return [];
    // Another's pause holds the chain; the answer to its own question lets it go on.
    return this.status === 'paused' ? [] : this.#settle(current, status);
  }

  #settle({ task, hasRun, hasWaited, result }: Current, status: Final): readonly ChainAsked[] {
    this.#current = undefined;
    this.#halted = undefined;
    this.#ended.push({ name: task.name, state: STATES[status], result });
    this.#results[task.name] = hasWaited ? { ...(result as Plain), result } : result;
    const next = this.#next();
    const isNowhere = next !== undefined && !this.#program.tasks.some(({ name }) => name === next);
    try {
      this.#published = { ...this.#published, ...renderedValues(hasRun ? task.publish : {}, this.#names()) };
    } catch (error) {
      return this.#broken(error, isNowhere ? 'told' : 'alone');
    }
    if (isNowhere) return this.#fail('told');
    if (this.status === 'canceling') {
      this.status = 'canceled';
      return [];
    }
    if (this.status === 'pausing' || (this.status === 'paused' && this.#isAsked)) {
      this.status = 'paused';
      return [];
    }
    this.status = 'running';
    return this.#follow();
  }

  /** After the last task that has ended. */
  #next(): string | undefined {
    const last = this.#ended.at(-1);
    const task = this.#program.tasks.find(({ name }) => name === last?.name);
    return last?.state === 'succeeded' ? task?.onSuccess : last?.state === 'canceled' ? undefined : task?.onFailure;
  }

  #follow(): readonly ChainAsked[] {
    const [last, next] = [this.#ended.at(-1), this.#next()];
    if (next !== undefined) return this.#begin(next);
    const ends: Readonly<Record<string, RunStatus>> = {
      succeeded: 'succeeded',
      timeout: 'timedOut',
      canceled: 'canceled',
    };
    this.status = ends[last?.state ?? ''] ?? 'failed';
    return [];
  }

  #broken(error: unknown, how: 'told' | 'alone'): readonly ChainAsked[] {
    if (!(error instanceof Broken)) throw error;
    return this.#fail(how);
  }

  #fail(how: 'told' | 'alone'): readonly ChainAsked[] {
    this.#trouble = how;
    this.status = 'failed';
    return [];
  }
}
