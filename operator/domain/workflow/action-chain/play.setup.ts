// operator/domain/workflow/action-chain/play.setup.ts — for tests: a chain that is told, entry by entry, what happens to it.
import type { Value } from '../../expression/python/values.ts';
import type { Child, ChildStatus, Entry, Outside, Run, Step } from '../engine.ts';
import { readChain } from './read.ts';
import { newChainRun } from './run.ts';
import type { ChainSettings } from './settings.ts';

export interface Scene {
  readonly parameters?: Readonly<Record<string, Value>>;
  readonly context?: Readonly<Record<string, Value>>;
  readonly settings?: ChainSettings;
  readonly datastore?: Readonly<Record<string, string>>;
}

/** Noon of the first of January 2024, and a second more with each entry. */
const NOON_MS = 1_704_110_400_000;

export class Play {
  readonly run: Run;
  readonly #datastore: Readonly<Record<string, string>>;
  #entries = 0;
  last: Step = { status: 'running', children: [], tell: [] };

  constructor(definition: string, { parameters = {}, context = {}, settings = {}, datastore = {} }: Scene = {}) {
    const reading = readChain({ definition, file: 'chains/c.yaml', name: 'c' });
    const parent = { execution_id: 'e1', user: 'ann', pack: 'p' };
    this.#datastore = datastore;
    this.run = newChainRun(reading, { parameters, context: { parent, ...context }, uid: 'e1' }, settings);
  }

  tell(entry: Entry): this {
    const outside: Outside = {
      nowMs: NOON_MS + 1000 * this.#entries++,
      seed: 1,
      datastore: {
        read: (scope, user, name) => this.#datastore[`${scope}:${scope === 'user' ? `${user}:` : ''}${name}`],
      },
    };
    this.last = this.run.advance(entry, outside);
    return this;
  }
  start(): this {
    return this.tell({ is: 'start' });
  }
  ends(key: string, status: ChildStatus = 'succeeded', result: Value = {}): this {
    return this.tell({ is: 'child', key, status, result });
  }
  asked(request: 'pause' | 'resume' | 'cancel'): this {
    return this.tell({ is: 'request', request });
  }
  /** The child that the last entry asked for. */
  get child(): Child | undefined {
    return this.last.children[0];
  }
  get result(): Readonly<Record<string, Value>> {
    return this.run.result();
  }
  /** `name: state` of the tasks in the result. */
  get states(): readonly string[] {
    return ((this.result['tasks'] ?? []) as readonly { name: string; state: string }[]).map(
      (t) => `${t.name}: ${t.state}`,
    );
  }
}
