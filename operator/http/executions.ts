// operator/http/executions.ts — drafts of an event → Executions that exist, each once, or a reason why not.
import type { Execution } from '../api/kinds.ts';
import { ANNOTATION, type Draft, type KubeObject } from '../api/meta.ts';
import type { Drafted } from '../domain/rule/draft.ts';
import type { Client } from '../kube/client.ts';
import { SquatterError, statusOf } from '../kube/errors.ts';
import type { Store } from '../kube/store.ts';
import { HttpError, unavailable } from './errors.ts';
import { type EventSecrets, SecretTakenError } from './event-secrets.ts';
import type { FairGate } from './fair-gate.ts';

export interface Created {
  readonly name: string;
  /** False when an earlier delivery of the event had made it. */
  readonly isNew: boolean;
}
/** The API server refuses this one whatever we do: the fault is the rule's. */
export interface NotCreated {
  readonly drafted: Drafted;
  readonly failure: string;
}

export interface CreatorOptions {
  readonly client: Client;
  readonly executions: Store<Execution>;
  readonly secrets: EventSecrets;
  readonly gate: FairGate;
  /** How long one event may try, all its Executions together; 8 000 ms by default. */
  readonly createDeadlineMs?: number;
}

const DEADLINE_MS = 8_000;
const PAUSE_MS = 100;

/** Creates all of them; what exists already for the same event counts. @throws HttpError 503 when one may still come to be */
export async function createExecutions(
  drafts: readonly Drafted[],
  options: CreatorOptions,
): Promise<readonly (Created | NotCreated)[]> {
  const deadlineAtMs = performance.now() + (options.createDeadlineMs ?? DEADLINE_MS);
  const outcomes = await Promise.allSettled(drafts.map((drafted) => createOne(drafted, deadlineAtMs, options)));
  return outcomes.map((outcome) => {
    if (outcome.status === 'fulfilled') return outcome.value;
    if (outcome.reason instanceof HttpError) throw outcome.reason;
    throw unavailable(
      'Not all Executions of the event could be created; send it again with the same id',
      5,
      outcome.reason,
    );
  });
}

async function createOne(
  drafted: Drafted,
  deadlineAtMs: number,
  options: CreatorOptions,
): Promise<Created | NotCreated> {
  const { namespace = '', name } = drafted.execution.metadata;
  const known = options.executions.get(`${namespace}/${name}`);
  if (known && isSame(known, drafted.execution)) return { name, isNew: false };
  try {
    return await options.gate.run(namespace, () => insist(() => write(drafted, deadlineAtMs, options), deadlineAtMs));
  } catch (error) {
    if (error instanceof SquatterError && isSameEvent(error.existing, drafted.execution))
      throw reusedId(drafted.execution);
    const failure = ruleFault(error);
    if (failure === undefined) throw error;
    return { drafted, failure };
  }
}

async function write(
  { execution, secret }: Drafted,
  deadlineAtMs: number,
  { client, secrets }: CreatorOptions,
): Promise<Created> {
  const options = { deadlineMs: Math.max(1, deadlineAtMs - performance.now()) };
  const made = secret && (await secrets.make(secret, execution.metadata.name, options));
  const { object, created } = await client.create(execution, { ...options, sameAs: isSame });
  if (secret && made) await secrets.own(secret, object, options);
  return { name: object.metadata.name, isNew: created };
}

/** Again until it works, is refused for good, or the time is up. */
async function insist<T>(work: () => Promise<T>, deadlineAtMs: number): Promise<T> {
  for (let pauseMs = PAUSE_MS; ; pauseMs *= 2) {
    try {
      return await work();
    } catch (error) {
      const leftMs = deadlineAtMs - performance.now();
      if (ruleFault(error) !== undefined || leftMs < pauseMs) throw error;
      await new Promise((go) => setTimeout(go, pauseMs * (0.5 + Math.random() / 2)));
    }
  }
}

/** The name hashes rule, source and event id; the digest says that it was the same delivery. */
const isSame = (existing: KubeObject, draft: Draft): boolean =>
  isSameEvent(existing, draft) && digestOf(existing) === digestOf(draft);

function isSameEvent(existing: KubeObject, draft: Draft): boolean {
  const { trigger: had } = contextOf(existing);
  const { trigger: wanted } = contextOf(draft);
  return wanted !== undefined && had?.rule?.uid === wanted.rule?.uid && had?.event === wanted.event;
}

/** Digest of the delivery that an Execution was made for. */
export const digestOf = ({ metadata }: Pick<Draft, 'metadata'>): string | undefined =>
  metadata.annotations?.[ANNOTATION.eventDigest];

/** 422: the id names another event already. */
export function reusedId(execution: KubeObject | Draft): HttpError {
  const { trigger } = contextOf(execution);
  return new HttpError(
    422,
    `Event id "${trigger?.event ?? ''}" was used before with another body; give each event an id of its own`,
  );
}

interface Context {
  readonly trigger?: { readonly event?: string; readonly rule?: { readonly uid?: string } };
}
const contextOf = (object: KubeObject | Draft): Context =>
  (object.spec as { readonly request?: { readonly context?: Context } } | undefined)?.request?.context ?? {};

function ruleFault(error: unknown): string | undefined {
  if (error instanceof SquatterError || error instanceof SecretTakenError) return error.message;
  const status = statusOf(error);
  // 400, 413, 422: the object itself is refused; 403 and the rest are conditions that pass or that an operator repairs.
  if (!status || ![400, 413, 422].includes(status.code)) return undefined;
  return `The API server refuses the Execution: ${status.message}`;
}
