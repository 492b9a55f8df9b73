// operator/http/pod-token.ts — a pod's projected token → the pod, checked offline by the API server's public keys.
import { createLocalJWKSet, decodeJwt, errors, type JSONWebKeySet, jwtVerify } from 'jose';
import * as z from 'zod';
import { RESULT_AUDIENCE } from '../api/envelope.ts';
import type { Transport } from '../kube/transport.ts';
import { HttpError, unavailable } from './errors.ts';

export interface PodIdentity {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

const Claims = z.object({
  'kubernetes.io': z.object({ namespace: z.string(), pod: z.object({ name: z.string(), uid: z.string() }) }),
});
const Discovery = z.object({ issuer: z.string() });
const KeySet = z.object({ keys: z.array(z.looseObject({ kty: z.string() })) });

type Resolver = ReturnType<typeof createLocalJWKSet>;
interface Keys {
  readonly resolve: Resolver;
  readonly issuer: string;
}

/** Keys are fetched again for an unknown key id, at most this often. */
const REFETCH_MS = 10_000;
const DEADLINE_MS = 5_000;
const TOKEN_MAX = 16 * 1024;

/** Whether a token claims to be of our audience; nothing of it is checked. */
export function isPodToken(token: string): boolean {
  if (token.length > TOKEN_MAX) return false;
  try {
    const { aud } = decodeJwt(token);
    return aud === RESULT_AUDIENCE || (Array.isArray(aud) && aud.includes(RESULT_AUDIENCE));
  } catch {
    return false;
  }
}

export class PodTokens {
  readonly #transport: Transport;
  readonly #nowMs: () => number;
  #keys: Keys | undefined;
  #fetching: Promise<Keys> | undefined;
  #fetchedAtMs = Number.NEGATIVE_INFINITY;

  /** `nowMs` is a monotonic clock. */
  constructor(transport: Transport, nowMs: () => number = () => performance.now()) {
    this.#transport = transport;
    this.#nowMs = nowMs;
  }

  /** @throws HttpError 401 for a token that is not good, 503 when the keys cannot be had */
  async verify(token: string): Promise<PodIdentity> {
    const keys = this.#keys ?? (await this.#fetch());
    try {
      return await check(token, keys);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw refused(error);
    }
    if (this.#nowMs() - this.#fetchedAtMs < REFETCH_MS && !this.#fetching)
      throw refused(new Error('its key is unknown'));
    return await check(token, await this.#fetch()).catch((error: unknown) => {
      throw refused(error);
    });
  }

  async #fetch(): Promise<Keys> {
    this.#fetching ??= this.#load().finally(() => {
      this.#fetching = undefined;
    });
    return await this.#fetching;
  }

  async #load(): Promise<Keys> {
    // Also a failed fetch counts: an API server that is down is not asked for every token.
    if (this.#nowMs() - this.#fetchedAtMs < REFETCH_MS && !this.#keys)
      throw unavailable('The keys of pod tokens are not known yet', 2);
    this.#fetchedAtMs = this.#nowMs();
    try {
      const options = { deadlineMs: DEADLINE_MS };
      const [discovery, jwks] = await Promise.all([
        this.#transport.json('/.well-known/openid-configuration', {}, options),
        this.#transport.json('/openid/v1/jwks', {}, options),
      ]);
      const { issuer } = Discovery.parse(discovery);
      this.#keys = { issuer, resolve: createLocalJWKSet(KeySet.parse(jwks) as JSONWebKeySet) };
      return this.#keys;
    } catch (cause) {
      if (!this.#keys) this.#fetchedAtMs = this.#nowMs() - REFETCH_MS + 1000; // the first time: again after a second
      throw unavailable("The API server's keys of pod tokens cannot be read; try again", 2, cause);
    }
  }
}

async function check(token: string, { resolve, issuer }: Keys): Promise<PodIdentity> {
  const { payload } = await jwtVerify(token, resolve, { issuer, audience: RESULT_AUDIENCE, requiredClaims: ['exp'] });
  const { namespace, pod } = Claims.parse(payload)['kubernetes.io'];
  return { namespace, name: pod.name, uid: pod.uid };
}

const refused = (cause: unknown) =>
  new HttpError(401, `Unauthorized - the token of the pod is not valid: ${(cause as Error).message.slice(0, 200)}`, {
    cause,
  });
