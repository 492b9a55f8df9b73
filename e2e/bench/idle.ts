// e2e/bench/idle.ts — what an installed Squall costs while nothing happens: memory, and writes to the API server.
import { readFileSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { kubectl, stage } from '../harness.ts';
import { type Figure, mebibytes } from './figures.ts';

/** Bytes of memory that the operator's container uses, from its own metrics, which the API server proxies. */
export async function residentBytes(): Promise<number> {
  const path = `/api/v1/namespaces/${stage.namespace}/services/http:${stage.release}:metrics/proxy/metrics`;
  const text = await kubectl(['get', '--raw', path]);
  const line = text.split('\n').find((candidate) => candidate.startsWith('process_resident_memory_bytes '));
  if (line === undefined) throw new Error('the operator does not tell process_resident_memory_bytes');
  return Number(line.split(' ')[1]);
}

/** Looks for 30 s, after 10 s of rest. */
export async function idle(): Promise<Figure[]> {
  await sleep(10_000);
  const from = stage.auditLog === undefined ? 0 : statSync(stage.auditLog).size;
  const SECONDS = 30;
  await sleep(SECONDS * 1000);
  const memory = await residentBytes();
  const figures: Figure[] = [
    {
      what: 'idle: memory of the one pod',
      measured: mebibytes(memory),
      budget: '≤ 128 MiB',
      met: memory <= 128 * 1024 * 1024,
    },
  ];
  if (stage.auditLog !== undefined) {
    const operator = `"username":"system:serviceaccount:${stage.namespace}:${stage.release}"`;
    const writes = readFileSync(stage.auditLog)
      .subarray(from)
      .toString()
      .split('\n')
      .filter((line) => line.includes(operator) && /"verb":"(?:create|update|patch|delete)"/.test(line)).length;
    figures.push({
      what: 'idle: writes per second',
      measured: (writes / SECONDS).toFixed(2),
      budget: '≤ 1',
      met: writes / SECONDS <= 1,
    });
  }
  return figures;
}
