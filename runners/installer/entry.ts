// runners/installer/entry.ts — the program of the install Job: asks for its task, does it, says what came of it.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { InstallTask, type InstallReport } from '../../operator/api/install.ts';
import { Refused, Stopped, Superseded, Unreachable } from './failure.ts';
import { install } from './install.ts';
import { readSettings, type Settings, UnreadableSettings } from './settings.ts';
import { storeAt } from './store.ts';
import { type Ask, wireTo } from './wire.ts';

/** How long the operator is asked for the task, told of progress, told of the end; in seconds. */
const TASK_SECONDS = 600;
const PROGRESS_SECONDS = 30;
const END_SECONDS = 1800;

const say = (message: string): void => void process.stdout.write(`${message}\n`);

async function main(env: NodeJS.ProcessEnv): Promise<void> {
  const stop = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stop.abort());
  // A log that nobody reads any more must not end the installation.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  const settings = readSettings(env);
  const ask = wireTo({ ca: settings.ca, tokenFile: settings.tokenFile, stop: stop.signal, say });
  const { authorities, ...task } = await taskOf(settings, ask);
  const scratch = mkdtempSync(join(settings.scratch, 'squall-install-'));
  try {
    const report = (one: InstallReport): Promise<void> => tell(one, settings.installUrl, ask);
    await install(task, {
      settings: trusting(authorities, settings, scratch),
      store: storeAt(settings.contentUrl, ask),
      scratch,
      stop: stop.signal,
      say,
      report,
    });
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** What the container names itself comes before what the operator gives. */
function trusting(authorities: string | undefined, settings: Settings, scratch: string): Settings {
  if (authorities === undefined || settings.caBundle !== undefined) return settings;
  const caBundle = join(scratch, 'given.pem');
  writeFileSync(caBundle, authorities);
  return { ...settings, caBundle };
}

async function taskOf({ installUrl }: Settings, ask: Ask): Promise<InstallTask> {
  const question = { method: 'GET', url: installUrl, what: 'ask for the task', seconds: TASK_SECONDS } as const;
  const { status, text } = await ask({ ...question, expected: [409] });
  if (status === 409) throw new Superseded('nothing is to be installed any more');
  const task = InstallTask.safeParse(JSON.parse(text));
  if (task.success) return task.data;
  const [issue] = task.error.issues;
  throw new Refused(
    `the task can't be read; use the image of the operator's release: ${issue?.path.join('.')}: ${issue?.message}`,
  );
}

/** Progress that does not arrive is no reason to stop; the end must. */
async function tell(report: InstallReport, url: URL, ask: Ask): Promise<void> {
  const isEnd = report.step === 'Done' || report.step === 'Failed';
  const seconds = isEnd ? END_SECONDS : PROGRESS_SECONDS;
  try {
    const { status } = await ask({ method: 'POST', url, what: 'report', seconds, json: report, expected: [409] });
    if (status === 409) throw new Superseded('another installation has taken its place');
  } catch (error) {
    if (isEnd || !(error instanceof Unreachable)) throw error;
    say(error.message);
  }
}

/** What the container's exit code says: 0 when every outcome that matters has been told. */
function exitCodeOf(error: unknown): number {
  if (error instanceof Superseded) return 0;
  if (error instanceof UnreadableSettings) return 64;
  if (error instanceof Unreachable) return 69;
  if (error instanceof Stopped) return 75;
  return error instanceof Refused ? 77 : 70;
}

/** Also kept by Kubernetes, as the container's termination message. */
function lastWords(message: string): void {
  say(message);
  try {
    writeFileSync('/dev/termination-log', message.slice(0, 4000), { flag: 'r+' });
  } catch {
    // Outside a pod there is none.
  }
}

main(process.env).then(
  () => process.exit(0),
  (error: Error) => {
    const code = exitCodeOf(error);
    lastWords(code === 70 ? (error.stack ?? error.message) : error.message);
    process.exit(code);
  },
);
