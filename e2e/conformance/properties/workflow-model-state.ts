// e2e/conformance/properties/workflow-model-state.ts — all that the second interpreter of Orquesta remembers; everything else is looked up anew.
import type { Plain, Value } from '../../../operator/domain/expression/python/values.ts';
import type { RunStatus } from '../../../operator/domain/workflow/engine.ts';
import { ModelGraph } from './workflow-model-graph.ts';
import { isActive, isOver, mergeInto, type TaskStatus, valueOf } from './workflow-model-values.ts';
import type { WorkflowProgram } from './workflow-programs.ts';

export interface ModelError {
  readonly name: string;
  readonly task?: string;
  readonly route?: number;
  readonly transition?: string;
  readonly result?: Value;
}

/** A task that runs or ran on a route; an attempt more is the same visit. */
export interface Visit {
  readonly task: string;
  readonly route: number;
  readonly deltas: readonly number[];
  readonly retry: { readonly count: number; tally: number } | undefined;
  status: TaskStatus | undefined;
  fired: ReadonlyMap<string, boolean>;
  isTerminal: boolean;
  results: Value[];
}

/** A task that was led to. */
export interface Staged {
  readonly task: string;
  readonly route: number;
  readonly deltas: number[];
  readonly retryDelay: number | undefined;
  isReady: boolean;
  items: (TaskStatus | undefined)[] | undefined;
  isOver: boolean;
  runsOnFail: boolean;
}

export const HAS_ENDED: ReadonlySet<RunStatus> = new Set(['canceled', 'succeeded', 'failed']);

export class ModelState {
  readonly program: WorkflowProgram;
  readonly graph: ModelGraph;
  readonly errors: ModelError[] = [];
  /** What was published; the first is what the workflow began with. */
  readonly deltas: Plain[] = [];
  readonly routes: (readonly string[])[] = [[]];
  readonly visits: Visit[] = [];
  staged: Staged[] = [];
  status: RunStatus = 'running';

  constructor(program: WorkflowProgram) {
    this.program = program;
    this.graph = new ModelGraph(program);
  }

  last(task: string, route: number): Visit | undefined {
    return this.visits.findLast((visit) => visit.task === task && visit.route === route);
  }

  lasts(): readonly Visit[] {
    return this.visits.filter((visit) => this.last(visit.task, visit.route) === visit);
  }

  hasAny(...statuses: readonly TaskStatus[]): boolean {
    return this.lasts().some(({ status }) => status !== undefined && statuses.includes(status));
  }

  isBusy(): boolean {
    return this.lasts().some(({ status }) => isActive(status));
  }

  stagedFor(task: string, route: number): Staged | undefined {
    return this.staged.find((one) => one.task === task && one.route === route);
  }

  ready(): readonly Staged[] {
    return this.staged.filter((one) => one.isReady && !one.isOver);
  }

  /** Enough tasks led here; or they may yet; or they never will. */
  inbound(task: string, route: number): 'enough' | 'perhaps' | 'never' {
    const ways = this.graph.into(task);
    const froms = [...new Set(ways.map(({ from }) => from))];
    const firing = froms.filter((from) =>
      ways.some((way) => way.from === from && this.last(from, route)?.fired.get(way.id) === true),
    );
    if (firing.length >= this.graph.required(task)) return 'enough';
    const isOpen = froms.some((from) => !this.last(from, route));
    return isOpen && (this.isBusy() || this.ready().length > 0) ? 'perhaps' : 'never';
  }

  leadsOn(task: string, route: number, countsJoins: boolean): boolean {
    const visit = this.last(task, route);
    if (!visit || !isOver(visit.status)) return false;
    return this.graph.from(task).some(({ to, id }) => {
      if (to === 'continue' || visit.fired.get(id) !== true) return false;
      return countsJoins || !this.graph.hasBarrier(to) || this.inbound(to, route) !== 'never';
    });
  }

  variables(deltas: readonly number[]): Plain {
    const all: Record<string, Value> = {};
    for (const index of deltas) mergeInto(all, this.deltas[index] as Plain);
    return all;
  }

  routeOf(to: string, way: string, route: number): number {
    const ways = this.routes[route] ?? [];
    if (!this.graph.isSplit(to) || ways.includes(way)) return route;
    return this.routes.push([...ways, way]) - 1;
  }

  visit({ task, route, deltas }: Staged): Visit {
    const retry = this.graph.retryOf(task);
    const count = retry && (valueOf(retry.count, { variables: this.variables(deltas) }) as number);
    const visit: Visit = {
      task,
      route,
      deltas: [...deltas],
      retry: count === undefined ? undefined : { count, tally: 0 },
      status: undefined,
      fired: new Map(),
      isTerminal: false,
      results: [],
    };
    this.visits.push(visit);
    return visit;
  }

  stage(task: string, route: number, deltas: number[], retryDelay?: number): Staged {
    const staged = {
      task,
      route,
      deltas,
      retryDelay,
      isReady: false,
      items: undefined,
      isOver: false,
      runsOnFail: false,
    };
    this.staged.push(staged);
    return staged;
  }

  unstage(staged: Staged): void {
    if (!staged.items?.some(isActive)) this.staged = this.staged.filter((one) => one !== staged);
  }

  log(error: ModelError): void {
    const same = JSON.stringify(error);
    if (!this.errors.some((one) => JSON.stringify(one) === same)) this.errors.push(error);
  }
}
