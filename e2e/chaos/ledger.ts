// e2e/chaos/ledger.ts — a ledger outside the cluster: each run of an action writes one line, and nothing is ever taken back.
import { createServer } from 'node:http';

export interface Ledger {
  /** Where an action posts its line. */
  readonly url: string;
  /** The lines, in order of arrival. */
  readonly lines: readonly string[];
  /** Shell command that writes `<label> <execution> <attempt>`. */
  command(label: string): string;
  close(): void;
}

/** Opens a ledger at `address`, which pods must be able to reach. */
export async function openLedger(address: string): Promise<Ledger> {
  const lines: string[] = [];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      lines.push(Buffer.concat(parts).toString().trim());
      response.end('written\n');
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.on('error', reject);
    server.listen(0, address, resolve);
  });
  const bound = server.address();
  if (typeof bound !== 'object' || bound === null) throw new Error(`listen on ${address}`);
  const url = `http://${address}:${bound.port}/`;
  return {
    url,
    lines,
    command: (label) =>
      `curl -sS --fail --max-time 60 --retry 0 -d "${label} $SQUALL_EXECUTION $SQUALL_ATTEMPT" ${url}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

export interface Difference {
  /** Expected, and not written. */
  readonly lost: readonly string[];
  /** Written more often than once, or not expected. */
  readonly doubled: readonly string[];
}

/** Compares the ledger with what had to be written, each exactly once. */
export function compare(expected: readonly string[], written: readonly string[]): Difference {
  const wanted = new Set(expected);
  const seen = new Set<string>();
  const doubled: string[] = [];
  for (const line of written) {
    if (seen.has(line) || !wanted.has(line)) doubled.push(line);
    seen.add(line);
  }
  return { lost: expected.filter((line) => !seen.has(line)), doubled };
}
