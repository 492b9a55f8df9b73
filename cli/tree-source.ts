// cli/tree-source.ts — the Executions of a tree, as they are now and as they change.
import { Execution } from '../operator/api/kinds.ts';
import { LABEL, labelValue } from '../operator/api/meta.ts';
import type { WorkflowEngine } from '../operator/api/workflow.ts';
import { executionPath } from './execution.ts';
import { ApiFailure, Failure } from './failure.ts';
import { call, lines, listAll, listVersion } from './kube.ts';
import { readRevision } from './revision.ts';
import type { Session } from './session.ts';
import { revisionsIn, treeOf, type TreeNode } from './tree-model.ts';
import { AWAY_MS, gone, isLasting, LOOK_MS } from './wait.ts';

/** Engines of revisions that were asked for. */
type Engines = Map<string, WorkflowEngine | undefined>;

/** @throws Failure where it is not there */
export async function readTree(session: Session, name: string, engines: Engines): Promise<TreeNode> {
  const root = await call<Execution>(session.to, `get Execution ${name}`, executionPath(session.namespace, name));
  const path = executionPath(session.namespace);
  const all = await listAll<Execution>(session.to, 'list Executions', path, selectorOf(root));
  return buildTree(session, root, all, engines);
}

/** What all steps of the whole story have. */
const selectorOf = ({ metadata }: Execution) => ({
  labelSelector: `${LABEL.root}=${metadata.labels?.[LABEL.root] ?? labelValue(metadata.name)}`,
});

async function buildTree(
  session: Session,
  root: Execution,
  all: readonly Execution[],
  engines: Engines,
): Promise<TreeNode> {
  const unknown = [...revisionsIn([root, ...all])].filter(([revision]) => !engines.has(revision));
  await Promise.all(
    unknown.map(async ([revision, execution]) => {
      const pinned = await readRevision(session, execution).catch((error) => {
        if (error instanceof Failure) return undefined; // the keys tell nearly as much
        throw error;
      });
      engines.set(revision, pinned?.engine);
    }),
  );
  return treeOf(root, all, (revision) => engines.get(revision));
}

/** A tree that is kept up to date until it is stopped. */
interface LiveTree {
  /** @throws Failure when the root is deleted, or the API server stays away */
  current(): Promise<TreeNode>;
  /** Resolves at the next change, at once if there was one since it was last asked, and at the latest after so many ms. */
  changed(longestMs: number): Promise<void>;
}

export function watchTree(session: Session, first: Execution, stop: AbortSignal): LiveTree {
  const steps = new Map<string, Execution>();
  const roots = new Map([[first.metadata.name, first]]);
  const engines: Engines = new Map();
  let failure: unknown;
  let isStale = true;
  let wake = (): void => undefined;
  const told = (): void => {
    isStale = true;
    wake();
  };
  const keeping = [
    keep(session, { fieldSelector: `metadata.name=${first.metadata.name}` }, { into: roots, told, stop }),
    keep(session, selectorOf(first), { into: steps, told, stop }),
  ];
  for (const one of keeping)
    one.catch((error) => {
      failure ??= error;
      told();
    });
  return {
    current: async () => {
      if (failure !== undefined) throw failure;
      const root = roots.get(first.metadata.name);
      if (root?.metadata.uid !== first.metadata.uid) throw gone(first.metadata.name);
      return buildTree(session, root, [...steps.values()], engines);
    },
    changed: async (longestMs) => {
      if (!isStale) {
        await new Promise<void>((resolve) => {
          const late = setTimeout(resolve, longestMs);
          wake = () => {
            clearTimeout(late);
            resolve();
          };
        });
      }
      isStale = false;
    },
  };
}

interface Kept {
  readonly into: Map<string, Execution>;
  readonly told: () => void;
  readonly stop: AbortSignal;
}

/** Lists, watches, and does both again when the watch ends; where a watch is not allowed it looks again and again. */
async function keep(session: Session, query: Record<string, string>, { into, told, stop }: Kept): Promise<void> {
  const path = executionPath(session.namespace);
  for (let heard = Date.now(); !stop.aborted; ) {
    try {
      const { items, resourceVersion } = await listVersion<Execution>(session.to, 'list Executions', path, query, stop);
      into.clear();
      for (const item of items) into.set(item.metadata.name, item);
      told();
      heard = Date.now();
      const watching = { watch: 'true', resourceVersion, timeoutSeconds: '300', ...query };
      for await (const line of lines(session.to, 'watch Executions', path, { query: watching, signal: stop })) {
        if (line === '') continue;
        const { type, object } = JSON.parse(line) as { type: string; object: Execution };
        if (type === 'ERROR') break; // the version is too old: list again
        if (type === 'DELETED') into.delete(object.metadata.name);
        else into.set(object.metadata.name, object);
        told();
        heard = Date.now();
      }
    } catch (error) {
      if (stop.aborted) return;
      const isForbiddenList = error instanceof ApiFailure && error.code === 403 && error.message.startsWith('list');
      if (isForbiddenList || isLasting(error) || Date.now() - heard > AWAY_MS) throw error;
    }
    // Whoever waits for changes keeps the program alive.
    await new Promise((again) => setTimeout(again, LOOK_MS).unref());
  }
}
