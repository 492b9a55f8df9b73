// operator/http/authenticate.ts — request → who sends it: an API key, a Kubernetes user, or one of our own pods.
import type { FastifyRequest } from 'fastify';
import { GROUP } from '../api/meta.ts';
import type { Client } from '../kube/client.ts';
import { apiKeyName } from './api-keys.ts';
import { credentialOf } from './credentials.ts';
import { HttpError } from './errors.ts';
import type { Access, KubeTokens } from './kube-tokens.ts';
import { workerOf, type Worker } from './pod-execution.ts';
import { isPodToken, type PodIdentity, type PodTokens } from './pod-token.ts';
import { sha256 } from './sha256.ts';
import { API_KEYS_SECRET, type Sources } from './sources.ts';

export type Caller =
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'apiKey'; readonly name: string }
  | { readonly kind: 'user'; readonly name: string }
  | { readonly kind: 'pod'; readonly worker: Worker };

export interface Authenticators {
  readonly sources: Sources;
  readonly client: Client;
  readonly kubeTokens: KubeTokens;
  readonly podTokens: PodTokens;
}

/** Who sends an event to a webhook. @throws HttpError 401 without a good credential, 403 without the right */
export async function authenticateSender(request: FastifyRequest, access: Access, by: Authenticators): Promise<Caller> {
  const credential = credentialOf(request.headers, request.query as Readonly<Record<string, unknown>>);
  if (!credential) throw new HttpError(401, 'Unauthorized - One of Token or API key required.');
  if (credential.kind === 'apiKey') return withApiKey(credential.value, access.namespace, by);
  if (isPodToken(credential.value)) return await withPodToken(credential.value, access.namespace, by);
  return await withKubeToken(credential.value, access, by);
}

/** The user of a Kubernetes token who may do what is asked. @throws HttpError 401, 403 */
export async function authenticateUser(request: FastifyRequest, access: Access, by: Authenticators): Promise<Caller> {
  const credential = credentialOf(request.headers, request.query as Readonly<Record<string, unknown>>);
  if (credential?.kind !== 'token') throw new HttpError(401, 'Unauthorized - a Kubernetes token is required.');
  return await withKubeToken(credential.value, access, by);
}

/** The pod whose token is sent; nothing is known of it yet. @throws HttpError 401, 503 */
export async function identifyPod(request: FastifyRequest, { podTokens }: Authenticators): Promise<PodIdentity> {
  const credential = credentialOf(request.headers, {});
  if (credential?.kind !== 'token') throw new HttpError(401, 'Unauthorized - the token of the pod is required.');
  return await podTokens.verify(credential.value);
}

/** What the pod works for, which is the Execution that the path names. @throws HttpError 403, 409, 503 */
export async function workerFor(pod: PodIdentity, request: FastifyRequest, by: Authenticators): Promise<Worker> {
  const worker = await workerOf(pod, by.sources, by.client);
  const { namespace, name } = request.params as { readonly namespace: string; readonly name: string };
  const { metadata } = worker.execution;
  if (metadata.namespace === namespace && metadata.name === name) return worker;
  throw new HttpError(
    403,
    `Pod ${pod.name} works for Execution ${metadata.namespace}/${metadata.name}, not for ${namespace}/${name}`,
  );
}

function withApiKey(key: string, namespace: string, { sources }: Authenticators): Caller {
  const name = apiKeyName(sources.apiKeys.get(`${namespace}/${API_KEYS_SECRET}`), key);
  if (name !== undefined) return { kind: 'apiKey', name };
  throw new HttpError(401, `Unauthorized - ApiKey with key_hash=${sha256(key).slice(0, 16)} not found.`);
}

async function withPodToken(token: string, namespace: string, by: Authenticators): Promise<Caller> {
  const pod = await by.podTokens.verify(token);
  if (pod.namespace !== namespace) {
    throw new HttpError(403, `Executions of namespace ${pod.namespace} may not send events to namespace ${namespace}`);
  }
  return { kind: 'pod', worker: await workerOf(pod, by.sources, by.client) };
}

async function withKubeToken(token: string, access: Access, { kubeTokens }: Authenticators): Promise<Caller> {
  const user = await kubeTokens.review(token);
  if (!user) throw new HttpError(401, 'Unauthorized');
  if (await kubeTokens.allows(user, access)) return { kind: 'user', name: user.username };
  const { verb, group = GROUP, resource, namespace, name } = access;
  const what = `${resource}${group === '' ? '' : `.${group}`}${name === '' ? '' : ` "${name}"`}`;
  throw new HttpError(
    403,
    `User "${user.username}" may not ${verb} ${what} in namespace ${namespace}; ask for a Role that allows it`,
  );
}
