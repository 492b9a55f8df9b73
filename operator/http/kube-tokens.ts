// operator/http/kube-tokens.ts — Kubernetes tokens → users, and what they may: by the API server, remembered for a while.
import { GROUP } from '../api/meta.ts';
import { collectionPath, KIND } from '../kube/paths.ts';
import type { Transport } from '../kube/transport.ts';
import { BoundedCache } from './bounded-cache.ts';
import { unavailable } from './errors.ts';
import { sha256 } from './sha256.ts';

export interface KubeUser {
  readonly username: string;
  readonly uid?: string;
  readonly groups?: readonly string[];
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

/** One object and what is to be done with it. */
export interface Access {
  readonly verb: 'create' | 'get' | 'list' | 'update' | 'delete';
  /** Default: ours. */
  readonly group?: string;
  readonly resource: string;
  readonly namespace: string;
  readonly name: string;
}

const YES_MS = 60_000;
const NO_MS = 5_000;
/** Answers that are remembered. */
const REMEMBERED = 10_000;
/** Questions under way: strangers with made-up tokens must not flood the API server. */
const ASKING_MAX = 16;
const DEADLINE_MS = 5_000;
const TOKEN_MAX = 16 * 1024;

export class KubeTokens {
  readonly #transport: Transport;
  readonly #users: BoundedCache<KubeUser | undefined>;
  readonly #access: BoundedCache<boolean>;

  constructor(transport: Transport, nowMs?: () => number) {
    this.#transport = transport;
    this.#users = new BoundedCache(REMEMBERED, nowMs);
    this.#access = new BoundedCache(REMEMBERED, nowMs);
  }

  /** Whose the token is; undefined when it is nobody's. @throws HttpError 503 when the API server cannot be asked */
  async review(token: string): Promise<KubeUser | undefined> {
    if (token.length > TOKEN_MAX) return undefined;
    const ask = async () => {
      const { status } = await this.#ask('TokenReview', this.#users.asking, { token });
      return status?.['authenticated'] === true ? (status['user'] as KubeUser) : undefined;
    };
    return await this.#users.get(sha256(token), ask, (user) => (user ? YES_MS : NO_MS));
  }

  /** Whether RBAC lets the user do it. @throws HttpError 503 when the API server cannot be asked */
  async allows(user: KubeUser, access: Access): Promise<boolean> {
    const { username, uid, groups, extra } = user;
    const attributes = { group: GROUP, ...access };
    const ask = async () => {
      const spec = { user: username, uid, groups, extra, resourceAttributes: attributes };
      return (await this.#ask('SubjectAccessReview', this.#access.asking, spec)).status?.['allowed'] === true;
    };
    return await this.#access.get(sha256(JSON.stringify([user, attributes])), ask, (yes) => (yes ? YES_MS : NO_MS));
  }

  async #ask(kind: 'TokenReview' | 'SubjectAccessReview', asking: number, spec: object) {
    if (asking >= ASKING_MAX) throw unavailable('Too many unknown credentials are being checked; try again', 1);
    const { apiVersion, plural } = kind === 'TokenReview' ? KIND.tokenReview : KIND.subjectAccessReview;
    try {
      const answer = await this.#transport.create(
        collectionPath({ apiVersion, plural }),
        { apiVersion, kind, spec },
        { deadlineMs: DEADLINE_MS },
      );
      return answer as { readonly status?: Readonly<Record<string, unknown>> };
    } catch (cause) {
      throw unavailable('The API server cannot be asked about the credential; try again', 2, cause);
    }
  }
}
