// e2e/packs/probes.ts — whether a server does its work already: each question as its clients ask it.
import { connect } from 'node:net';
import { ask } from '../cluster/command.ts';

interface Address {
  readonly host: string;
  readonly port: number;
}

const PATIENCE_MS = 2000;

/** Whether the first bytes of the answer to `question` are `wanted`. */
export function answers({ host, port }: Address, question: Buffer, wanted: Buffer): Promise<boolean> {
  return new Promise((resolve) => {
    let got = Buffer.alloc(0);
    const socket = connect({ host, port }, () => socket.write(question));
    const tell = (isSo: boolean): void => {
      socket.destroy();
      resolve(isSo);
    };
    socket.setTimeout(PATIENCE_MS, () => tell(false));
    socket.on('error', () => tell(false));
    socket.on('close', () => resolve(false));
    socket.on('data', (bytes: Buffer) => {
      got = Buffer.concat([got, bytes]);
      if (got.length >= wanted.length) tell(got.subarray(0, wanted.length).equals(wanted));
    });
  });
}

/** Whether a GET has this status. */
export async function answersHttp(address: Address, path: string, status: number): Promise<boolean> {
  return (await get(address, path))?.status === status;
}

/** Whether Prometheus has scraped a value that is not 0. */
export async function metricIsThere(address: Address, metric: string): Promise<boolean> {
  const answer = await get(address, `/api/v1/query?query=${metric}`);
  if (answer?.status !== 200) return false;
  const { data } = (await answer.json()) as {
    readonly data: { readonly result: readonly { value: [number, string] }[] };
  };
  return data.result.some(({ value }) => value[1] !== '0');
}

/** Whether git can read the repository. */
export async function listsRefs(url: string): Promise<boolean> {
  return (await ask('git', ['ls-remote', '--exit-code', url], { timeoutMs: PATIENCE_MS })) !== undefined;
}

const get = ({ host, port }: Address, path: string): Promise<Response | undefined> =>
  fetch(`http://${host}:${port}${path}`, { signal: AbortSignal.timeout(PATIENCE_MS) }).catch(() => undefined);
