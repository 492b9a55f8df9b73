// e2e/install.ts — the chart into a cluster, and a way from this machine to the door that it opens.
import { execFile, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Cluster } from './cluster/cluster.ts';

const exec = promisify(execFile);

export interface Images {
  readonly operator: string;
  readonly runnerNode: string;
  readonly runnerPython: string;
}

export interface Installed {
  /** https://… of the door, from this machine. */
  readonly url: string;
  /** PEM of the CA that signs the door's certificate. */
  readonly ca: string;
  /** Name in that certificate. */
  readonly servername: string;
  /** Ends the way to the door; Squall stays installed. */
  close(): void;
}

/** The chart's values for an image `name:tag`: as it is built here, or as it was pushed to the cluster's registry. */
function imageValues(image: string, registry = 'docker.io'): { registry: string; repository: string; tag: string } {
  const cut = image.lastIndexOf(':');
  return { registry, repository: image.slice(0, cut), tag: image.slice(cut + 1) };
}

/** The name under which pods find it. */
export function imageOf(image: string, registry?: string): string {
  const { registry: at, repository, tag } = imageValues(image, registry);
  return `${at}/${repository}:${tag}`;
}

/** Installs or upgrades the chart and waits until the operator is ready. @throws Error with the operator's pods and log */
export async function installChart(
  cluster: Cluster,
  options: { readonly namespace: string; readonly release: string; readonly images: Images; readonly values?: object },
): Promise<Installed> {
  const { namespace, release } = options;
  const env = { ...process.env, KUBECONFIG: cluster.kubeconfig };
  const values = {
    image: imageValues(options.images.operator, cluster.registry),
    runners: {
      node: { image: imageValues(options.images.runnerNode, cluster.registry) },
      python: { image: imageValues(options.images.runnerPython, cluster.registry) },
    },
    ...options.values,
  };
  const helm = exec(
    cluster.tools.helm,
    [
      'upgrade',
      '--install',
      release,
      'charts/squall',
      '-n',
      namespace,
      '--create-namespace',
      '--wait',
      '--timeout',
      '120s',
      '-f',
      '-',
    ],
    { env },
  );
  helm.child.stdin?.on('error', () => {}); // it may end without reading its input
  helm.child.stdin?.end(JSON.stringify(values));
  try {
    await helm;
  } catch (cause) {
    const look = (args: string[]) =>
      exec(cluster.tools.kubectl, ['-n', namespace, ...args], { env }).then(
        ({ stdout }) => stdout,
        (error: unknown) => String(error),
      );
    const story = [
      await look(['get', 'pods', '-o', 'wide']),
      await look(['get', 'events']),
      await look(['logs', `deploy/${fullname(release)}`, '--tail=40']),
    ];
    throw new Error(
      `helm upgrade --install ${release}: ${(cause as { stderr?: string }).stderr ?? String(cause)}\n${story.join('\n')}`,
      { cause },
    );
  }
  return openDoor(cluster, namespace, fullname(release));
}

/** The chart's own rule for the names of its objects. */
export const fullname = (release: string): string => (release.includes('squall') ? release : `${release}-squall`);

async function openDoor(cluster: Cluster, namespace: string, name: string): Promise<Installed> {
  const env = { ...process.env, KUBECONFIG: cluster.kubeconfig };
  const kubectl = async (...args: string[]) =>
    (await exec(cluster.tools.kubectl, ['-n', namespace, ...args], { env })).stdout;
  const ca = Buffer.from(
    await kubectl('get', 'secret', `${name}-tls`, '-o', 'jsonpath={.data.ca\\.crt}'),
    'base64',
  ).toString();
  const servername = `${name}.${namespace}.svc`;
  if (cluster.origin === 'embedded') {
    const address = await kubectl('get', 'service', name, '-o', 'jsonpath={.spec.clusterIP}');
    return { url: `https://${address}`, ca, servername, close: () => undefined };
  }
  const port = await freePort();
  let open = true;
  let child: ReturnType<typeof spawn> | undefined;
  const forward = (): void => {
    child = spawn(cluster.tools.kubectl, ['-n', namespace, 'port-forward', `service/${name}`, `${port}:443`], {
      env,
      stdio: 'ignore',
    });
    // A new pod of the operator ends the forwarding; the way to the door outlives it.
    child.on('exit', () => open && setTimeout(forward, 500));
  };
  forward();
  await sleep(1500);
  return {
    url: `https://127.0.0.1:${port}`,
    ca,
    servername,
    close: () => {
      open = false;
      child?.kill();
    },
  };
}

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        typeof address === 'object' && address ? resolve(address.port) : reject(new Error('no free port')),
      );
    });
  });
