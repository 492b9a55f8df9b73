// operator/controllers/core-pack.ts — the files of the built-in pack core → objects in the operator's own namespace.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Draft } from '../api/meta.ts';
import { ActionFile, TriggerFile } from '../api/pack-file.ts';
import { actionOf, triggerTypeOf } from '../domain/pack/register.ts';
import type { Client } from '../kube/client.ts';
import type { Log } from '../telemetry/log.ts';
import type { Metrics } from '../telemetry/metrics.ts';

const FIRST_WAIT_MS = 1_000;
const WAIT_MAX_MS = 60_000;

/** Reads `<packs>/core`. @throws Error that names the file when one does not fit */
export function readCorePack(packsDirectory: string, namespace: string): Draft[] {
  const folder = join(packsDirectory, 'core');
  const origin = { pack: 'core', namespace };
  const files = (kind: string): string[] =>
    existsSync(join(folder, kind))
      ? readdirSync(join(folder, kind))
          .filter((name) => name.endsWith('.yaml'))
          .map((name) => join(folder, kind, name))
      : [];
  const read = (path: string, convert: (content: unknown) => Draft): Draft => {
    try {
      return convert(parse(readFileSync(path, 'utf8')));
    } catch (cause) {
      throw new Error(`register ${path}`, { cause });
    }
  };
  return [
    ...files('triggers').map((path) => read(path, (content) => triggerTypeOf(TriggerFile.parse(content), origin))),
    ...files('actions').map((path) =>
      read(path, (content) => {
        const file = ActionFile.parse(content);
        const script =
          file.entry_point === '' ? undefined : readFileSync(join(folder, 'actions', file.entry_point), 'utf8');
        return actionOf(file, origin, script);
      }),
    ),
  ];
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
