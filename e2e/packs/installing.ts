// e2e/packs/installing.ts — a folder with a pack → a Pack that is ready in the cluster, and how long each step took.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import type { Pack } from '../../operator/api/kinds.ts';
import { apply, callDoor, kubectl, ours, stage } from '../harness.ts';

const LOOK_MS = 150;
const LONGEST_MS = 300_000;
const MOST_BYTES = 200 * 1024 * 1024;

export interface Installed {
  readonly isReady: boolean;
  /** Version and content, or why it is not ready. */
  readonly told: string;
  /** Milliseconds by step, as far as a look every 150 ms tells. */
  readonly took: Readonly<Record<string, number>>;
  /** What it brought, by kind, as StackStorm counts. */
  readonly counts: Readonly<Record<string, number>>;
}

/** Two at a time; each is told when it has ended. */
export async function installAll(
  packs: Iterable<string>,
  install: (pack: string) => Promise<Installed>,
): Promise<ReadonlyMap<string, Installed>> {
  const installed = new Map<string, Installed>();
  const waiting = [...packs].sort();
  const work = async (): Promise<void> => {
    for (let pack = waiting.shift(); pack !== undefined; pack = waiting.shift()) {
      const one = await install(pack).catch((error: unknown) => notReady((error as Error).message));
      installed.set(pack, one);
      const steps = Object.entries(one.took).map(([step, ms]) => `${step} ${(ms / 1000).toFixed(1)} s`);
      console.log(`pack ${pack}: ${one.isReady ? 'ready' : 'NOT READY'} (${steps.join(', ')}): ${one.told}`);
    }
  };
  await Promise.all([work(), work()]);
  return installed;
}

const notReady = (told: string): Installed => ({ isReady: false, told, took: {}, counts: {} });

/** Waits until it is Ready or has failed. @throws Error when neither is so in time */
export async function installPack(
  namespace: string,
  folder: string,
  pack: string,
  configuration: unknown,
): Promise<Installed> {
  if (!existsSync(join(folder, pack, 'pack.yaml'))) return notReady(`there is no ${pack}/pack.yaml in ${folder}`);
  return await installFrom(namespace, pack, { archive: await upload(namespace, join(folder, pack)) }, configuration);
}

/** The same, from a `spec.source`; times count from the moment at which it is asked for. */
export async function installFrom(
  namespace: string,
  pack: string,
  source: object,
  configuration?: unknown,
): Promise<Installed> {
  const name = pack.replaceAll('_', '-');
  const config = configuration ? { config: { values: configuration } } : {};
  const began = performance.now();
  await apply(ours('Pack', namespace, name, { ref: pack, source, ...config }));
  const took: Record<string, number> = {};
  let since = began;
  let step = 'Begin';
  for (;;) {
    const { metadata, status } = JSON.parse(
      await kubectl(['-n', namespace, 'get', 'pack', name, '-o', 'json']),
    ) as Pack;
    const now = performance.now();
    const isSeen = status?.observedGeneration === metadata.generation;
    const current = (isSeen ? status?.install?.step : undefined) ?? 'Begin';
    if (current !== step) {
      took[step] = Math.round(now - since);
      [step, since] = [current, now];
    }
    const ready = status?.conditions?.find(({ type }) => type === 'Ready');
    if (step === 'Failed' || (step === 'Done' && ready && ready.status !== 'Unknown')) {
      took['all'] = Math.round(now - began);
      const isReady = step === 'Done' && ready?.status === 'True';
      const told = isReady ? `${status?.version}, ${status?.content}` : (ready?.message ?? '');
      return { isReady, told, took, counts: status?.counts ?? {} };
    }
    if (now - began > LONGEST_MS) throw new Error(`Pack ${name} is still at ${step}: ${JSON.stringify(status)}`);
    await sleep(LOOK_MS);
  }
}

let token: Promise<string> | undefined;

async function newToken(): Promise<string> {
  const account = await kubectl(['-n', stage.namespace, 'get', 'sa', '-l', SELECTOR, '-o', 'name']);
  const [, of = ''] = account.trim().split('/');
  return (await kubectl(['-n', stage.namespace, 'create', 'token', of, '--duration=8h'])).trim();
}

/** Brings all its files to the pack store, as `squall pack register` does. */
async function upload(namespace: string, folder: string): Promise<string> {
  const words = ['-C', folder, '--exclude=./.git', '--exclude=__pycache__', '-cf', '-', '.'];
  const bytes = gzipSync(execFileSync('tar', words, { maxBuffer: MOST_BYTES }));
  const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  const headers = { 'x-auth-token': await (token ??= newToken()), 'content-type': 'application/octet-stream' };
  const answer = await callDoor('PUT', `/ns/${namespace}/v1/packs/content/${digest}`, { body: bytes, headers });
  if (answer.code >= 300) throw new Error(`${folder}: HTTP ${answer.code}: ${JSON.stringify(answer.body)}`);
  return digest;
}

const SELECTOR = 'app.kubernetes.io/name=squall,app.kubernetes.io/component=cli';
