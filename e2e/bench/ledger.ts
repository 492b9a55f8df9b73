// e2e/bench/ledger.ts — all that is written to Executions of a namespace, as a watch sees it: which, when, and how many bytes.
import { Execution } from '../../operator/api/kinds.ts';
import { type KubeObject, LABEL } from '../../operator/api/meta.ts';
import { FINAL } from '../harness.ts';
import { follow, watchFor } from './watch.ts';

interface Written {
  readonly name: string;
  /** Name of its topmost ancestor, itself if it has none. */
  readonly root: string;
  /** The whole of it, as etcd has it: an object is always written whole. */
  readonly bytes: number;
  readonly statusBytes: number;
}

export interface Ledger {
  /** Resolves with the time (performance.now) at which an Execution was seen in its final phase. */
  ended(name: string, limitMs: number): Promise<number>;
  /** Writes to one Execution, its creation included. */
  to(name: string): readonly Written[];
  /** Bytes of all writes to an Execution and those below it. */
  bytesBelow(root: string): number;
  close(): void;
}

const jsonBytes = (value: unknown): number => (value === undefined ? 0 : Buffer.byteLength(JSON.stringify(value)));
const isFinal = ({ status }: KubeObject): boolean =>
  FINAL.includes((status as { phase?: string } | undefined)?.phase ?? '');

/** Keeps a ledger from now on. */
export async function ledgerOf(namespace: string): Promise<Ledger> {
  const writes: Written[] = [];
  const finals = await watchFor(Execution, namespace, isFinal);
  const close = await follow(Execution, namespace, (object, type) => {
    if (type === 'DELETED') return;
    const { name, labels } = object.metadata;
    const root = labels?.[LABEL.root] ?? name;
    writes.push({ name, root, bytes: jsonBytes(object), statusBytes: jsonBytes(object.status) });
  });
  return {
    ended: (name, limitMs) => finals.when(name, limitMs),
    to: (name) => writes.filter((one) => one.name === name),
    bytesBelow: (root) => writes.filter((one) => one.root === root).reduce((sum, { bytes }) => sum + bytes, 0),
    close: () => {
      close();
      finals.close();
    },
  };
}
