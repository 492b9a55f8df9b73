// e2e/conformance/properties/workflow-model.ts — a second interpreter of Orquesta, naive on purpose: entries in, children out.
import type { Plain, Value } from '../../../operator/domain/expression/python/values.ts';
import type { ChildStatus, Entry, RunStatus } from '../../../operator/domain/workflow/engine.ts';
import { type Asked, batchOf } from './workflow-model-asking.ts';
import { ask, tell } from './workflow-model-flow.ts';
import { taskTold } from './workflow-model-machine.ts';
import { HAS_ENDED, type ModelError, ModelState, type Visit } from './workflow-model-state.ts';
import { brokenName, isOver, mergeInto, Murky, rendered } from './workflow-model-values.ts';
import type { WorkflowProgram } from './workflow-programs.ts';

interface ChildOf {
  readonly visit: Visit | undefined;
  /** Which attempt of the visit. */
  readonly tally: number;
  readonly task: string;
  readonly route: number;
  readonly item: number | undefined;
  status: ChildStatus;
}

const ROUNDS_MAX = 40;

export class WorkflowModel {
  readonly #state: ModelState;
  readonly #children: ChildOf[] = [];
  #output: Plain | undefined;

  constructor(program: WorkflowProgram) {
    this.#state = new ModelState(program);
  }

  get status(): RunStatus {
    return this.#state.status;
  }

  /** @throws Murky when nobody can say what comes of it */
  advance(entry: Entry, childIndex = -1): readonly Asked[] {
    if (entry.is === 'start') return this.#start();
    let before = this.#state.status;
    if (entry.is === 'request') {
      if (!HAS_ENDED.has(this.#state.status)) ask(this.#state, entry.request);
      before = this.#state.status;
    } else if (entry.is === 'rerun') throw new Murky('rerun');
    else {
      const child = this.#children[childIndex];
      if (!child) throw new Error(`no child ${childIndex}`);
      if (entry.is === 'refused') {
        this.#refused(child, entry.error.split(':')[0] as string);
      } else this.#childTold(child, entry.status, entry.result);
    }
    this.#renderOutput();
    const asked = this.#next();
    this.#renderOutput();
    // A child that was canceled, or waits for an answer, takes the whole workflow along.
    if (this.#state.status !== before && this.#state.status === 'canceling') ask(this.#state, 'cancel');
    if (this.#state.status !== before && this.#state.status === 'pausing') ask(this.#state, 'pause');
    return asked;
  }

  result(): { readonly output: Plain | null; readonly errors: readonly ModelError[] | undefined } {
    return { output: this.#output ?? null, errors: this.#state.status === 'failed' ? this.#state.errors : undefined };
  }

  #start(): readonly Asked[] {
    const { parameters, vars, language } = this.#state.program;
    const begun = { p: parameters['p'] === undefined ? 3 : parameters['p'] };
    const { values, broken } = rendered(vars, { variables: begun });
    if (broken > 0) {
      this.#state.log({ name: brokenName(language) });
      this.#state.status = 'failed';
      return [];
    }
    this.#state.deltas.push({ ...begun, ...values });
    for (const task of this.#state.graph.roots()) this.#state.stage(task, 0, [0]).isReady = true;
    const asked = this.#next();
    this.#renderOutput();
    return asked;
  }

  #next(): readonly Asked[] {
    const asked: Asked[] = [];
    for (let round = 0; round < ROUNDS_MAX; round++) {
      const batch = batchOf(this.#state);
      if (batch.length === 0) return asked;
      for (const { staged, children } of batch) {
        if (children.length === 0) tell(this.#state, staged.task, staged.route, { status: 'running' });
        for (const { item } of children) tell(this.#state, staged.task, staged.route, { status: 'running', item });
      }
      for (const { staged, children } of batch) {
        const { task, route } = staged;
        if (children.length === 0) tell(this.#state, task, route, { status: 'succeeded', result: [] });
        for (const child of children) {
          const visit = this.#state.last(task, route);
          this.#children.push({
            visit,
            tally: visit?.retry?.tally ?? 0,
            task,
            route,
            item: child.item,
            status: 'running',
          });
        }
        asked.push(...children);
      }
      this.#renderOutput();
    }
    throw new Murky('a cycle of nothing');
  }

  #childTold(child: ChildOf, raw: ChildStatus, itsResult: Value | undefined): void {
    const { visit, task, route, item, status: before } = child;
    if (raw === before) return;
    child.status = raw;
    // Another visit of the task is none of this child's business, nor are other items.
    if (!visit || this.#state.last(task, route) !== visit) return;
    if (item !== undefined && child.tally !== (visit.retry?.tally ?? 0)) return;
    const status = taskTold(raw);
    // What has no action has no result.
    const result = (this.#state.graph.task(task)?.hasAction ? itsResult : undefined) ?? null;
    if (status === 'pending' && isOver(visit.status)) return;
    if (status === 'running' && !ask(this.#state, 'run')) return;
    const isAnswered = before === 'pending' && (raw === 'succeeded' || raw === 'timedOut');
    if (isAnswered && (this.#state.status === 'pausing' || this.#state.status === 'paused')) ask(this.#state, 'resume');
    // What has ended was not paused any more.
    if (isOver(status) && visit.status === 'paused') tell(this.#state, task, route, { status: 'running', item });
    if (item !== undefined && isOver(status)) visit.results[item] = result;
    tell(this.#state, task, route, { status, item, raw, result });
  }

  /** Nothing has run: the workflow fails, whatever it says of failures. */
  #refused({ visit, task, route }: ChildOf, name: string): void {
    ask(this.#state, 'fail');
    this.#state.log({ name, task, route });
    if (!visit || isOver(visit.status)) return;
    visit.status = 'failed';
    visit.isTerminal = true;
  }

  /** Once the workflow has ended, and until there is something to show. */
  #renderOutput(): void {
    if (!HAS_ENDED.has(this.#state.status) || this.#output || this.#state.deltas.length === 0) return;
    const terminal = this.#state.visits.filter(({ isTerminal }) => isTerminal);
    const variables = {};
    for (const [i, { deltas }] of terminal.entries()) {
      mergeInto(variables, this.#state.variables(i === 0 ? deltas : deltas.slice(1)));
    }
    const { values, broken } = rendered(this.#state.program.output, { variables });
    if (Object.keys(values).length > 0) this.#output = values;
    for (let i = 0; i < broken; i++) this.#state.log({ name: brokenName(this.#state.program.language) });
    if (broken > 0) ask(this.#state, 'fail');
  }
}
