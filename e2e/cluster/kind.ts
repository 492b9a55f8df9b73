// e2e/cluster/kind.ts — A cluster by Docker and the Go tool kind.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ask, run } from './command.ts';
import { hasDocker } from './docker.ts';
import { paths } from './home.ts';
import { fullName } from './images.ts';
import type { Progress } from './progress.ts';

const cluster = 'squall';
/** The node image that kind v0.33 was released with for Kubernetes 1.34. */
const nodeImage = 'kindest/node:v1.34.11@sha256:44e222ee2132dab25ff87301682f89eb82c7880ea3a1bf543bfe9708fd08d67d';

/** Whether a Docker daemon answers and kind is installed. */
export async function hasKind(): Promise<boolean> {
  return (await hasDocker()) && (await ask('kind', ['version'])) !== undefined;
}

/** Creates the cluster `squall`, or finds it; resolves with the path of its admin kubeconfig. */
export async function upKind(progress: Progress): Promise<string> {
  progress.expect(1);
  return progress.step('a cluster by kind', async (note) => {
    if (!(await exists())) {
      const onLine = (line: string) => note(line.trim());
      await run('kind', ['create', 'cluster', `--name=${cluster}`, `--image=${nodeImage}`, '--wait=180s'], { onLine });
    }
    await mkdir(paths.home, { recursive: true });
    const file = join(paths.home, 'kind.kubeconfig');
    await writeFile(file, await run('kind', ['get', 'kubeconfig', `--name=${cluster}`]), { mode: 0o600 });
    return file;
  });
}

/** Puts images of Docker's store into the node. */
export async function loadIntoKind(names: readonly string[]): Promise<void> {
  await run('kind', ['load', 'docker-image', `--name=${cluster}`, ...names.map(fullName)]);
}

/** Deletes the cluster `squall`; false when there was none. */
export async function downKind(): Promise<boolean> {
  if (!(await hasKind()) || !(await exists())) return false;
  await run('kind', ['delete', 'cluster', `--name=${cluster}`]);
  return true;
}

async function exists(): Promise<boolean> {
  return (await run('kind', ['get', 'clusters'])).split('\n').includes(cluster);
}
