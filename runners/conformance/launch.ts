// runners/conformance/launch.ts — runs one case, as a process of this machine or as a container of an image.
import { spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { secretMark } from '../../operator/api/envelope.ts';
import { type Case, contentOf, environmentOf, hasFiles, taskOf, taskVariables } from './case.ts';
import { type Post, playOperator } from './operator.ts';
import { withPeers } from './peers.ts';

/** What is tested: a bundle of the runner's entry, or an image run by `docker` or a command that takes the same words. */
export type Subject =
  /** `python`: the environment that packs share, see python.setup.ts; undefined where there is none. */
  | { readonly bundle: string; readonly python: string | undefined }
  | { readonly image: string; readonly command: readonly string[] };

export interface Outcome {
  readonly exit: number | null;
  readonly log: string;
  readonly posts: readonly Post[];
  readonly starts: readonly Post[];
  readonly fetches: readonly Post[];
}

/** How long a runner that has posted its result waits for whoever reads its log, in a row with slowLog. */
const SLOW_LOG_MS = 300;
const EXECUTION = { namespace: 'default', name: 'e-1', uid: '6b0f3b5e-0000-4000-8000-000000000001' };

export async function runCase(given: Case, subject: Subject): Promise<Outcome> {
  const row = await withPeers(given);
  const home = await mkdtemp(join(tmpdir(), 'squall-case-'));
  const folders = {
    pod: join(home, 'pod'),
    secrets: join(home, 'secrets'),
    tmp: join(home, 'tmp'),
    work: join(home, 'work'),
    stackstorm: join(home, 'stackstorm'),
    packs: join(home, 'stackstorm', 'packs'),
    virtualenvs: join(home, 'stackstorm', 'virtualenvs'),
    configs: join(home, 'stackstorm', 'configs'),
  };
  for (const path of Object.values(folders)) await mkdir(path);
  // The container's user is another one.
  for (const path of [home, ...Object.values(folders)]) await chmod(path, 0o777);
  const tokenFile = join(folders.pod, 'token');
  await writeFile(tokenFile, 'first-token');
  for (const [name, value] of Object.entries(row.secrets)) await writeFile(join(folders.secrets, name), value);
  const posted = Promise.withResolvers<void>();
  const onPost = async (count: number): Promise<void> => {
    posted.resolve();
    if (count === row.rotateTokenAfter) await writeFile(tokenFile, 'second-token');
  };
  if ('bundle' in subject && subject.python !== undefined)
    await symlink(subject.python, join(folders.stackstorm, 'st2'));
  const content = contentOf(row);
  const bytes = row.otherContent ? contentOf({ ...row, run: 'return "other"' }).bytes : content.bytes;
  const operator = await playOperator(
    {
      start: row.startReplies,
      result: row.replies,
      content: row.contentReplies,
      archives: hasFiles(row) ? [{ ...content, bytes }, environmentOf(row)] : [],
    },
    { onPost },
  );
  try {
    const env = {
      ...row.podEnvironment,
      ...taskVariables(taskOf(row, EXECUTION, secretMark), row.chunkBytes),
      ...(row.startReplies.length > 0 && { SQUALL_START_URL: operator.startUrl }),
      ...(hasFiles(row) && { SQUALL_CONTENT_URL: operator.contentUrl }),
      SQUALL_RESULT_URL: operator.resultUrl,
      SQUALL_CA: operator.ca,
    };
    const readLog = row.slowLog ? posted.promise.then(() => sleep(SLOW_LOG_MS)) : Promise.resolve();
    const ended = await launch(subject, { env, folders, stopWhenLogged: row.stopWhenLogged, readLog });
    return { ...ended, posts: operator.posts, starts: operator.starts, fetches: operator.fetches };
  } finally {
    await operator.close();
    await rm(home, { recursive: true, force: true });
  }
}

interface Setting {
  readonly env: Readonly<Record<string, string>>;
  readonly folders: Readonly<
    Record<'pod' | 'secrets' | 'tmp' | 'work' | 'stackstorm' | 'packs' | 'virtualenvs' | 'configs', string>
  >;
  readonly stopWhenLogged: string | undefined;
  /** When to begin to read the log. */
  readonly readLog: Promise<void>;
}

function launch(subject: Subject, setting: Setting): Promise<Pick<Outcome, 'exit' | 'log'>> {
  const { env, folders, stopWhenLogged, readLog } = setting;
  const [file, words, variables, cwd] =
    'bundle' in subject
      ? ([process.execPath, [subject.bundle], ownVariables(folders), folders.work] as const)
      : containerCommand(subject, containerWords(subject.image, Object.keys(env), folders));
  const path = { PATH: process.env['PATH'] ?? '' };
  const child = spawn(file, words, { cwd, env: { ...path, ...variables, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let log = '';
  let stopped = false;
  const take = (piece: string): void => {
    log += piece;
    if (stopped || stopWhenLogged === undefined || !log.includes(stopWhenLogged)) return;
    stopped = true;
    child.kill('SIGTERM');
  };
  void readLog.then(() => {
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', take);
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exit) => resolve({ exit, log }));
  });
}

const containerCommand = (
  { command: [file = '', ...first] }: { readonly command: readonly string[] },
  words: string[],
) => [file, [...first, ...words], {}, undefined] as const;

const ownVariables = (folders: Setting['folders']): Record<string, string> => ({
  SQUALL_TOKEN_FILE: join(folders.pod, 'token'),
  SQUALL_SECRETS_DIR: folders.secrets,
  TMPDIR: folders.tmp,
  HOME: folders.work,
  SQUALL_STACKSTORM_DIR: folders.stackstorm,
  // The sources are an image's: nothing may appear among them.
  PYTHONDONTWRITEBYTECODE: '1',
});

/** As the operator's pods are: read-only, another user, no privileges. */
const containerWords = (image: string, names: readonly string[], folders: Setting['folders']): string[] => [
  'run',
  '--rm',
  '--read-only',
  '--network=host',
  '--user=65532',
  '--cap-drop=ALL',
  '--security-opt=no-new-privileges',
  `--volume=${folders.pod}:/var/run/squall:ro`,
  `--volume=${folders.secrets}:/var/run/squall-secrets:ro`,
  `--volume=${folders.tmp}:/tmp`,
  `--volume=${folders.work}:/work`,
  ...(['packs', 'virtualenvs', 'configs'] as const).map((name) => `--volume=${folders[name]}:/opt/stackstorm/${name}`),
  ...['SQUALL_TOKEN_FILE=/var/run/squall/token', 'SQUALL_SECRETS_DIR=/var/run/squall-secrets'].map((v) => `--env=${v}`),
  ...names.map((name) => `--env=${name}`),
  image,
];
