// e2e/demo/git-server.ts — files of packs → objects that make git repositories of them in the cluster and serve those.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

const NAME = 'git';
const PORT = 9418;
const labels = { app: NAME };

/** Text by path. */
type Files = Readonly<Record<string, string>>;

/** Files of a folder by their path in it; no compiled ones. */
export function filesIn(folder: string): Files {
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.includes('__pycache__'))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'));
  return Object.fromEntries(paths.sort().map((path) => [path, readFileSync(join(folder, path), 'utf8')]));
}

/** The same files give the same: what is installed already is not installed again. */
export const digestOf = (files: Files): string =>
  createHash('sha256').update(JSON.stringify(files)).digest('hex').slice(0, 16);

/** The commit has a date of its own, so that the same files are the same commit. */
const serve = (tag: string): string =>
  `
export GIT_AUTHOR_NAME=Ann GIT_AUTHOR_EMAIL=ann@example.org GIT_AUTHOR_DATE='2026-01-01T00:00:00Z'
export GIT_COMMITTER_NAME=Ann GIT_COMMITTER_EMAIL=ann@example.org GIT_COMMITTER_DATE='2026-01-01T00:00:00Z'
for folder in /files/*/; do
  repository=/tmp/git/$(basename "$folder")
  mkdir -p "$repository" && cp -rL "$folder/." "$repository" && cd "$repository"
  git init -q -b main && git add -A && git commit -q -m ${tag} && git tag ${tag}
done
exec git daemon --reuseaddr --export-all --base-path=/tmp/git --port=${PORT} /tmp/git
`.trim();

export interface GitServerOptions {
  /** Files of each repository, by its name. All of them together have at most 1 MiB. */
  readonly repositories: Readonly<Record<string, Files>>;
  /** Of the only commit. */
  readonly tag: string;
  /** One with bash and git. */
  readonly image: string;
}

/** A ConfigMap, a Deployment and the Service `git`; a repository is git://git.<namespace>.svc/<name>. */
export function gitServer({ repositories, tag, image }: GitServerOptions): object[] {
  const files = Object.fromEntries(
    Object.entries(repositories).flatMap(([name, ofOne]) =>
      Object.entries(ofOne).map(([path, text]) => [`${name}/${path}`, text] as const),
    ),
  );
  const keys = Object.keys(files);
  const configMap = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: `${NAME}-files`, labels },
    data: Object.fromEntries(keys.map((path, i) => [`file-${i}`, files[path]])),
  };
  const container = {
    name: NAME,
    image,
    command: ['bash', '-euc', serve(tag)],
    ports: [{ containerPort: PORT }],
    readinessProbe: { tcpSocket: { port: PORT }, periodSeconds: 1 },
    volumeMounts: [{ name: 'files', mountPath: '/files' }],
    securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
  };
  const pod = {
    automountServiceAccountToken: false,
    terminationGracePeriodSeconds: 1,
    securityContext: { runAsNonRoot: true, runAsUser: 65532, seccompProfile: { type: 'RuntimeDefault' } },
    containers: [container],
    volumes: [
      {
        name: 'files',
        configMap: { name: `${NAME}-files`, items: keys.map((path, i) => ({ key: `file-${i}`, path })) },
      },
    ],
  };
  const deployment = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: NAME, labels },
    spec: {
      replicas: 1,
      strategy: { type: 'Recreate' },
      selector: { matchLabels: labels },
      template: { metadata: { labels, annotations: { 'squall.dev/demo-files': digestOf(files) } }, spec: pod },
    },
  };
  const service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: NAME, labels },
    spec: { selector: labels, ports: [{ port: PORT }] },
  };
  return [configMap, deployment, service];
}
