// operator/config.ts — environment → typed configuration; the only reader of process.env.
import * as z from 'zod';

const Json = <T extends z.ZodType>(schema: T) =>
  z
    .string()
    .transform((text, context): unknown => {
      try {
        return JSON.parse(text);
      } catch {
        context.addIssue({ code: 'custom', message: 'it must be JSON' });
        return z.NEVER;
      }
    })
    .pipe(schema);

const Environment = z.object({
  SQUALL_NAMESPACE: z.string().min(1),
  SQUALL_DEFAULT_NAMESPACE: z.string().optional(),
  SQUALL_WATCH_NAMESPACE: z.string().default(''),
  SQUALL_ROLES: z.string().default('controller,api'),
  SQUALL_POD_NAME: z.string().default('operator'),
  SQUALL_POD_UID: z.string().default('local'),
  SQUALL_SERVICE_URL: z.url(),
  SQUALL_SERVICE_ACCOUNT: z.string().default('squall'),
  SQUALL_RUNNER_NODE_IMAGE: z.string().min(1),
  SQUALL_RUNNER_PYTHON_IMAGE: z.string().min(1),
  SQUALL_DATA_DIR: z.string().default('/var/lib/squall'),
  SQUALL_HTTPS_PORT: z.coerce.number().int().min(0).max(65535).default(8443),
  SQUALL_HTTP_PORT: z.coerce.number().int().min(0).max(65535).default(8080),
  SQUALL_TLS_SECRET: z.string().default('squall-tls'),
  SQUALL_LEASE: z.string().default('squall-operator'),
  SQUALL_LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error']).default('info'),
  SQUALL_LIVE_EXECUTIONS_MAX: z.coerce.number().int().min(1).default(20_000),
  SQUALL_EXECUTION_TTL_SECONDS: z.coerce.number().int().min(0).default(86_400),
  SQUALL_WORKFLOW_TASKS_MAX: z.coerce.number().int().min(1).default(10_000),
  SQUALL_WORKFLOW_CONTEXT_BYTES_MAX: z.coerce
    .number()
    .int()
    .min(1024)
    .default(4 * 1024 * 1024),
  SQUALL_WORKFLOW_DEPTH_MAX: z.coerce.number().int().min(1).max(100).default(50),
  SQUALL_DELIVERY_SECONDS: z.coerce.number().int().min(1).default(1800),
  SQUALL_IMAGE_PULL_POLICY: z.enum(['Always', 'IfNotPresent', 'Never']).default('IfNotPresent'),
  SQUALL_IMAGE_PULL_SECRETS: z.string().default(''),
  SQUALL_POD_RESOURCES: Json(
    z.object({ requests: z.record(z.string(), z.string()), limits: z.record(z.string(), z.string()) }),
  ).default({ requests: { cpu: '10m', memory: '32Mi' }, limits: { memory: '512Mi' } }),
  SQUALL_EXTRA_POD_ENV: Json(z.record(z.string(), z.string())).default({}),
  SQUALL_PACKS_DIR: z.string().default('packs'),
  SQUALL_PACK_INDEXES: z.string().default(''),
  NODE_EXTRA_CA_CERTS: z.string().default(''),
  KUBECONFIG: z.string().optional(),
});

export interface Config {
  /** Where the operator itself lives: its Lease, its TLS Secret, the objects of the pack core. */
  readonly namespace: string;
  /** The namespace that /api/v1 means. */
  readonly defaultNamespace: string;
  /** The one namespace that is watched; undefined = all. */
  readonly watchNamespace: string | undefined;
  readonly roles: { readonly controller: boolean; readonly api: boolean };
  readonly podName: string;
  readonly podUid: string;
  /** https://…, as pods reach the operator. */
  readonly serviceUrl: string;
  /** User name of the operator as the API server knows it. */
  readonly user: string;
  readonly runnerNodeImage: string;
  readonly runnerPythonImage: string;
  readonly dataDirectory: string;
  readonly httpsPort: number;
  readonly httpPort: number;
  readonly tlsSecret: string;
  readonly lease: string;
  readonly logLevel: string;
  readonly liveExecutionsMax: number;
  readonly executionTtlSeconds: number;
  readonly workflowLimits: { readonly tasks: number; readonly contextBytes: number; readonly depth: number };
  readonly deliverySeconds: number;
  readonly imagePullPolicy: 'Always' | 'IfNotPresent' | 'Never';
  readonly imagePullSecrets: readonly string[];
  readonly podResources: { readonly requests: Record<string, string>; readonly limits: Record<string, string> };
  readonly extraPodEnvironment: Readonly<Record<string, string>>;
  readonly packsDirectory: string;
  /** Addresses of index files of packs; the leftmost wins. */
  readonly packIndexes: readonly string[];
  /** File of the authorities that are trusted beside the usual ones. */
  readonly authoritiesFile: string | undefined;
  readonly kubeconfig: string | undefined;
}

/** Reads the environment. @throws Error that names every wrong variable and what it must be. */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const parsed = Environment.safeParse(environment);
  if (!parsed.success) {
    const lines = parsed.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`);
    throw new Error(`The environment of the operator is not valid:\n${lines.join('\n')}`);
  }
  const e = parsed.data;
  const roles = e.SQUALL_ROLES.split(',').map((role) => role.trim());
  const unknown = roles.find((role) => role !== 'controller' && role !== 'api');
  if (unknown !== undefined) throw new Error(`SQUALL_ROLES: "${unknown}" is not a role; use controller, api or both`);
  if (e.SQUALL_WATCH_NAMESPACE !== '' && e.SQUALL_WATCH_NAMESPACE !== e.SQUALL_NAMESPACE) {
    throw new Error(
      `SQUALL_WATCH_NAMESPACE: "${e.SQUALL_WATCH_NAMESPACE}" is not the operator's own namespace; give "${e.SQUALL_NAMESPACE}", or nothing for all`,
    );
  }
  return {
    namespace: e.SQUALL_NAMESPACE,
    defaultNamespace: e.SQUALL_DEFAULT_NAMESPACE ?? e.SQUALL_NAMESPACE,
    watchNamespace: e.SQUALL_WATCH_NAMESPACE === '' ? undefined : e.SQUALL_WATCH_NAMESPACE,
    roles: { controller: roles.includes('controller'), api: roles.includes('api') },
    podName: e.SQUALL_POD_NAME,
    podUid: e.SQUALL_POD_UID,
    serviceUrl: e.SQUALL_SERVICE_URL.replace(/\/$/, ''),
    user: `system:serviceaccount:${e.SQUALL_NAMESPACE}:${e.SQUALL_SERVICE_ACCOUNT}`,
    runnerNodeImage: e.SQUALL_RUNNER_NODE_IMAGE,
    runnerPythonImage: e.SQUALL_RUNNER_PYTHON_IMAGE,
    dataDirectory: e.SQUALL_DATA_DIR,
    httpsPort: e.SQUALL_HTTPS_PORT,
    httpPort: e.SQUALL_HTTP_PORT,
    tlsSecret: e.SQUALL_TLS_SECRET,
    lease: e.SQUALL_LEASE,
    logLevel: e.SQUALL_LOG_LEVEL,
    liveExecutionsMax: e.SQUALL_LIVE_EXECUTIONS_MAX,
    executionTtlSeconds: e.SQUALL_EXECUTION_TTL_SECONDS,
    workflowLimits: {
      tasks: e.SQUALL_WORKFLOW_TASKS_MAX,
      contextBytes: e.SQUALL_WORKFLOW_CONTEXT_BYTES_MAX,
      depth: e.SQUALL_WORKFLOW_DEPTH_MAX,
    },
    deliverySeconds: e.SQUALL_DELIVERY_SECONDS,
    imagePullPolicy: e.SQUALL_IMAGE_PULL_POLICY,
    imagePullSecrets: e.SQUALL_IMAGE_PULL_SECRETS.split(',').filter((name) => name !== ''),
    podResources: e.SQUALL_POD_RESOURCES,
    extraPodEnvironment: e.SQUALL_EXTRA_POD_ENV,
    packsDirectory: e.SQUALL_PACKS_DIR,
    packIndexes: e.SQUALL_PACK_INDEXES.split(',').filter((url) => url !== ''),
    authoritiesFile: e.NODE_EXTRA_CA_CERTS || undefined,
    kubeconfig: e.KUBECONFIG,
  };
}
