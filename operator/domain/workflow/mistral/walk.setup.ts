// operator/domain/workflow/mistral/walk.setup.ts — for tests: random workflows of Mistral, and random things done to their runs, from a seed.
import type { ChildStatus, Entry, RunStatus } from '../engine.ts';
import type { LiveChild, LiveRun } from '../live.ts';
import { liveRun } from '../live.setup.ts';

/** Chance that is the same for the same seed. */
export class Dice {
  #seed: number;
  constructor(seed: number) {
    this.#seed = seed >>> 0;
  }
  /** From 0 up to, not including, `count`. */
  below(count: number): number {
    this.#seed = (Math.imul(this.#seed, 1_664_525) + 1_013_904_223) >>> 0;
    const mixed = Math.imul(this.#seed ^ (this.#seed >>> 15), 0x2c1b3c6d);
    return Math.floor((((mixed ^ (mixed >>> 12)) >>> 0) / 2 ** 32) * count);
  }
  chance(percent: number): boolean {
    return this.below(100) < percent;
  }
  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)] as T;
  }
}

type Written = Record<string, unknown>;
const CLAUSES = ['on-success', 'on-error', 'on-complete'] as const;
const COMMANDS = ['fail', 'succeed', 'pause', 'noop'];
const ACTIONS = ['p.a', 'p.a', 'p.a', 'p.a', 'std.noop', 'std.fail', 'std.echo output=1'];
/** Policies, and of how many tasks in a hundred they are. */
const POLICIES: readonly (readonly [number, Written])[] = [
  [15, { retry: { count: 1, delay: 0 } }],
  [10, { retry: { count: 2, delay: 1 } }],
  [5, { retry: { count: 1, delay: 0, 'continue-on': '<% true %>' } }],
  [15, { 'wait-before': 1 }],
  [15, { 'wait-after': 1 }],
  [25, { timeout: 5 }],
  [15, { 'pause-before': true }],
  [8, { 'fail-on': '<% task().result != 1 %>' }],
  [20, { publish: { x: '<% task().result %>' } }],
];

interface RandomWorkbook {
  readonly definition: unknown;
  /** The task that is wanted of a reverse workflow. */
  readonly target: string;
}

/** A workbook: `main`, whose tasks lead forward only, and `sub`, which some of them run. */
export function randomWorkbook(dice: Dice): RandomWorkbook {
  const names = Array.from({ length: 1 + dice.below(6) }, (_, at) => `t${at}`);
  const isReverse = dice.chance(15);
  const tasks = new Map(names.map((name): [string, Written] => [name, randomTask(dice)]));
  for (const [at, name] of names.entries()) {
    const task = tasks.get(name) as Written;
    const before = names.slice(0, at);
    if (isReverse) {
      const requires = before.filter(() => dice.chance(40));
      if (requires.length > 0) task['requires'] = requires;
    } else leadOn(dice, task, names.slice(at + 1));
    const inbound = before.filter((other) => leadsTo(tasks.get(other), name));
    if (inbound.length > 1 && dice.chance(70)) task['join'] = dice.pick(['all', 'one', 2]);
  }
  const main = { ...(isReverse && { type: 'reverse' }), tasks: Object.fromEntries(tasks) };
  const workflows = { main, sub: { tasks: { s: { action: 'p.s' } } } };
  return { definition: { version: '2.0', name: 'p.w', workflows }, target: names.at(-1) ?? '' };
}

const leadsTo = (task: Written | undefined, to: string): boolean =>
  CLAUSES.some((clause) => (task?.[clause] as readonly unknown[] | undefined)?.includes(to));

function leadOn(dice: Dice, task: Written, later: readonly string[]): void {
  for (const clause of CLAUSES) {
    const aims = dice.chance(45) ? later.filter(() => dice.chance(40)) : [];
    if (dice.chance(6)) aims.push(dice.pick(COMMANDS));
    if (aims.length > 0) task[clause] = aims;
  }
}

function randomTask(dice: Dice): Written {
  const task: Written = dice.chance(15) ? { workflow: 'sub' } : { action: dice.pick(ACTIONS) };
  if (dice.chance(30)) {
    task['with-items'] = 'i in <% [1, 2, 3] %>';
    if (dice.chance(50)) task['concurrency'] = 1 + dice.below(2);
  }
  for (const [percent, policy] of POLICIES) if (dice.chance(percent)) Object.assign(task, policy);
  return task;
}

const FINAL: ReadonlySet<RunStatus> = new Set(['succeeded', 'failed', 'canceled']);
const ENDS: ReadonlySet<ChildStatus> = new Set(['succeeded', 'failed', 'timedOut', 'abandoned', 'canceled']);
const ANSWERS: readonly ChildStatus[] = ['succeeded', 'succeeded', 'failed', 'failed', 'timedOut', 'timedOut'];
const ODDITIES: readonly ChildStatus[] = ['paused', 'pending', 'running', 'canceled', 'abandoned'];

const begin = ({ definition, target }: RandomWorkbook): LiveRun =>
  liveRun('mistral', definition, {}, { task_name: target }).live;

/** A run to which things are done; what it is told is kept. */
export class Walk {
  readonly live: LiveRun;
  readonly told: string[] = [];
  readonly #dice: Dice;
  readonly #workbook: RandomWorkbook;
  readonly #results = new Map<string, unknown>();
  #atMs = 0;

  constructor(dice: Dice, workbook: RandomWorkbook) {
    [this.#dice, this.#workbook] = [dice, workbook];
    this.live = begin(workbook);
    this.tell({ is: 'start' });
  }

  get open(): readonly LiveChild[] {
    return [...this.live.open];
  }
  get hasEnded(): boolean {
    return FINAL.has(this.live.status);
  }

  tell(entry: Entry): void {
    this.#atMs += 200;
    const given = entry.is === 'child' && ENDS.has(entry.status) ? { ...entry, result: this.#dice.below(2) } : entry;
    if (given.is === 'child' && given.result !== undefined) this.#results.set(given.key, given.result);
    this.live.record({ atMs: this.#atMs, entry: given, ...(entry.is === 'rerun' && { of: 'w/u' }) });
    this.told.push(
      `${JSON.stringify(given)} -> ${this.live.status} ${this.open.map(({ child }) => child.key).join(' ')}`,
    );
  }

  /** Something that may happen. */
  step(): void {
    const dice = this.#dice;
    const child = this.open.length > 0 ? dice.pick(this.open) : undefined;
    if (!child || dice.chance(12))
      return this.tell({ is: 'request', request: dice.pick(['pause', 'resume', 'resume']) });
    const { key } = child.child;
    if (dice.chance(2)) return this.tell({ is: 'refused', key, error: 'no' });
    const status = dice.pick(dice.chance(80) ? ANSWERS : ODDITIES);
    if (status === 'timedOut') return this.#late(child);
    if (status !== child.status) this.tell({ is: 'child', key, status });
  }

  /** All that are late at the same moment are found so one after the other. */
  #late({ dueAtMs, child: { timeoutSeconds, key } }: LiveChild): void {
    if (timeoutSeconds === undefined) return this.tell({ is: 'child', key, status: 'timedOut' });
    this.#atMs = Math.max(this.#atMs, dueAtMs + timeoutSeconds * 1000);
    const isLate = (one: LiveChild) => one.dueAtMs + (one.child.timeoutSeconds ?? Number.NaN) * 1000 <= this.#atMs;
    for (const { child } of this.open.filter(isLate)) {
      this.tell({ is: 'child', key: child.key, status: 'timedOut', isForgone: true });
    }
  }

  /** Ends whatever is under way, and what comes of it, and resumes what waits for that. */
  settle(status: (child: LiveChild) => ChildStatus): void {
    for (let at = 0; at < 500 && !this.hasEnded; at++) {
      const [child] = this.open;
      if (child) this.tell({ is: 'child', key: child.child.key, status: status(child) });
      else if (this.live.status === 'paused') this.tell({ is: 'request', request: 'resume' });
      else return;
    }
  }

  /** Starts it again from something that failed, if there is such a thing. */
  rerun(): boolean {
    const dice = this.#dice;
    const { run } = this.live;
    const failed = run
      .tasks()
      .filter(({ status }) => status === 'ERROR')
      .map(({ task }) => task);
    const named = dice.chance(50) ? undefined : failed.filter(() => dice.chance(60));
    const tasks = named?.map((name) => (dice.chance(20) ? `${name}.s` : name));
    if (run.whyNotRerun?.(tasks) !== undefined) return false;
    this.tell({ is: 'rerun', tasks, reset: dice.chance(50) ? (tasks ?? failed) : [] });
    return true;
  }

  /** What can be seen of it. */
  shown(live: LiveRun = this.live): unknown {
    const { status, keys, tells, run } = live;
    return { status, keys, tells, open: [...live.open].map(({ name }) => name), result: run.result() };
  }
  /** The same of its replay. */
  replayed(): unknown {
    const live = begin(this.#workbook);
    live.replay(this.live.journal, (name) => this.#results.get(name));
    return this.shown(live);
  }
}
