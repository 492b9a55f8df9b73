// e2e/stories/our-packs.ts — what the packs that come with Squall act on in their story: repositories, accounts, a Deployment, a mail server.
import { readdirSync } from 'node:fs';
import { filesIn, gitServer } from '../demo/git-server.ts';
import { stage } from '../harness.ts';

/** Those that are installed; core is there. */
export const OUR_PACKS = ['examples', 'kubernetes', 'linux', 'packs'] as const;
export const TAG = 'v1.0.0';

export const actionsOf = (pack: string): number =>
  readdirSync(`packs/${pack}/actions`).filter((file) => file.endsWith('.yaml')).length;

const manifest = (ref: string, dependencies: readonly string[]): string =>
  JSON.stringify({
    ref,
    name: ref,
    description: 'For a story.',
    version: TAG.slice(1),
    author: 'Ann',
    email: 'ann@example.org',
    dependencies,
  });

/** Repositories at `base`: ours with all packs in it, and `shop`, which depends on `till`. */
const repositories = (base: string) => ({
  squall: Object.fromEntries(
    OUR_PACKS.flatMap((pack) =>
      Object.entries(filesIn(`packs/${pack}`)).map(([path, text]) => [`packs/${pack}/${path}`, text]),
    ),
  ),
  shop: {
    'pack.yaml': manifest('shop', [`${base}/till=${TAG}`]),
    'actions/sell.yaml': 'name: sell\nrunner_type: local-shell-script\nentry_point: sell.sh\n',
    'actions/sell.sh': '#!/bin/bash\necho "sold by $(basename "$0")"\n',
  },
  till: {
    'pack.yaml': manifest('till', []),
    'actions/ring.yaml':
      'name: ring\nrunner_type: local-shell-cmd\nentry_point: ""\nparameters: {cmd: {default: echo it rang, immutable: true}}\n',
  },
});

export const servedRepositories = (base: string): object[] =>
  gitServer({ repositories: repositories(base), tag: TAG, image: stage.images.runnerPython });

const account = (name: string) => ({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name } });
const rbac = 'rbac.authorization.k8s.io';
/** A service account with a Role of the same name. */
const accountWith = (name: string, rules: readonly object[]): object[] => [
  account(name),
  { apiVersion: `${rbac}/v1`, kind: 'Role', metadata: { name }, rules },
  {
    apiVersion: `${rbac}/v1`,
    kind: 'RoleBinding',
    metadata: { name },
    roleRef: { apiGroup: rbac, kind: 'Role', name },
    subjects: [{ kind: 'ServiceAccount', name }],
  },
];

const rule = (group: string, resources: readonly string[], verbs: readonly string[], more: object = {}) => ({
  apiGroups: [group],
  resources,
  verbs,
  ...more,
});

/** `robot`, which pack kubernetes acts as, and `sender`, who sends orders; that of pack packs comes with it. */
export const accounts: readonly object[] = [
  ...accountWith('robot', [
    rule('apps', ['deployments'], ['get', 'list', 'patch']),
    rule('apps', ['deployments/scale'], ['get', 'patch']),
    rule('', ['pods'], ['get', 'list']),
    rule('', ['pods/log'], ['get']),
    rule('', ['configmaps'], ['get', 'create', 'patch', 'delete']),
    rule('', ['events'], ['list']),
    rule('batch', ['jobs'], ['get', 'create']),
    rule('batch', ['cronjobs'], ['get']),
  ]),
  ...accountWith('sender', [rule('squall.dev', ['webhooks'], ['create'], { resourceNames: ['examples/orders'] })]),
];

const SECURITY = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } };

function pod(containers: Readonly<Record<string, object>>, more: object = {}) {
  return {
    automountServiceAccountToken: false,
    terminationGracePeriodSeconds: 1,
    securityContext: { runAsNonRoot: true, runAsUser: 65532, seccompProfile: { type: 'RuntimeDefault' } },
    containers: Object.entries(containers).map(([name, one]) => ({ name, securityContext: SECURITY, ...one })),
    ...more,
  };
}

const deployment = (name: string, spec: object) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, labels: { app: name } },
  spec: {
    replicas: 1,
    selector: { matchLabels: { app: name } },
    template: { metadata: { labels: { app: name } }, spec },
  },
});

/** What pack kubernetes acts on: a Deployment that says hello, a CronJob that never runs by itself, and a ConfigMap of somebody else. */
export const targets: readonly object[] = [
  deployment(
    'web',
    pod({ main: { image: stage.images.runnerNode, command: ['sh', '-c', 'echo hello; exec sleep 3600'] } }),
  ),
  {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: 'nightly' },
    spec: {
      schedule: '0 0 1 1 *',
      suspend: true,
      jobTemplate: {
        spec: {
          backoffLimit: 0,
          template: {
            spec: pod(
              { main: { image: stage.images.runnerNode, command: ['sh', '-c', 'echo by night'] } },
              { restartPolicy: 'Never' },
            ),
          },
        },
      },
    },
  },
  { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'taken' }, data: { owner: 'kubectl' } },
];

/** A mail server that prints what it gets, on port 1025. */
export const mailServer: readonly object[] = [
  deployment(
    'mail',
    pod({
      smtp: {
        image: stage.images.runnerPython,
        command: ['python3', '-W', 'ignore', '-u', '-m', 'smtpd', '-n', '-c', 'DebuggingServer', '0.0.0.0:1025'],
        ports: [{ containerPort: 1025 }],
        readinessProbe: { tcpSocket: { port: 1025 }, periodSeconds: 1 },
      },
    }),
  ),
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'mail' },
    spec: { selector: { app: 'mail' }, ports: [{ port: 1025 }] },
  },
];
