// e2e/demo/pack-ready.ts — a Pack that was just applied → installed as it is asked for now, or why it is not.
import { setTimeout as sleep } from 'node:timers/promises';
import { type Pack, Pack as PackKind } from '../../operator/api/kinds.ts';
import { objectPath } from '../../operator/kube/paths.ts';
import type { Transport } from '../../operator/kube/transport.ts';
import type { Note } from '../cluster/progress.ts';

/** Longest wait, in ms: a source that could not be fetched is fetched again after half a minute. */
const LONGEST_MS = 120_000;
const LOOK_MS = 250;

/** `Ready` alone may be said of the version before. @throws Error with what is wrong in its files, or with how far it came */
export async function packReady(api: Transport, namespace: string, name: string, note: Note): Promise<void> {
  let told = 'the operator has not looked at it yet';
  for (const until = performance.now() + LONGEST_MS; performance.now() < until; await sleep(LOOK_MS)) {
    const { metadata, status } = (await api.get(objectPath(PackKind, namespace, name))) as Pack;
    if (status?.observedGeneration !== metadata.generation) continue;
    const step = status?.install?.step;
    const [faulty] = (status?.conditions ?? []).filter(
      ({ type, status: holds }) => !['Ready', 'Stalled'].includes(type) && holds === 'False',
    );
    const ready = status?.conditions?.find(({ type }) => type === 'Ready');
    if (step === 'Done' && ready?.status === 'True') return;
    const findings = (status?.findings ?? []).map(({ file, line = 1, message }) => `${file}:${line}: ${message}`);
    if (findings.length > 0) throw new Error(`Pack ${name}: ${findings.join('; ')}`);
    told = `${step}: ${(step === 'Failed' ? faulty : ready)?.message ?? ''}`;
    note(told);
  }
  throw new Error(`Pack ${name} is not installed after ${LONGEST_MS / 1000} s: ${told}`);
}
