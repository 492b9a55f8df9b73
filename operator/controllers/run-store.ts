// operator/controllers/run-store.ts — what a run needs from outside: its pinned definition, results of its children, journals of others.
import { Execution, type Execution as ExecutionObject, type Workflow } from '../api/kinds.ts';
import { GROUP, type KubeObject, LABEL, labelValue, refOf } from '../api/meta.ts';
import { isFinal } from '../domain/execution/parse.ts';
import { computable, parseExact } from '../domain/result/exact-json.ts';
import { childResult, parentOf } from '../domain/workflow/children.ts';
import type { Owner } from '../domain/workflow/live.ts';
import type { Pinned } from '../domain/workflow/pinned.ts';

import type { Client } from '../kube/client.ts';
import { collectionPath, KIND } from '../kube/paths.ts';
import { type Key, keyOf } from '../kube/store.ts';
import type { Transport } from '../kube/transport.ts';

export interface CollectScope {
  /** Undefined = all. */
  readonly namespace: string | undefined;
  readonly now: Date;
}

export interface RunStoreOptions {
  readonly client: Client;
  readonly transport: Transport;
  /** JSON of a result that is not in the status; undefined when it is nowhere. */
  readonly readResult: (digest: string) => Promise<string | undefined>;
  readonly sha256: (text: string) => string;
}

const PAGE = '500';
/** On every ControllerRevision of a Workflow: its name. */
const WORKFLOW_LABEL = `${GROUP}/workflow`;
/** Age at which a revision that nobody has may go, in ms. */
const GRACE_MS = 3_600_000;
/** Definitions that are held. */
const PINNED_MAX = 500;

export class RunStore {
  readonly #options: RunStoreOptions;
  readonly #pinned = new Map<string, Pinned>();

  constructor(options: RunStoreOptions) {
    this.#options = options;
  }

  /** Nothing is known to be there any more: another process may have led since, and deleted what nobody used. */
  beginTerm(): void {
    this.#pinned.clear();
  }

  /** Keeps the definition as it is now, under a name that its content decides. @returns that name */
  async pin(workflow: Workflow): Promise<{ readonly revision: string; readonly pinned: Pinned }> {
    const { namespace = '', name, generation = 1 } = workflow.metadata;
    const { revision, pinned } = this.#revisionOf(workflow);
    const key = `${namespace}/${revision}`;
    if (!this.#pinned.has(key)) {
      await this.#options.client.create(
        {
          ...KIND.controllerRevision,
          metadata: { name: revision, namespace, labels: { [WORKFLOW_LABEL]: labelValue(name) } },
          data: pinned,
          revision: generation,
        },
        { sameAs: (existing) => (existing as KubeObject & { data?: Partial<Pinned> }).data?.ref === pinned.ref },
      );
      this.#hold(key, pinned);
    }
    return { revision, pinned };
  }

  /** Deletes revisions older than an hour that no Execution began with, by their names, and no Workflow has now. @returns how many */
  async collect(
    workflows: Iterable<Workflow>,
    isUsed: (revision: string) => boolean,
    scope: CollectScope,
  ): Promise<number> {
    const current = new Set<string>();
    for (const workflow of workflows)
      current.add(`${workflow.metadata.namespace ?? ''}/${this.#revisionOf(workflow).revision}`);
    const { client } = this.#options;
    const path = collectionPath(KIND.controllerRevision, scope.namespace);
    const all: KubeObject['metadata'][] = [];
    for await (const { metadata } of this.#pages(path, WORKFLOW_LABEL)) all.push(metadata);
    let deleted = 0;
    for (const metadata of all) {
      const key = keyOf({ metadata });
      const age = scope.now.getTime() - Date.parse(metadata.creationTimestamp ?? '');
      if (!(age > GRACE_MS) || current.has(key) || isUsed(metadata.name)) continue;
      await client.delete({ ...KIND.controllerRevision, metadata });
      this.#pinned.delete(key);
      deleted++;
    }
    return deleted;
  }

  #revisionOf(workflow: Workflow): { readonly revision: string; readonly pinned: Pinned } {
    const { engine, definition, parameters, notify, workflow: entry } = workflow.spec;
    const { name, uid } = workflow.metadata;
    const more = { ...(entry === undefined ? {} : { workflow: entry }), ...(notify === undefined ? {} : { notify }) };
    const pinned = { ref: refOf(workflow), engine, definition, parameters, ...more } as Pinned;
    const hash = this.#options.sha256(JSON.stringify([uid, pinned])).slice(0, 12);
    return { revision: `${name.slice(0, 200)}-${hash}`, pinned };
  }

  /** The definition that a run began with. @throws Error when it is gone */
  async pinned(namespace: string, revision: string): Promise<Pinned | undefined> {
    const key = `${namespace}/${revision}` as const;
    const held = this.#pinned.get(key);
    if (held) return held;
    const live = await this.#options.client.getLive(KIND.controllerRevision, key);
    const pinned = (live as (KubeObject & { data?: Pinned }) | undefined)?.data;
    if (pinned) this.#hold(key, pinned);
    return pinned;
  }

  /** Whether an Execution is there, by the API server itself. */
  async exists(key: Key): Promise<boolean> {
    return (await this.#options.client.getLive(Execution, key)) !== undefined;
  }

  /** What the named children returned; without those that are gone. */
  async results(namespace: string, names: readonly string[]): Promise<Map<string, unknown>> {
    const found = await Promise.all(
      names.map(async (name) => {
        const child = await this.#options.client.getLive(Execution, `${namespace}/${name}`);
        return child && ([name, await this.#resultOf(child as ExecutionObject)] as const);
      }),
    );
    return new Map(found.filter((one) => one !== undefined));
  }

  async execution(key: Key): Promise<ExecutionObject | undefined> {
    return (await this.#options.client.getLive(Execution, key)) as ExecutionObject | undefined;
  }

  /** What all children of these Executions returned that have ended. */
  async allResults(namespace: string, parents: readonly Owner[]): Promise<Map<string, unknown>> {
    const found = new Map<string, unknown>();
    for (const parent of parents)
      for await (const child of this.#children(namespace, parent))
        if (isFinal(child.status?.phase ?? 'Requested')) found.set(child.metadata.name, await this.#resultOf(child));
    return found;
  }

  async #resultOf(child: ExecutionObject): Promise<unknown> {
    const digest = child.status?.resultRef?.digest;
    const json = digest === undefined ? undefined : await this.#options.readResult(digest);
    return computable(childResult(child, json === undefined ? undefined : parseExact(json)));
  }

  async *#children(namespace: string, parent: Owner): AsyncIterable<ExecutionObject> {
    const path = collectionPath(Execution, namespace);
    for await (const child of this.#pages(path, `${LABEL.parent}=${labelValue(parent.name)}`))
      if (parentOf(child)?.uid === parent.uid) yield child as ExecutionObject;
  }

  async *#pages(path: string, labelSelector: string): AsyncIterable<KubeObject> {
    let next: string | undefined;
    do {
      const query = { labelSelector, limit: PAGE };
      const page = await this.#options.transport.page(path, next === undefined ? query : { ...query, continue: next });
      yield* page.items;
      next = page.metadata.continue || undefined;
    } while (next !== undefined);
  }

  #hold(key: string, pinned: Pinned): void {
    this.#pinned.set(key, pinned);
    const [oldest] = this.#pinned.keys();
    if (this.#pinned.size > PINNED_MAX && oldest !== undefined) this.#pinned.delete(oldest);
  }
}
