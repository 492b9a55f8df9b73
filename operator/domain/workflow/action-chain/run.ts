// operator/domain/workflow/action-chain/run.ts — the run of an action chain: one task after another, as each one's end leads on.
import { own } from '../../action/schema.ts';
import { isPlain, truthy, type Value, type Plain } from '../../expression/python/values.ts';
import type { Beginning, Child, Entry, Outside, Run, RunStatus, Step, TaskView } from '../engine.ts';
import { breakOff, chainFailure, type Failure } from './failure.ts';
import { taskKeys } from './keys.ts';
import type { ChainTask } from './model.ts';
import { Names } from './names.ts';
import { prepareTask, unknownAction } from './prepare.ts';
import type { Reading } from './read.ts';
import { ChainRecord } from './record.ts';
import { renderPublish, renderVars } from './render.ts';
import { type ChainSettings, notifyOf } from './settings.ts';
import { ask, endedVisit, FIRST_STANCE, hear, type Stance, statusOf } from './stance.ts';
import { textOf } from './text.ts';
import { type End, namedBody, REFUSED, type Visit } from './visit.ts';
import { wayOn } from './way.ts';

/**
 * A run of what was read; of a definition with faults it ends at its start, with the first of them. Of `beginning.context` it uses
 * `parent` (the templates' `action_context.parent`; its `user` owns `st2kv.user`) and `config_context`.
 */
export const newChainRun = (reading: Reading, beginning: Beginning, settings: ChainSettings = {}): Run =>
  new ChainRun(reading, beginning, settings);

type Refused = Extract<Entry, { readonly is: 'refused' }>;

class ChainRun implements Run {
  readonly #reading: Reading;
  readonly #settings: ChainSettings;
  readonly #names: Names;
  readonly #user: string | undefined;
  readonly #record: ChainRecord;
  readonly #keys: ReadonlyMap<ChainTask, string>;
  readonly #visits = new Map<ChainTask, number>();
  #hasStarted = false;
  #stance: Stance = FIRST_STANCE;
  /** Between tasks: the next one. */
  #next: ChainTask | undefined;
  /** What the chain comes to when no task follows. */
  #outcome: RunStatus = 'succeeded';
  #isOver = false;

  constructor(reading: Reading, { parameters, context }: Beginning, settings: ChainSettings) {
    const parent = (own(context, 'parent') ?? {}) as Value;
    const user = isPlain(parent) ? own(parent, 'user') : undefined;
    this.#reading = reading;
    this.#settings = settings;
    this.#user = typeof user === 'string' ? user : undefined;
    this.#names = new Names(parameters, parent, (own(context, 'config_context') ?? {}) as Value);
    this.#record = new ChainRecord(parameters, settings);
    this.#keys = taskKeys(reading.chain?.tasks ?? []);
  }

  get status(): RunStatus {
    return this.#isOver ? this.#outcome : statusOf(this.#stance);
  }

  result(): Plain {
    return this.#record.result(this.#stance);
  }

  contextBytes(): number {
    return this.#record.bytes;
  }

  tasks(): readonly TaskView[] {
    return this.#record.tasks();
  }

  advance(entry: Entry, outside: Outside): Step {
    if (this.#isOver) return { status: this.status, children: [], tell: [] };
    const tell = this.#take(entry, outside);
    const child = this.#hasStarted ? this.#goOn(outside) : undefined;
    return { status: this.status, children: child ? [child] : [], tell };
  }

  /** Entries that come late, or twice, change nothing. A chain cannot be rerun: that is a new Execution. */
  #take(entry: Entry, outside: Outside): Step['tell'] {
    const { visit } = this.#stance;
    const isOfChild = 'key' in entry && visit?.key === entry.key && !visit.end;
    if (entry.is === 'start' && !this.#hasStarted) this.#start(outside);
    else if (entry.is === 'child' && isOfChild) {
      const { status, result = null, endedAtMs = outside.nowMs } = entry;
      this.#stance = hear(this.#stance, visit, { status, result, atMs: endedAtMs });
      this.#record.tell(visit.task, status);
    } else if (entry.is === 'refused' && isOfChild) this.#refuse(visit, entry, outside);
    else if (entry.is === 'request') {
      const { stance, tell } = ask(this.#stance, entry.request);
      this.#stance = stance;
      return tell;
    }
    return [];
  }

  #start(outside: Outside): void {
    this.#hasStarted = true;
    const { chain, refusals } = this.#reading;
    if (!chain) {
      const { message, path } = refusals[0] ?? { message: 'There is no chain.', path: [] };
      this.#fail(breakOff({ type: 'ActionRunnerPreRunError', message, path }, this.#reading));
      return;
    }
    const vars = renderVars(chain.vars, this.#names.ofVars(outside.datastore, this.#user), outside);
    if ('cause' in vars) {
      this.#fail(chainFailure('Failed initializing ``vars`` in chain.', vars.cause, this.#reading));
      return;
    }
    this.#names.addVars(vars.values, outside);
    this.#record.addVars(vars.values);
    this.#next = truthy(chain.start) ? chain.taskNamed(chain.start) : undefined;
  }

  /** A child that nobody could make is a task that failed; what StackStorm finds out before it asks for one ends the chain. */
  #refuse(visit: Visit, { reason, error: message }: Refused, { nowMs }: Outside): void {
    this.#record.tell(visit.task, 'failed');
    const { index, name, parametersField } = visit.task;
    const path = ['chain', index];
    if (reason === 'unknown') return this.#fail(unknownAction(visit.task, this.#reading));
    if (reason === 'uncast') {
      const uncast = { type: 'ValueError', message, path: [...path, parametersField] };
      return this.#fail(breakOff(uncast, this.#reading));
    }
    const cause = { type: 'ValueError', message, path };
    const { error, traceback } = chainFailure(`Failed running task "${textOf(name)}".`, cause, this.#reading);
    const end: End = { ending: REFUSED, result: { error, traceback }, atMs: nowMs, isRefused: true };
    this.#stance = { ...this.#stance, visit: { ...visit, end } };
  }

  /** Settles a task whose child has ended, and begins the next: unless the chain is to stand. */
  #goOn(outside: Outside): Child | undefined {
    const ended = this.#isOver ? undefined : endedVisit(this.#stance);
    if (ended) this.#settle(ended, ended.end, outside);
    const { wish, visit } = this.#stance;
    if (this.#isOver || visit || wish === 'pause') return undefined;
    if (wish === 'go' && this.#next) return this.#begin(this.#next, outside);
    this.#end(wish === 'cancel' ? 'canceled' : this.#outcome);
    return undefined;
  }

  #begin(task: ChainTask, outside: Outside): Child | undefined {
    const view = this.#names.ofParameters(outside.datastore);
    const prepared = prepareTask(task, { view, reading: this.#reading, outside });
    if ('failure' in prepared) {
      this.#fail(prepared.failure);
      return undefined;
    }
    const count = (this.#visits.get(task) ?? 0) + 1;
    const key = `${this.#keys.get(task)}/${count}`;
    this.#visits.set(task, count);
    this.#stance = { ...this.#stance, visit: { task, key, createdMs: outside.nowMs, stands: 'active' } };
    this.#record.begin(task, key);
    const notify = notifyOf(task, this.#settings);
    const child = { key, task: textOf(task.name), ...prepared, delaySeconds: 0 };
    return notify === undefined ? child : { ...child, notify };
  }

  #settle(visit: Visit, end: End, outside: Outside): void {
    const { task } = visit;
    this.#stance = { ...this.#stance, visit: undefined };
    this.#record.add(visit, end);
    this.#names.addResult(task.name, namedBody(end.result, visit.halt !== undefined), outside);
    const published = end.isRefused
      ? undefined
      : renderPublish(task, this.#names.ofPublish(outside.datastore), outside);
    if (published && 'values' in published) {
      this.#names.addVars(published.values, outside);
      this.#record.publish(published.values);
    }
    // A way that leads nowhere is told even where publishing went wrong as well.
    const onward = wayOn(task, end.ending.way, this.#reading);
    if ('failure' in onward) return this.#fail(onward.failure);
    if (published && 'cause' in published) return this.#fail(breakOff(published.cause, this.#reading));
    this.#next = onward.next;
    this.#outcome = end.ending.outcome;
  }

  #fail(failure: Failure): void {
    this.#record.failure = failure;
    this.#end('failed');
  }

  #end(outcome: RunStatus): void {
    this.#outcome = outcome;
    this.#isOver = true;
  }
}
