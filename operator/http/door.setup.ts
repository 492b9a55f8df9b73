// operator/http/door.setup.ts — for tests: a whole door on 127.0.0.1 over an API server in memory.
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportJWK, SignJWT } from 'jose';
import { RESULT_AUDIENCE } from '../api/envelope.ts';
import { Action, Execution, KeyValue, KINDS, Pack, Rule, TriggerType, Workflow } from '../api/kinds.ts';
import { ActionSpec } from '../api/action.ts';
import { API_VERSION, type Draft, type KubeObject } from '../api/meta.ts';
import { RuleSpec } from '../api/rule.ts';
import { TriggerTypeSpec } from '../api/trigger-type.ts';
import type { ConfigMap } from '../domain/install/config.ts';
import { KEY_VALUE_INDEXES } from '../domain/datastore/entry.ts';
import { BY_EXECUTION } from '../domain/job/names.ts';
import { projectJob, projectPod } from '../domain/job/shapes.ts';
import {
  ACTION_INDEXES,
  EXECUTION_INDEXES,
  RULE_INDEXES,
  TRIGGER_TYPE_INDEXES,
  WORKFLOW_INDEXES,
} from '../domain/rule/indexes.ts';
import { Client } from '../kube/client.ts';
import { KIND } from '../kube/paths.ts';
import { reflect } from '../kube/reflect.ts';
import { ScriptedTransport } from '../kube/scripted.ts';
import { Store } from '../kube/store.ts';
import { createLog } from '../telemetry/log.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import { buildDoor, type DoorOptions } from './door.ts';
import type { Inside } from './inside.ts';
import { sha256 } from './sha256.ts';
import type { KubeSecret, Sources } from './sources.ts';

const ISSUER = 'https://kubernetes.default.svc';

/** An API server that also knows tokens and signs those of pods. */
export class ApiServer extends ScriptedTransport {
  /** Token → user; who is called like a right may do everything. */
  readonly users = new Map<string, string>();
  readonly allowed = new Set<string>();
  keys: { readonly kid: string; readonly privateKey: KeyObject; readonly publicKey: KeyObject }[] = [newKey('k1')];
  keyReads = 0;

  override async create(path: string, object: object): Promise<KubeObject> {
    const answer = await super.create(path, object);
    const { spec } = object as { spec?: { token?: string; user?: string } };
    const username = this.users.get(spec?.token ?? '');
    if (path.endsWith('/tokenreviews'))
      return { ...answer, status: { authenticated: username !== undefined, user: { username } } };
    if (path.endsWith('/subjectaccessreviews'))
      return { ...answer, status: { allowed: this.allowed.has(spec?.user ?? '') } };
    return answer;
  }

  override async json(path: string): Promise<unknown> {
    if (path === '/.well-known/openid-configuration') return { issuer: ISSUER };
    if (path !== '/openid/v1/jwks') return await super.json(path);
    this.keyReads++;
    return {
      keys: await Promise.all(
        this.keys.map(async ({ kid, publicKey }) => ({
          ...(await exportJWK(publicKey)),
          kid,
          alg: 'RS256',
          use: 'sig',
        })),
      ),
    };
  }

  async podToken(
    pod: KubeObject,
    {
      kid = 'k1',
      audience = RESULT_AUDIENCE,
      expiresIn = '1h',
      key = this.keys.at(-1)?.privateKey,
      issuer = ISSUER,
    } = {},
  ): Promise<string> {
    if (!key) throw new Error('no key');
    const { namespace, name, uid } = pod.metadata;
    return await new SignJWT({ 'kubernetes.io': { namespace, pod: { name, uid } } })
      .setProtectedHeader({ alg: 'RS256', kid })
      .setIssuer(issuer)
      .setAudience(audience)
      .setExpirationTime(expiresIn)
      .sign(key);
  }
}

export function newKey(kid: string) {
  return { kid, ...generateKeyPairSync('rsa', { modulusLength: 2048 }) };
}

type Meta = Partial<Draft['metadata']>;
const draft = (kind: string, name: string, spec: unknown, meta: Meta = {}): Draft => ({
  apiVersion: API_VERSION,
  kind,
  metadata: { name, namespace: 'default', generation: 1, ...meta },
  spec,
});
export const action = (name: string, spec: object = {}, meta?: Meta): Draft =>
  draft('Action', name, ActionSpec.parse({ runner: 'local-shell-cmd', ...spec }), meta);
export const rule = (name: string, spec: object, meta?: Meta): Draft =>
  draft('Rule', name, RuleSpec.parse({ trigger: { type: 'acme.alert' }, action: { ref: 'acme.fix' }, ...spec }), meta);
export const triggerType = (name: string, spec: object, meta?: Meta): Draft =>
  draft('TriggerType', name, TriggerTypeSpec.parse(spec), meta);
export const secret = (name: string, values: Readonly<Record<string, string>>): Draft => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name, namespace: 'default' },
  data: Object.fromEntries(Object.entries(values).map(([key, value]) => [key, Buffer.from(value).toString('base64')])),
});

export const API_KEY = 'a'.repeat(64);
export const KEY = { 'st2-api-key': API_KEY };
/** The least that an event needs: a webhook, an action, a key. */
export const BASE: readonly Draft[] = [
  triggerType('acme.alert', { webhook: { url: 'acme/alert' } }),
  action('acme.fix', { parameters: { cmd: { type: 'string' } } }),
  secret('squall-api-keys', { ci: `sha256:${sha256(API_KEY)}` }),
  secret('squall-webhooks', { shared: 'it is a secret' }),
];
/** A rule on that webhook. */
export const FIX = rule('fix', { action: { ref: 'acme.fix', parameters: { cmd: 'echo {{ trigger.body.host }}' } } });

export interface TestDoor extends AsyncDisposable {
  readonly api: ApiServer;
  readonly sources: Sources;
  readonly client: Client;
  readonly inside: Inside;
  readonly url: string;
  readonly directory: string;
  readonly metrics: ReturnType<typeof createMetrics>;
  post(path: string, body: string | Uint8Array | object, headers?: Readonly<Record<string, string>>): Promise<Response>;
  executions(): readonly (KubeObject & { readonly spec: Record<string, unknown> })[];
}

export async function openDoor(
  objects: readonly Draft[] = BASE,
  changes: Partial<DoorOptions> = {},
): Promise<TestDoor> {
  const api = new ApiServer(objects, KINDS);
  const stop = new AbortController();
  const sources = storesOf();
  for (const store of Object.values(sources)) void reflect({ transport: api, store, stop: stop.signal });
  await Promise.all(Object.values(sources).map((store: Store<never>) => store.synced));
  const { apiKeys: _, webhookSecrets: __, ...cached } = sources; // the client may not read Secrets
  const client = new Client({
    transport: api,
    kinds: KINDS,
    stores: Object.values(cached),
    fieldManager: 'squall',
    instance: 'test',
  });
  const metrics = createMetrics({ version: 'test' });
  const directory = mkdtempSync(join(tmpdir(), 'squall-door-'));
  const { app, inside } = buildDoor({
    transport: api,
    client,
    sources,
    metrics,
    log: createLog({ level: 'silent' }),
    dataDirectory: directory,
    stop: stop.signal,
    systemNamespace: 'squall',
    defaultNamespace: 'default',
    executionTtlSeconds: 86_400,
    liveExecutionsMax: 1000,
    packIndexes: [],
    ...changes,
  });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  const executions = () => [...sources.executions.values()] as unknown as ReturnType<TestDoor['executions']>;
  return {
    api,
    sources,
    client,
    inside,
    url,
    directory,
    metrics,
    executions,
    post: async (path, body, headers = KEY) => {
      const isRaw = typeof body === 'string' || body instanceof Uint8Array;
      const content = { 'content-type': 'application/json', ...headers };
      return await fetch(`${url}${path}`, {
        method: 'POST',
        body: isRaw ? (body as string) : JSON.stringify(body),
        headers: content,
      });
    },
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await app.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function storesOf(): Sources {
  const plain = <T extends KubeObject>(raw: KubeObject) => raw as T;
  const named = (name: string) => ({
    kind: KIND.secret,
    project: (raw: KubeObject): KubeSecret => {
      if (raw.metadata.name !== name) throw new Error('another Secret');
      return raw;
    },
  });
  return {
    rules: new Store({ kind: Rule, project: plain<Rule>, indexes: RULE_INDEXES }),
    triggerTypes: new Store({ kind: TriggerType, project: plain<TriggerType>, indexes: TRIGGER_TYPE_INDEXES }),
    actions: new Store({ kind: Action, project: plain<Action>, indexes: ACTION_INDEXES }),
    workflows: new Store({ kind: Workflow, project: plain<Workflow>, indexes: WORKFLOW_INDEXES }),
    executions: new Store({ kind: Execution, project: plain<Execution>, indexes: EXECUTION_INDEXES }),
    keyValues: new Store({ kind: KeyValue, project: plain<KeyValue>, indexes: KEY_VALUE_INDEXES }),
    configMaps: new Store<ConfigMap>({ kind: KIND.configMap, project: plain<ConfigMap> }),
    packs: new Store({ kind: Pack, project: plain<Pack> }),
    jobs: new Store({ kind: KIND.job, project: projectJob }),
    pods: new Store({ kind: KIND.pod, project: projectPod, indexes: BY_EXECUTION }),
    apiKeys: new Store(named('squall-api-keys')),
    webhookSecrets: new Store(named('squall-webhooks')),
  };
}
