// operator/domain/workflow/engine.ts — the one shape of the three workflow engines: what happened in, what is to be done next out.
import type { World } from '../expression/evaluation.ts';
import type { Datastore } from '../expression/functions/call.ts';
import type { Plain, Value } from '../expression/python/values.ts';

/** What a step may know of the outside; it is pinned with the entry, so a replay gives the same answers. */
export interface Outside extends World {
  readonly datastore: Datastore | undefined;
}

/** How a run stands. The last four are final; of them a rerun alone leads on. */
export type RunStatus =
  | 'running'
  | 'pausing'
  | 'paused'
  | 'resuming'
  | 'canceling'
  | 'canceled'
  | 'succeeded'
  | 'failed'
  | 'timedOut';

/** How a child stands, as far as a workflow acts on it. `paused` and `pending` are not the end of it. */
export type ChildStatus =
  | 'running'
  | 'pending'
  | 'pausing'
  | 'paused'
  | 'canceling'
  | 'canceled'
  | 'succeeded'
  | 'failed'
  | 'timedOut'
  | 'abandoned';

/** One thing that happened to a run. Entries are recorded in an order, and given to the engine in that order for ever. */
export type Entry =
  /** First of all, and once. */
  | { readonly is: 'start' }
  /** A child has another status; `result` is there when it has ended. Times are in ms since 1970. */
  | {
      readonly is: 'child';
      readonly key: string;
      readonly status: ChildStatus;
      /** It did not say so itself: it is gone (failed), takes too long (timedOut), or was never made (canceled). */
      readonly isForgone?: true;
      readonly result?: Value;
      readonly startedAtMs?: number;
      readonly endedAtMs?: number;
    }
  /**
   * A child could not be made: its action is unknown, a parameter that it is given cannot be cast, or for another reason. `error` is
   * a sentence.
   */
  | { readonly is: 'refused'; readonly key: string; readonly reason?: 'unknown' | 'uncast'; readonly error: string }
  | { readonly is: 'request'; readonly request: 'pause' | 'resume' | 'cancel' }
  /** Only of a run that has ended, of which no child is under way; without `tasks` what failed. `reset`: tasks whose items
   * all run again. */
  | {
      readonly is: 'rerun';
      readonly tasks?: readonly string[] | undefined;
      readonly reset?: readonly string[] | undefined;
    };

/** A child Execution that is to be made. */
export interface Child {
  /** Unique within the run and the same in every replay; letters, digits, `_`, `.`, `/`, `-`. */
  readonly key: string;
  readonly task: string;
  /** Of a task with items: which one, from 0. */
  readonly item?: number;
  /** Reference of an Action or Workflow; undefined when `workflow` is there. */
  readonly action?: string;
  /** Name of another workflow of the same definition. */
  readonly workflow?: string;
  readonly input: Plain;
  /** It goes on with what an earlier child did, by its key: these tasks of it run again, all else of it stands. */
  readonly again?: { readonly key: string; readonly tasks: readonly string[]; readonly reset: readonly string[] };
  /** Wait from the entry that asked for it, in seconds. */
  readonly delaySeconds: number;
  /** Longest wait for its end, in seconds; the engine is told `timedOut` then. */
  readonly timeoutSeconds?: number;
  /** The task's own notify, as the definition has it. */
  readonly notify?: Value;
}

/** What a task has come to, for people: `squall execution tree`, graphs, Mistral's `tasks`. */
export interface TaskView {
  readonly task: string;
  /** Keys of its children, latest visit last. */
  readonly children: readonly string[];
  readonly status: string;
}

/** What an entry has led to. */
export interface Step {
  readonly status: RunStatus;
  /** Children that this entry asks for. */
  readonly children: readonly Child[];
  /** What running children are to be told. */
  readonly tell: readonly { readonly key: string; readonly request: 'pause' | 'resume' | 'cancel' }[];
  /** Of a rerun: keys of children that were asked for before, were never made, and are not wanted any more. */
  readonly dropped?: readonly string[];
}

/** A run in memory; two that were given the same entries are in the same state. */
export interface Run {
  /** Never throws for what a definition or a result says: that ends the run as failed, with an error entry. */
  advance(entry: Entry, outside: Outside): Step;
  readonly status: RunStatus;
  /** Why a rerun from these tasks cannot be; undefined when it can. Not there: this language has no rerun from tasks. */
  whyNotRerun?(tasks: readonly string[] | undefined): string | undefined;
  /** The body of the Execution's result, as StackStorm shows it; while it runs what is known. */
  result(): Plain;
  /** What the whole of its variables takes, in bytes of JSON, for the limit. */
  contextBytes(): number;
  tasks(): readonly TaskView[];
}

/** What is wrong with a definition, in StackStorm's terms. */
export interface Finding {
  readonly type: 'syntax' | 'semantic' | 'expression' | 'context' | 'content';
  readonly message: string;
  readonly spec_path?: string;
  readonly schema_path?: string;
  readonly language?: string;
  readonly expression?: string;
}

/** What a run begins with. */
export interface Beginning {
  /** Parameters of the Execution, defaults filled in: a parameter of the Action without a value is null. */
  readonly parameters: Plain;
  /** `st2`, `parent` and whatever else the language's context has from outside. */
  readonly context: Plain;
  /** Seed of names that are shown to people: the uid of the Execution. */
  readonly uid: string;
}
