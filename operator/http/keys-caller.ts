// operator/http/keys-caller.ts — a call of the datastore → in whose name it is, in which namespace, and what it may.
import { decodeJwt } from 'jose';
import type { FastifyRequest } from 'fastify';
import { DATASTORE_SECRET } from '../domain/datastore/entry.ts';
import { userIn } from '../domain/action/action-context.ts';
import { type Authenticators, authenticateSender } from './authenticate.ts';
import { credentialOf } from './credentials.ts';
import { HttpError } from './errors.ts';
import type { Access } from './kube-tokens.ts';
import { workerOf } from './pod-execution.ts';
import { isPodToken } from './pod-token.ts';

export interface KeyCallerOptions extends Authenticators {
  /** What /api/v1 means for callers that are no pods. */
  readonly defaultNamespace: string;
}

export interface KeyCaller {
  readonly namespace: string;
  /** Whose entries are the caller's own. */
  readonly user: string;
  readonly isApiKey: boolean;
  /** @throws HttpError 403; `name` is that of the KeyValue, empty for all of them */
  readonly assertMay: (verb: Access['verb'], name: string) => Promise<void>;
  /** @throws HttpError 403 where values that are secret must not be shown */
  readonly assertMayDecrypt: () => Promise<void>;
  /** @throws HttpError 403 for another user than the caller, unless the API server decides who may what */
  readonly assertMayBe: (user: string) => void;
}

/** @throws HttpError 401 without a good credential, 403 for a pod that works elsewhere */
export async function keyCaller(request: FastifyRequest, options: KeyCallerOptions): Promise<KeyCaller> {
  const { namespace: named } = request.params as { readonly namespace?: string };
  const credential = credentialOf(request.headers, request.query as Readonly<Record<string, unknown>>);
  if (credential?.kind === 'token' && isPodToken(credential.value))
    return await podCaller(credential.value, named, options);
  const namespace = named ?? options.defaultNamespace;
  const assertMay = async (verb: Access['verb'], name: string) =>
    void (await authenticateSender(request, { verb, resource: 'keyvalues', namespace, name }, options));
  if (credential?.kind === 'token')
    return await userCaller(request, credential.value, { namespace, assertMay }, options);
  const access = { verb: 'get', resource: 'keyvalues', namespace, name: '' } as const;
  const caller = await authenticateSender(request, access, options); // refuses what is no key
  const user = caller.kind === 'apiKey' ? `api-key:${caller.name}` : '';
  return { namespace, user, isApiKey: true, assertMay, assertMayDecrypt: refuseDecrypt, assertMayBe: only(user) };
}

async function podCaller(token: string, named: string | undefined, options: KeyCallerOptions): Promise<KeyCaller> {
  const pod = await options.podTokens.verify(token);
  const { namespace } = pod;
  if (named !== undefined && named !== namespace)
    throw new HttpError(403, `Executions of namespace ${namespace} may not read the datastore of namespace ${named}`);
  const { execution } = await workerOf(pod, options.sources, options.client);
  const user = userIn(execution.spec.request.context);
  const may = async () => {};
  return { namespace, user, isApiKey: false, assertMay: may, assertMayDecrypt: may, assertMayBe: only(user) };
}

/** Whom the API server knows; it also says what he may, and so whose entries he may see. */
async function userCaller(
  request: FastifyRequest,
  token: string,
  { namespace, assertMay }: Pick<KeyCaller, 'namespace' | 'assertMay'>,
  options: KeyCallerOptions,
): Promise<KeyCaller> {
  const user = await options.kubeTokens.review(token);
  if (!user) throw new HttpError(401, 'Unauthorized');
  const access = { verb: 'get', group: '', resource: 'secrets', namespace, name: DATASTORE_SECRET } as const;
  return {
    namespace,
    user: user.username,
    isApiKey: false,
    assertMay,
    assertMayDecrypt: async () => void (await authenticateSender(request, access, options)),
    assertMayBe: () => {},
  };
}

/** Keys are made for machines that send events and keep values; what is secret they may store, not read. */
const refuseDecrypt = async () => {
  throw new HttpError(
    403,
    'Decrypt option requires administrator access: use a Kubernetes token that may get the Secret squall-datastore, not an API key',
  );
};

const only = (own: string) => (user: string) => {
  if (user !== own) throw new HttpError(403, `"user" attribute can only be provided by admins; you are "${own}"`);
};

/** How the caller proved who it is, as GET /user tells. */
export function proofOf(request: FastifyRequest, { isApiKey }: KeyCaller, now: Date) {
  const isInQuery = credentialOf(request.headers, {}) === undefined;
  const location = isInQuery ? 'query' : 'header';
  if (isApiKey) return { method: 'API key', location };
  const credential = credentialOf(request.headers, request.query as Readonly<Record<string, unknown>>);
  return { method: 'authentication token', location, token_expire: expiryOf(credential?.value ?? '', now) };
}

/** Clients want a time: of a token that does not tell one it is that until which it is not looked at again. */
function expiryOf(token: string, now: Date): string {
  let seconds: number | undefined;
  try {
    seconds = decodeJwt(token).exp;
  } catch {
    seconds = undefined; // no JWT
  }
  const at = new Date(seconds === undefined ? now.getTime() + 60_000 : seconds * 1000);
  return at.toISOString().replace(/\.\d+Z$/, 'Z');
}
