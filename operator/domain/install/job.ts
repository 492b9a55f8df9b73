// operator/domain/install/job.ts — Pack → the Job that fetches, checks and builds it, its pod under Pod Security "restricted".
import { RESULT_AUDIENCE } from '../../api/envelope.ts';
import type { Pack } from '../../api/kinds.ts';
import { type Draft, LABEL } from '../../api/meta.ts';
import type { InstallSettings } from './observed.ts';
import { ownerOf } from './register.ts';

/** Name of the container that installs. */
const INSTALLER = 'installer';
const USER_ID = 65_532;
const TOKEN_DIRECTORY = '/var/run/squall';
const TOKEN_SECONDS = 3600;
/** The Secret of a namespace that says where Python packages come from, and with which password; there may be none. */
const PACKAGE_INDEX = 'squall-package-index';
/** The Secret of a namespace with which repositories are read whose Pack names none; there may be none. */
const GIT_LOGIN = 'squall-git';
/** Longest installation, in seconds: fetching, building and bringing have limits of their own. */
const DEADLINE_SECONDS = 3600;
/** How long the Job stays for people to read its log, in seconds. */
const KEPT_SECONDS = 3600;

export function installJob(pack: Pack, name: string, settings: InstallSettings): Draft {
  const { namespace = '' } = pack.metadata;
  const labels = { [LABEL.install]: pack.metadata.name, 'app.kubernetes.io/managed-by': 'squall' };
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, namespace, labels, ownerReferences: [ownerOf(pack)] },
    spec: {
      backoffLimit: 0,
      completions: 1,
      parallelism: 1,
      podReplacementPolicy: 'Failed',
      activeDeadlineSeconds: DEADLINE_SECONDS,
      ttlSecondsAfterFinished: KEPT_SECONDS,
      template: { metadata: { labels }, spec: podOf(pack, settings) },
    },
  };
}

function podOf(pack: Pack, settings: InstallSettings) {
  const { namespace = '', name } = pack.metadata;
  const base = `${settings.serviceUrl}/internal/v1/namespaces/${namespace}`;
  const { source: { git, image: whole } = {}, pod = {} } = pack.spec;
  // Where its actions run: its environment fits no other image.
  const image = whole ?? pod.image ?? settings.runnerPythonImage;
  const pullSecrets = [...new Set([...settings.imagePullSecrets, ...(pod.imagePullSecrets ?? [])])];
  // A pack in an image has its packages already, and no use for what says where others come from.
  const needsIndex = whole === undefined;
  const token = { serviceAccountToken: { audience: RESULT_AUDIENCE, expirationSeconds: TOKEN_SECONDS, path: 'token' } };
  const login = gitLogin(pack);
  const volumes = [
    { name: 'squall-token', projected: { sources: [token] } },
    ...WRITABLE.map(({ name: volume }) => ({ name: volume, emptyDir: {} })),
    ...login.map((secret) => ({ name: 'git', secret: { ...secret, defaultMode: 0o440 } })),
    ...(needsIndex
      ? [{ name: 'index', secret: { secretName: PACKAGE_INDEX, optional: true, defaultMode: 0o440 } }]
      : []),
    ...(git?.claimName === undefined
      ? []
      : [{ name: 'source', persistentVolumeClaim: { claimName: git.claimName, readOnly: true } }]),
  ];
  return {
    restartPolicy: 'Never',
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: USER_ID,
      runAsGroup: USER_ID,
      fsGroup: USER_ID,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    ...(pullSecrets.length === 0 ? {} : { imagePullSecrets: pullSecrets.map((secret) => ({ name: secret })) }),
    containers: [
      {
        name: INSTALLER,
        image,
        imagePullPolicy: settings.imagePullPolicy,
        command: ['node', '/app/installer.js'],
        env: [
          ...Object.entries(settings.extraPodEnvironment).map(([key, value]) => ({ name: key, value })),
          { name: 'HOME', value: '/work' },
          { name: 'SQUALL_INSTALL_URL', value: `${base}/packs/${name}/install` },
          { name: 'SQUALL_CONTENT_URL', value: `${base}/content` },
          { name: 'SQUALL_INSTALL_IMAGE', value: image },
          { name: 'SQUALL_CA', value: settings.ca },
          { name: 'SQUALL_TOKEN_FILE', value: `${TOKEN_DIRECTORY}/token` },
        ],
        resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '1Gi' } },
        securityContext: {
          allowPrivilegeEscalation: false,
          capabilities: { drop: ['ALL'] },
          readOnlyRootFilesystem: true,
        },
        volumeMounts: [
          { name: 'squall-token', mountPath: TOKEN_DIRECTORY, readOnly: true },
          ...WRITABLE.map(({ name: volume, mountPath }) => ({ name: volume, mountPath })),
          ...(needsIndex ? [{ name: 'index', mountPath: '/var/run/squall-index', readOnly: true }] : []),
          ...login.map(() => ({ name: 'git', mountPath: '/var/run/squall-git', readOnly: true })),
          ...(git?.claimName === undefined ? [] : [{ name: 'source', mountPath: '/volume', readOnly: true }]),
        ],
        terminationMessagePolicy: 'FallbackToLogsOnError',
      },
    ],
    volumes,
  };
}

/** Nothing is fetched for a pack in an image, and an image that is not ours gets no password but one that the Pack's author named. */
function gitLogin({
  spec: { source, pod },
}: Pack): readonly { readonly secretName: string; readonly optional?: true }[] {
  if (source?.image !== undefined) return [];
  const named = source?.git?.secretRef?.name;
  if (named === undefined && pod?.image !== undefined) return [];
  return [named === undefined ? { secretName: GIT_LOGIN, optional: true } : { secretName: named }];
}

const WRITABLE = [
  { name: 'tmp', mountPath: '/tmp' },
  { name: 'work', mountPath: '/work' },
  { name: 'virtualenvs', mountPath: '/opt/stackstorm/virtualenvs' },
] as const;

/** Index of the stores of install Jobs and their pods: the key of the Pack. */
export const BY_PACK = {
  pack: ({ metadata }: Pick<Draft, 'metadata'>): readonly string[] => {
    const name = metadata.labels?.[LABEL.install];
    return name === undefined ? [] : [`${metadata.namespace ?? ''}/${name}`];
  },
};
