// e2e/cluster/docker.ts — Image builds and pushes by a Docker daemon, where one answers.
import { ask, run } from './command.ts';
import { repository } from './home.ts';

let answer: Promise<boolean> | undefined;

/** Whether a Docker daemon answers; asked once. */
export function hasDocker(): Promise<boolean> {
  answer ??= ask('docker', ['version', '--format={{.Server.Version}}'], { timeoutMs: 10_000 }).then(
    (version) => version !== undefined,
  );
  return answer;
}

/** Whether Docker's store has an image of this name. */
export const dockerHas = async (name: string) => (await ask('docker', ['image', 'inspect', name])) !== undefined;

/** Builds `dockerfile` with the repository as its context and `args` as its arguments. */
export async function buildWithDocker(
  dockerfile: string,
  name: string,
  onLine: (line: string) => void,
  args: Readonly<Record<string, string>>,
): Promise<void> {
  const given = Object.entries(args).map(([argument, value]) => `--build-arg=${argument}=${value}`);
  const flags = [...given, '--file', dockerfile, '--tag', name];
  const options = { cwd: repository, env: { DOCKER_BUILDKIT: '1' }, onLine, timeoutMs: 1_800_000 };
  await run('docker', ['build', ...flags, repository], options);
}

/** Pushes a local image to a registry under another name. */
export async function pushWithDocker(name: string, target: string): Promise<void> {
  await run('docker', ['tag', name, target]);
  await run('docker', ['push', '--quiet', target]);
}

/** Writes images into one archive that containerd can import. */
export async function archiveWithDocker(names: readonly string[], file: string): Promise<void> {
  await run('docker', ['save', '--output', file, ...names]);
}
