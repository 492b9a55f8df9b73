// cli/pack-wait.ts — a Pack that was asked for → its steps on the screen, until it is ready or has failed.
import type { Pack } from '../operator/api/kinds.ts';
import { Failure } from './failure.ts';
import { call } from './kube.ts';
import { conditionOf, packPath } from './pack-object.ts';
import { clean } from './print.ts';
import type { Session } from './session.ts';

/** StackStorm's words for the steps. */
const STEPS = [
  ['Fetched', 'download pack'],
  ['Valid', 'validate pack'],
  ['EnvironmentReady', 'install pack dependencies'],
  ['Registered', 'register pack'],
] as const;
/** How often to look, in ms: more often in the beginning, while an author may wait for his own files, which take a second or two. */
const [SOON_MS, LATER_MS] = [100, 500];
const BEGINNING_MS = 5_000;
/** How long the operator may take to begin, in ms. */
const BEGIN_MS = 30_000;
/** Findings that are printed. */
const FINDINGS_MAX = 20;

/**
 * @returns the Pack when it is ready, with the version that was asked for; undefined when it failed
 * @throws Failure with exit code 130 after Ctrl-C, which leaves the installation going
 */
export const waitForPack = async (session: Session, asked: Pack): Promise<Pack | undefined> =>
  tellOutcome(session, await settledPack(session, asked));

/** The Pack when it is ready or has failed, of which only its steps have been told. @throws Failure as waitForPack does */
export async function settledPack(session: Session, asked: Pack): Promise<Pack> {
  const { name, generation = 1 } = asked.metadata;
  const interrupted = new AbortController();
  const onInterrupt = () => interrupted.abort();
  process.once('SIGINT', onInterrupt);
  const progress = progressOn(session.screen);
  try {
    for (const began = Date.now(); ; ) {
      const pack = await call<Pack>(session.to, `get Pack ${name}`, packPath(session, name), {
        signal: interrupted.signal,
      });
      const isSeen = (pack.status?.observedGeneration ?? 0) >= generation;
      if (!isSeen && Date.now() - began > BEGIN_MS)
        throw new Failure(
          `Pack ${name}: the operator has not looked at it for ${BEGIN_MS / 1000} s; see squall status`,
        );
      if (isSeen) {
        progress.tell(pack.status);
        const step = pack.status?.install?.step;
        const ready = conditionOf(pack.status, 'Ready')?.status;
        if (step === 'Failed' || (step === 'Done' && (ready === 'True' || ready === 'False'))) return pack;
      }
      await new Promise((wake) => setTimeout(wake, Date.now() - began < BEGINNING_MS ? SOON_MS : LATER_MS));
      interrupted.signal.throwIfAborted();
    }
  } catch (error) {
    if (!interrupted.signal.aborted) throw error;
    progress.clear();
    throw new Failure(`Pack ${name}: its installation goes on. See it: squall pack get ${name}`, { exitCode: 130 });
  } finally {
    progress.clear();
    process.removeListener('SIGINT', onInterrupt);
  }
}

/** Says how it went. @returns the Pack when it is ready; undefined when it failed */
export function tellOutcome(session: Session, pack: Pack): Pack | undefined {
  const isReady = pack.status?.install?.step === 'Done' && conditionOf(pack.status, 'Ready')?.status === 'True';
  return isReady ? installed(session, pack) : failed(session, pack);
}

/** Every step once, with the time that it took; on a terminal the one that is under way below them. */
function progressOn(screen: Session['screen']) {
  const told = new Set<string>();
  let since = Date.now();
  let isDrawn = false;
  const clear = () => {
    if (isDrawn) screen.err('\r\u001b[K');
    isDrawn = false;
  };
  const line = (state: string, words: string) =>
    `  [ ${state.padEnd(9)} ] ${words} (${((Date.now() - since) / 1000).toFixed(1)} s)`;
  const tell = (status: Pack['status']) => {
    clear();
    for (const [type, words] of STEPS) {
      const condition = conditionOf(status, type);
      if (!condition || condition.status === 'Unknown') {
        if (status?.install?.step === 'Failed' || !screen.rows) return;
        screen.err(line('running', words));
        isDrawn = true;
        return;
      }
      if (told.has(type)) continue;
      told.add(type);
      screen.err(`${line(condition.status === 'True' ? 'succeeded' : 'failed', words)}\n`);
      since = Date.now();
    }
  };
  return { tell, clear };
}

function installed({ screen }: Session, pack: Pack): Pack {
  const { metadata, status } = pack;
  screen.out(`Pack ${metadata.name}: version ${status?.version ?? ''} is installed: ${status?.content ?? ''}\n`);
  for (const warning of status?.warnings ?? []) screen.err(`warning: ${warning}\n`);
  const config = conditionOf(status, 'ConfigValid');
  if (config?.status === 'False')
    screen.err(`warning: ${config.message}\nGive its configuration: squall pack config ${metadata.name}\n`);
  return pack;
}

function failed({ screen }: Session, { metadata, status }: Pack): undefined {
  const wrong =
    STEPS.map(([type]) => conditionOf(status, type)).find((step) => step?.status === 'False') ??
    conditionOf(status, 'Ready');
  const findings = wrong?.type === 'Valid' ? (status?.findings ?? []) : [];
  const lines = findings.map(({ file, line, message }) => `${file}${line ? `:${line}` : ''}: ${message}`);
  screen.err(`squall: Pack ${metadata.name}: ${before(wrong?.message ?? 'it failed', lines[0])}\n`);
  for (const line of lines.slice(0, FINDINGS_MAX)) screen.err(`  ${clean(line)}\n`);
  if (lines.length > FINDINGS_MAX)
    screen.err(`  … and ${lines.length - FINDINGS_MAX} more: squall pack get ${metadata.name}\n`);
  if (status?.installed) screen.err(`Version ${status.version ?? ''}, which was installed before, stays in use.\n`);
  return undefined;
}

/** A message without the findings that it names: they are all listed below it. */
function before(message: string, finding: string | undefined): string {
  const at = finding === undefined ? -1 : message.indexOf(`; ${finding}`);
  return at < 0 ? message : message.slice(0, at);
}
