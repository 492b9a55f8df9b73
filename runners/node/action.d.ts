// runners/node/action.d.ts — types for authors of node-script actions: copy it to the pack, `import type { Action } from './action.d.ts'`.

/** Every parameter that the action declares; null is one that has no value, an integer beyond 2^53 a BigInt. */
export type Parameters = Readonly<Record<string, unknown>>;
/** The configuration of the action's pack, with defaults; {} when it has none. */
export type Config = Readonly<Record<string, unknown>>;

/** Messages go to stderr, and so into the result; arguments are formatted as console.log does it. */
export interface Logger {
  debug(...words: unknown[]): void;
  info(...words: unknown[]): void;
  warn(...words: unknown[]): void;
  error(...words: unknown[]): void;
}

export interface EntryOptions {
  /** Default: system. Entries of scope user belong to whom the execution runs for. */
  readonly scope?: 'system' | 'user';
  /** Whether the name is the action's own, `pack.action:name`. Default: true. */
  readonly local?: boolean;
}

export interface Entry {
  /** As it is stored: of an own entry with `pack.action:` before it. */
  readonly name: string;
  readonly value: string;
  readonly scope: 'system' | 'user';
  readonly secret: boolean;
  /** When it goes. */
  readonly expiresAt?: Date;
}

/** The datastore of the namespace. Values are texts. Rejects with what the operator says against it. */
export interface Datastore {
  /** Undefined when there is no such entry. A secret one is ******** unless it is decrypted. */
  get(name: string, options?: EntryOptions & { readonly decrypt?: boolean }): Promise<string | undefined>;
  /** A secret value is stored encrypted. */
  set(
    name: string,
    value: string,
    options?: EntryOptions & { readonly ttlSeconds?: number; readonly secret?: boolean },
  ): Promise<void>;
  /** Whether there was such an entry. */
  delete(name: string, options?: EntryOptions): Promise<boolean>;
  /** The entries whose names begin with `prefix`, at most `limit` of them. Default: all of its own. */
  list(
    options?: EntryOptions & { readonly prefix?: string; readonly limit?: number; readonly decrypt?: boolean },
  ): Promise<readonly Entry[]>;
}

/** For what the action runs. */
export interface Execution {
  /** The same for all attempts: hand it to systems that must not do a thing twice. */
  readonly id: string;
  readonly name: string;
  readonly namespace: string;
  /** From 1. */
  readonly attempt: number;
  readonly user: string;
  /** Reference of the action, pack.name. */
  readonly action: string;
}

export interface Context<C = Config> {
  readonly config: C;
  readonly logger: Logger;
  readonly datastore: Datastore;
  readonly execution: Execution;
  /** Aborted at the time limit, and when the pod is told to end; 5 s are left then. */
  readonly signal: AbortSignal;
  /** Throws: the action has failed with this message, and with this result, if there is one. */
  fail(message: string, result?: unknown): never;
}

/** The function that the file of an action exports, as default or as `run`. */
export type Action<P = Parameters, C = Config> = (parameters: P, context: Context<C>) => unknown;
