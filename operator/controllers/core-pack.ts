// operator/controllers/core-pack.ts — the files of the built-in pack core → objects in the operator's own namespace.
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { API_VERSION, type Draft, LABEL, nameOfRef } from '../api/meta.ts';
import { readPack } from '../domain/pack/read.ts';
import type { Client } from '../kube/client.ts';
import type { Log } from '../telemetry/log.ts';
import type { Metrics } from '../telemetry/metrics.ts';

const FIRST_WAIT_MS = 1_000;
const WAIT_MAX_MS = 60_000;

/** Reads `<packs>/core`, as every pack is read. @throws Error that names the files and lines that do not fit */
export function readCorePack(packsDirectory: string, namespace: string): Draft[] {
  const folder = join(packsDirectory, 'core');
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
  const text = (path: string) => (files.includes(path) ? readFileSync(join(folder, path), 'utf8') : undefined);
  const reading = readPack({ files, directoryName: 'core', text });
  if (!reading.ok) {
    const told = reading.findings.map(({ file, line, message }) => `${join(folder, file)}:${line ?? 1}: ${message}`);
    throw new Error(`read pack core: ${told.join('\n')}`);
  }
  return reading.manifest.resources.map(({ kind, spec }) => draftOf(kind, withScript(spec, text), namespace));
}

function draftOf(kind: string, spec: Readonly<Record<string, unknown>>, namespace: string): Draft {
  const labels = { [LABEL.pack]: 'core' };
  return { apiVersion: API_VERSION, kind, metadata: { name: nameOfRef(String(spec['ref'])), namespace, labels }, spec };
}

/** Runners whose scripts are one file. */
const INLINE: readonly unknown[] = ['local-shell-script', 'python-script', 'node-script'];

/** The pack store has no archive of this pack, so a script comes with its Action. */
function withScript(
  spec: Readonly<Record<string, unknown>>,
  text: (path: string) => string | undefined,
): Readonly<Record<string, unknown>> {
  const { entryPoint, ...rest } = spec;
  if (typeof entryPoint !== 'string' || !INLINE.includes(spec['runner'])) return spec;
  return { ...rest, script: text(entryPoint) };
}

export interface CorePackOptions {
  readonly client: Client;
  /** See `readCorePack`. */
  readonly read: () => readonly Draft[];
  readonly log: Log;
  readonly metrics: Metrics;
  readonly stop: AbortSignal;
  /** Before the second try, in ms; 1 000 by default, and doubled from try to try up to 1 min. */
  readonly waitMs?: number;
}

/**
 * Applies the pack once; an object that was changed by hand gets the pack's fields back. What cannot be applied is logged and
 * tried again until it is, or until `stop`, while others work: never throws.
 * @returns after the first try; `done` resolves with the last one
 */
export async function startCorePack(options: CorePackOptions): Promise<{ readonly done: Promise<void> }> {
  options.metrics.corePackApplied.set(0);
  if (await applied(options)) return { done: Promise.resolve() };
  return { done: persevere(options) };
}

async function persevere(options: CorePackOptions): Promise<void> {
  const { stop, waitMs = FIRST_WAIT_MS } = options;
  for (let wait = waitMs; !stop.aborted; wait = Math.min(wait * 2, WAIT_MAX_MS)) {
    await pause(wait, stop);
    if (stop.aborted || (await applied(options))) return;
  }
}

/** Ends early with `stop`. */
const pause = (ms: number, stop: AbortSignal) =>
  new Promise<void>((done) => {
    const end = () => {
      clearTimeout(timer);
      stop.removeEventListener('abort', end);
      done();
    };
    const timer = setTimeout(end, ms);
    stop.addEventListener('abort', end);
    if (stop.aborted) end();
  });

/** All objects are tried at once: one that is refused, or whose call hangs, does not keep the others back. */
async function applied({ client, read, log, metrics, stop }: CorePackOptions): Promise<boolean> {
  try {
    const drafts = read();
    const tries = await Promise.allSettled(drafts.map((draft) => client.apply(draft)));
    const refused = drafts.filter((_, index) => tries[index]?.status === 'rejected').map(nameOf);
    const first = tries.find((one) => one.status === 'rejected');
    if (first) throw new Error(`apply ${refused.join(', ')}`, { cause: first.reason });
    metrics.corePackApplied.set(1);
    return true;
  } catch (err) {
    if (!stop.aborted) log.warn({ err }, 'pack core is not applied; it is tried again');
    return false;
  }
}

const nameOf = ({ kind, metadata: { namespace, name } }: Draft) => `${kind} ${namespace}/${name}`;
