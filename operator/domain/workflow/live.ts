// operator/domain/workflow/live.ts — a run in memory with its journal and its children: what the entries so far have led to.
import type { SecretValue } from '../../api/action.ts';
import type { WorkflowEngine } from '../../api/workflow.ts';
import { forgoneResult } from './children.ts';
import type { ChildStatus, Child, Entry, Run, RunStatus } from './engine.ts';
import { lineOf, type Numbering, parseLine, reasonBytes, type Recorded, shortened } from './journal.ts';
import { joinLine, type RunReads, splitLine } from './reads.ts';

export type Wish = 'run' | 'pause' | 'cancel';

/** A child that was asked for. */
export interface LiveChild {
  readonly index: number;
  readonly child: Child;
  /** Name of its Execution; one that was never made before a rerun gets another with it. */
  name: string;
  /** Name of the Execution of an earlier child that it goes on from. */
  readonly goesOnFrom: string | undefined;
  /** When it may be made, in ms since 1970. */
  dueAtMs: number;
  /** As the journal has it; a child that was just asked for runs. */
  status: ChildStatus;
  /** What it is told. */
  wish: Wish;
}

/** An Execution. */
export interface Owner {
  readonly name: string;
  readonly uid: string;
}

export interface LiveOptions {
  readonly run: Run;
  readonly engine: WorkflowEngine;
  /** When it began, in ms since 1970. */
  readonly startedAtMs: number;
  /** Chance that its expressions see: that of the Execution which it began as. */
  readonly seed: number;
  /** References to Secrets that children may be given, as JSON. */
  readonly references: ReadonlySet<string>;
  /** What it reads of the datastore. Default: there is none. */
  readonly reads?: RunReads;
  /** Whom the end of a task is told that says nothing itself. Default: nobody. */
  readonly notifyOf?: (task: string) => Child['notify'];
  /** Name of the Execution for a child that an Execution's run asks for. */
  readonly nameOf: (owner: Owner, child: Child) => string;
  /** The Execution whose run it is. */
  readonly owner: Owner;
}

export const HAS_ENDED: ReadonlySet<ChildStatus> = new Set([
  'succeeded',
  'failed',
  'timedOut',
  'abandoned',
  'canceled',
]);
const GOES_ON: ReadonlySet<RunStatus> = new Set(['running', 'resuming']);
const WISHES = { pause: 'pause', resume: 'run', cancel: 'cancel' } as const satisfies Record<string, Wish>;

export class LiveRun implements Numbering {
  readonly startedAtMs: number;
  readonly #options: LiveOptions;
  readonly #journal: string[] = [];
  readonly #children: LiveChild[] = [];
  readonly #byKey = new Map<string, LiveChild>();
  readonly #open = new Map<string, LiveChild>(); // by name
  readonly #counts = { succeeded: 0, failed: 0 };
  /** What children that run workflows are told: engines tell all of them the same. */
  tells: Wish = 'run';
  /** How often it has paused though nobody had asked for that. */
  pauses = 0;
  /** Since when it is paused so, in ms since 1970. */
  pausedAtMs: number | undefined;
  #isPauseAsked = false;
  /** So many children were found to be right, and need no second look. */
  sound = 0;
  /** What the reasons of refused children take in the journal. */
  #reasonBytes = 0;

  constructor(options: LiveOptions) {
    this.#options = options;
    this.startedAtMs = options.startedAtMs;
  }

  get journal(): readonly string[] {
    return this.#journal;
  }

  /** Time of the last entry, in ms from the start. */
  get lastAtMs(): number {
    return Number.parseInt(this.#journal.at(-1) ?? '0', 10);
  }

  get status(): RunStatus {
    return this.#options.run.status;
  }

  /** Whether children may be given the reference. */
  mayHandOn(reference: SecretValue): boolean {
    return this.#options.references.has(JSON.stringify(reference)) || this.hasDecrypted(reference);
  }

  /** Whether it is that of an entry of the datastore that the run has decrypted, or of a secret that it was given. */
  hasDecrypted(reference: SecretValue): boolean {
    return this.#options.reads?.handedOn.has(reference) ?? false;
  }

  get run(): Run {
    return this.#options.run;
  }

  get engine(): WorkflowEngine {
    return this.#options.engine;
  }

  /** How many children were asked for. */
  get size(): number {
    return this.#children.length;
  }

  /** Children that have not ended, also those that do not exist yet. */
  get open(): Iterable<LiveChild> {
    return this.#open.values();
  }

  get counts(): { readonly running: number; readonly succeeded: number; readonly failed: number } {
    return { running: this.#open.size, ...this.#counts };
  }

  /** Of all children that were asked for, in that order. */
  get keys(): readonly string[] {
    return this.#children.map(({ child }) => child.key);
  }

  keyOf(index: number): string | undefined {
    return this.#children[index]?.child.key;
  }

  indexOf(key: string): number | undefined {
    return this.#byKey.get(key)?.index;
  }

  childNamed(name: string): LiveChild | undefined {
    return this.#open.get(name);
  }

  childOf(key: string): LiveChild | undefined {
    return this.#byKey.get(key);
  }

  /** What happened now: the line goes to the end of the journal. `owner` is who asks for the children that follow. */
  record(recorded: Recorded, owner: Owner = this.#options.owner): void {
    const { entry } = recorded;
    const kept = entry.is === 'refused' ? { ...entry, error: shortened(entry.error, this.#reasonBytes) } : entry;
    this.#advance({ ...recorded, entry: kept }, owner);
  }

  /** As the journal has it, now and in every replay. */
  #advance(recorded: Recorded, owner: Owner): void {
    const entry = asKept(recorded.entry);
    if (entry.is === 'refused') this.#reasonBytes += reasonBytes(entry.error);
    const line = lineOf({ ...recorded, entry }, this);
    const at = this.#journal.push(line) - 1;
    this.#take(entry);
    const { run, seed, reads } = this.#options;
    const nowMs = this.startedAtMs + recorded.atMs;
    const wasPaused = run.status === 'paused';
    const outside = { nowMs, seed: (seed + this.#journal.length * 0x9e3779b1) >>> 0, datastore: reads?.datastore };
    const { children, tell, dropped = [] } = run.advance(absolute(entry, this.startedAtMs), outside);
    this.#journal[at] = joinLine(line, reads?.take());
    if (entry.is === 'rerun') this.#goOnAs(owner, dropped, nowMs);
    for (const child of children) this.#ask(child, owner, nowMs);
    for (const { key, request } of tell) {
      const told = this.#byKey.get(key);
      if (!told || told.wish === 'cancel') continue;
      told.wish = WISHES[request];
      if (this.tells !== 'cancel') this.tells = told.wish;
    }
    this.#countPause(entry, wasPaused, nowMs);
    // Engines tell those that are there: one that ended meanwhile is told nothing, and the next is not to pause.
    if (entry.is === 'rerun' || (this.tells === 'pause' && GOES_ON.has(run.status))) this.tells = 'run';
  }

  /** Takes in lines of a journal; `resultOf` gives what a child returned, by the name of its Execution; `last` is whose the
   * last of them are. @throws Error for what is no journal of this run, and what `resultOf` throws */
  replay(lines: readonly string[], resultOf: (name: string) => unknown, last: Owner = this.#options.owner): void {
    const reruns = rerunsIn(lines);
    const { reads } = this.#options;
    for (const [i, whole] of lines.entries()) {
      const owner = reruns.find(({ at }) => at > i)?.owner ?? last;
      const { line, pins } = splitLine(whole);
      reads?.replay(pins);
      const recorded = parseLine(line, this);
      this.#advance({ ...recorded, entry: this.#withResult(recorded.entry, resultOf) }, owner);
      this.#journal[i] = whole;
    }
    reads?.goLive();
  }

  #withResult(entry: Entry, resultOf: (name: string) => unknown): Entry {
    if (entry.is !== 'child' || !HAS_ENDED.has(entry.status) || entry.isForgone) return entry;
    const name = this.#byKey.get(entry.key)?.name ?? '';
    return { ...entry, result: resultOf(name) as NonNullable<typeof entry.result> };
  }

  /** One that was resumed and is paused still has paused again. */
  #countPause(entry: Entry, wasPaused: boolean, nowMs: number): void {
    if (entry.is === 'request') this.#isPauseAsked = entry.request === 'pause';
    if (entry.is === 'rerun') [this.pauses, this.#isPauseAsked] = [0, false];
    const isPaused = this.#options.run.status === 'paused';
    if (!isPaused || this.#isPauseAsked) this.pausedAtMs = undefined;
    else if (!wasPaused || entry.is === 'request') {
      this.pauses++;
      this.pausedAtMs = nowMs;
    }
  }

  /** What is open when a run goes on as another's was never made: it is the other's to make, under a name of its own. */
  #goOnAs(owner: Owner, dropped: readonly string[], nowMs: number): void {
    const unmade = [...this.#open.values()].filter(({ child }) => !dropped.includes(child.key));
    this.#open.clear();
    for (const live of unmade) {
      live.name = this.#options.nameOf(owner, live.child);
      live.dueAtMs = Math.max(live.dueAtMs, nowMs);
      live.wish = 'run';
      this.#open.set(live.name, live);
    }
  }

  #take(entry: Entry): void {
    if (entry.is === 'refused') this.#close(entry.key, 'failed');
    if (entry.is !== 'child') return;
    if (HAS_ENDED.has(entry.status)) this.#close(entry.key, entry.status);
    else {
      const child = this.#byKey.get(entry.key);
      if (child) child.status = entry.status;
    }
  }

  #close(key: string, status: ChildStatus): void {
    const child = this.#byKey.get(key);
    if (!child || !this.#open.delete(child.name)) return;
    child.status = status;
    if (status === 'succeeded') this.#counts.succeeded++;
    else this.#counts.failed++;
  }

  #ask(child: Child, owner: Owner, nowMs: number): void {
    const live: LiveChild = {
      index: this.#children.length,
      child: this.#telling(this.#handingOn(child)),
      name: this.#options.nameOf(owner, child),
      goesOnFrom: child.again && this.#byKey.get(child.again.key)?.name,
      dueAtMs: nowMs + child.delaySeconds * 1000,
      status: 'running',
      wish: 'run',
    };
    this.#children.push(live);
    this.#byKey.set(child.key, live);
    this.#open.set(live.name, live);
  }

  #telling(child: Child): Child {
    const notify = child.notify ?? this.#options.notifyOf?.(child.task);
    return notify === undefined ? child : { ...child, notify };
  }

  /** What was decrypted in its input is a reference there. */
  #handingOn(child: Child): Child {
    const { handedOn } = this.#options.reads ?? {};
    if (!handedOn?.size) return child;
    const input = Object.entries(child.input).map(([name, value]) => [name, handedOn.reference(value) ?? value]);
    return { ...child, input: Object.fromEntries(input) as Child['input'] };
  }
}

/** The entry as a replay will have it. */
function asKept(entry: Entry): Entry {
  return entry.is === 'child' && entry.isForgone ? { ...entry, result: forgoneResult(entry.status) } : entry;
}

/** The Executions that a run goes on from, with the line of the journal at which it does, oldest first. */
export const rerunsIn = (lines: readonly string[]): readonly { readonly at: number; readonly owner: Owner }[] =>
  lines.flatMap((line, at) => {
    const [, name = '', uid = ''] = /^\d+ rerun \{"of":"([^"/]+)\/([^"/]+)"/.exec(line) ?? [];
    return name === '' ? [] : [{ at, owner: { name, uid } }];
  });

/** Times of a child as the engine wants them: in ms since 1970. */
function absolute(entry: Entry, startedAtMs: number): Entry {
  if (entry.is !== 'child' || entry.startedAtMs === undefined || entry.endedAtMs === undefined) return entry;
  return { ...entry, startedAtMs: entry.startedAtMs + startedAtMs, endedAtMs: entry.endedAtMs + startedAtMs };
}
