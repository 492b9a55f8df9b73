// cli/pack-wait.ts — a Pack that was asked for → its steps on the screen, until it is ready or has failed.
import type { Pack } from '../operator/api/kinds.ts';
import type { Condition } from '../operator/api/meta.ts';
import { Failure } from './failure.ts';
import { call } from './kube.ts';
import { conditionOf, packPath } from './pack-object.ts';
import type { Session } from './session.ts';

/** StackStorm's words for the steps. */
const STEPS = [
  ['Fetched', 'download pack'],
  ['Valid', 'validate pack'],
  ['EnvironmentReady', 'install pack dependencies'],
  ['Registered', 'register pack'],
] as const;
const LOOK_MS = 300;
/** How long the operator may take to begin, in ms. */
const BEGIN_MS = 30_000;

/** @returns the Pack when it is ready, with the version that was asked for; undefined when it failed */
export async function waitForPack(session: Session, asked: Pack): Promise<Pack | undefined> {
  const { name, generation = 1 } = asked.metadata;
  const { screen } = session;
  const told = new Set<string>();
  const began = Date.now();
  for (;;) {
    const pack = await call<Pack>(session.to, `get Pack ${name}`, packPath(session, name));
    const isSeen = (pack.status?.observedGeneration ?? 0) >= generation;
    if (!isSeen && Date.now() - began > BEGIN_MS)
      throw new Failure(`Pack ${name}: the operator has not looked at it for ${BEGIN_MS / 1000} s; see squall status`);
    if (isSeen) {
      for (const [type, words] of STEPS) tell(screen, conditionOf(pack.status, type), words, told);
      const step = pack.status?.install?.step;
      if (step === 'Failed') return failed(session, pack);
      const ready = conditionOf(pack.status, 'Ready');
      if (step === 'Done' && ready?.status === 'True') return installed(session, pack);
      if (step === 'Done' && ready?.status === 'False') return failed(session, pack);
    }
    await new Promise((wake) => setTimeout(wake, LOOK_MS));
  }
}

function tell(screen: Session['screen'], condition: Condition | undefined, words: string, told: Set<string>): void {
  if (!condition || condition.status === 'Unknown' || told.has(words)) return;
  told.add(words);
  screen.err(`  [ ${condition.status === 'True' ? 'succeeded' : 'failed'.padEnd(9)} ] ${words}\n`);
}

function installed(session: Session, pack: Pack): Pack {
  const { metadata, status } = pack;
  session.screen.out(
    `Pack ${metadata.name}: version ${status?.version ?? ''} is installed: ${status?.content ?? ''}\n`,
  );
  for (const warning of status?.warnings ?? []) session.screen.err(`warning: ${warning}\n`);
  return pack;
}

function failed(session: Session, { metadata, status }: Pack): undefined {
  const wrong = status?.conditions?.filter(({ type, status: holds }) => holds === 'False' && type !== 'Stalled') ?? [];
  const message = wrong.at(-1)?.message ?? conditionOf(status, 'Ready')?.message ?? 'it failed';
  session.screen.err(`squall: Pack ${metadata.name}: ${message}\n`);
  for (const { file, line, message: found } of status?.findings ?? [])
    session.screen.err(`  ${file}${line === undefined ? '' : `:${line}`}: ${found}\n`);
  return undefined;
}
