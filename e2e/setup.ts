// e2e/setup.ts — a cluster with Squall installed, for the stories and the benchmarks.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { type Cluster, openCluster } from './cluster/cluster.ts';
import { buildImages, type BuiltImage } from './cluster/images.ts';
import type { Progress } from './cluster/progress.ts';
import type { Stage } from './harness.ts';
import { type Images, type Installed, installChart } from './install.ts';

export interface Setup {
  readonly cluster: Cluster;
  readonly installed: Installed;
  /** The environment that the harness reads. */
  readonly environment: Readonly<Record<string, string>>;
}

const RELEASE = 'squall';
const NAMESPACE = 'squall';

/** Runs one stage of the set-up; given by the caller, who may time it. */
export type Timed = <T>(stage: string, work: () => Promise<T>) => Promise<T>;

/** Builds and loads what the project has images for; `name:tag` of each. */
export async function readyImages(cluster: Cluster, progress: Progress): Promise<Images> {
  const images = imagesIn(await buildImages(progress));
  await cluster.loadImages(Object.values(images));
  return images;
}

/** The same, with what only stories need. */
async function readyStories(cluster: Cluster, progress: Progress): Promise<Stage['images']> {
  const built = await buildImages(progress, { withPeers: true });
  const images = {
    ...imagesIn(built),
    sshd: named(built, 'squall/sshd'),
    packImage: named(built, 'squall/pack-image'),
  };
  await cluster.loadImages(Object.values(images));
  return images;
}

const imagesIn = (built: readonly BuiltImage[]): Images => ({
  operator: named(built, 'squall/operator'),
  runnerNode: named(built, 'squall/runner-node'),
  runnerPython: named(built, 'squall/runner-python'),
});

function named(built: readonly BuiltImage[], name: string): string {
  const image = built.find((candidate) => candidate.name.endsWith(name));
  if (!image) throw new Error(`the image ${name} was not built`);
  return `${image.name}:${image.tag}`;
}

/** How this machine reaches package indexes, as values of the chart: environments of packs are built in pods. */
function packageSettings(env: NodeJS.ProcessEnv = process.env): object {
  const authority = env['PIP_CERT'] ?? env['SSL_CERT_FILE'];
  const index = env['UV_DEFAULT_INDEX'] ?? env['PIP_INDEX_URL'];
  const registry = env['NPM_CONFIG_REGISTRY'] ?? env['npm_config_registry'];
  return {
    ...(authority && { caBundle: readFileSync(authority, 'utf8') }),
    ...((index || registry) && {
      config: {
        podEnvironment: {
          ...(index && { UV_DEFAULT_INDEX: index }),
          ...(registry && { NPM_CONFIG_REGISTRY: registry }),
        },
      },
    }),
  };
}

/** Brings all up; `opened` is told of the cluster at once, so that it can be ended whatever comes. */
export async function setUp(options: {
  readonly context?: string | undefined;
  readonly registry?: string | undefined;
  readonly progress: Progress;
  readonly timed: Timed;
  readonly opened: (cluster: Cluster) => void;
}): Promise<Setup> {
  const { context, progress, timed } = options;
  const cluster = await timed('cluster', () =>
    openCluster(context === undefined ? { progress } : { context, progress }),
  );
  options.opened(cluster);
  const images = await timed('images', () => readyStories(cluster, progress));
  const installed = await timed('install', () =>
    installChart(cluster, { namespace: NAMESPACE, release: RELEASE, images, values: packageSettings() }),
  );
  const stage: Stage = {
    origin: cluster.origin,
    kubeconfig: cluster.kubeconfig,
    ...cluster.tools,
    auditLog: cluster.auditLog,
    hostAddress: cluster.hostAddress,
    namespace: NAMESPACE,
    release: RELEASE,
    url: installed.url,
    ca: installed.ca,
    servername: installed.servername,
    images,
  };
  mkdirSync('artifacts', { recursive: true });
  writeFileSync('artifacts/stage.json', JSON.stringify(stage, null, 2));
  return {
    cluster,
    installed,
    environment: {
      SQUALL_E2E: 'artifacts/stage.json',
      SQUALL_KUBECONFIG: cluster.kubeconfig,
      SQUALL_KUBECTL: cluster.tools.kubectl,
      SQUALL_HELM: cluster.tools.helm,
      KUBECONFIG: cluster.kubeconfig,
    },
  };
}
