// operator/http/webhooks.ts — POST …/webhooks/<url>: event in, 202 when all Executions that it asks for exist.
import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { TriggerType } from '../api/kinds.ts';
import { refOf } from '../api/meta.ts';
import { stripSlashes, WEBHOOK_TRIGGER } from '../domain/rule/rule-index.ts';
import { parseBody } from '../domain/trigger/body.ts';
import { isRefusal } from '../domain/trigger/event.ts';
import type { Headers } from '../domain/trigger/payload.ts';
import { type Authenticators, authenticateSender, type Caller } from './authenticate.ts';
import { credentialOf } from './credentials.ts';
import { HttpError, unavailable } from './errors.ts';
import { type Delivered, eventsOf, GENERIC_URL } from './event-of-delivery.ts';
import { type ReplayMemory, verifySignature } from './hmac.ts';
import { type IntakeOptions, takeIn } from './intake.ts';
import { crowded, type LiveExecutions } from './live-executions.ts';
import { isPodToken } from './pod-token.ts';
import { assertFresh, lookup, WEBHOOKS_SECRET } from './sources.ts';

/** Largest body of an event, in bytes. */
export const EVENT_MAX_BYTES = 1024 * 1024;
/** Names that the header Squall-Executions has at most; proxies limit headers to 8 KiB. */
const NAMES_MAX = 64;

export interface WebhookOptions extends Authenticators, IntakeOptions {
  readonly replays: ReplayMemory;
  /** What /api/v1 means. */
  readonly defaultNamespace: string;
  readonly liveExecutions: LiveExecutions;
  /** Above it a namespace that has its share of it is refused. */
  readonly liveExecutionsMax: number;
}

interface Target {
  readonly namespace: string;
  readonly url: string;
  readonly declared: TriggerType | undefined;
}
type Params = { readonly namespace?: string; readonly '*': string };

export function addWebhooks(app: FastifyInstance, options: WebhookOptions): void {
  const callers = new WeakMap<FastifyRequest, { readonly target: Target; readonly caller: Caller }>();
  const route = {
    bodyLimit: EVENT_MAX_BYTES,
    // Before the body is read: who has no right to send does not make us read a megabyte.
    onRequest: async (request: FastifyRequest) => {
      assertFresh(options.sources);
      const target = targetOf(request.params as Params, options);
      callers.set(request, { target, caller: await callerOf(request, target, options) });
      assertRoom(target, options);
    },
    onResponse: (_: FastifyRequest, reply: FastifyReply, done: () => void) => {
      options.metrics.doorAnswers.inc({ code: String(reply.statusCode) });
      done();
    },
    handler: async (request: FastifyRequest, reply: FastifyReply) => {
      const known = callers.get(request);
      if (!known) throw new Error('the request was not authenticated');
      return await receive(request, reply, known, options);
    },
  };
  for (const base of ['/api/v1', '/api', '/ns/:namespace/api/v1', '/ns/:namespace/api'])
    app.post(`${base}/webhooks/*`, route);
}

function targetOf(params: Params, { sources, defaultNamespace, systemNamespace }: WebhookOptions): Target {
  const namespace = params.namespace ?? defaultNamespace;
  const url = stripSlashes(params['*']);
  return {
    namespace,
    url,
    declared: url === GENERIC_URL ? undefined : lookup(sources, namespace, systemNamespace).webhook(url),
  };
}

async function callerOf(request: FastifyRequest, target: Target, options: WebhookOptions): Promise<Caller> {
  const { namespace, url, declared } = target;
  const access = { verb: 'create', resource: 'webhooks', namespace, name: url } as const;
  const mode = declared?.spec.webhook?.authentication ?? 'required';
  if (mode !== 'required') {
    // Our own pods say who they are also where nobody has to: their events carry cause and depth.
    const credential = credentialOf(request.headers, {});
    const isOurs = credential?.kind === 'token' && isPodToken(credential.value);
    return isOurs ? await authenticateSender(request, access, options) : { kind: 'anonymous' };
  }
  const caller = await authenticateSender(request, access, options);
  const isKnown = declared || url === GENERIC_URL || options.ruleIndex.knows({ namespace, type: WEBHOOK_TRIGGER, url });
  if (!isKnown) throw new HttpError(404, `Webhook ${url} not registered with st2`);
  return caller;
}

function assertRoom({ namespace }: Target, { liveExecutions, liveExecutionsMax, gate }: WebhookOptions): void {
  gate.assertRoom(namespace, 1);
  const why = crowded(liveExecutions, namespace, liveExecutionsMax);
  if (why !== undefined) throw new HttpError(429, why, { retryAfterSeconds: 10 });
}

async function receive(
  request: FastifyRequest,
  reply: FastifyReply,
  known: { target: Target; caller: Caller },
  options: WebhookOptions,
) {
  const now = options.now?.() ?? new Date();
  const { target, caller } = known;
  const bytes = request.body instanceof Uint8Array ? request.body : new Uint8Array();
  const headers = oneEach(request.headers);
  const signature = checkSignature(target, { headers, bytes, now }, options);
  const parsed = parseBody(headers['content-type'], bytes);
  if (isRefusal(parsed)) throw new HttpError(parsed.refused.status, parsed.refused.message);
  const delivered: Delivered = { ...target, headers, bytes, body: parsed.body, caller };
  const look = lookup(options.sources, target.namespace, options.systemNamespace);
  const events = eventsOf(delivered, {
    executions: options.executions,
    triggerType: look.triggerType,
    now,
    fresh: randomUUID(),
  });
  const id = events[0]?.event.id ?? '';
  const forget = remember(target, signature, id, options);
  try {
    const { names } = await takeIn(events, { webhook: target.url }, options);
    return await reply
      .code(202)
      .headers({ 'squall-event-id': encodeURIComponent(id), 'squall-executions': names.slice(0, NAMES_MAX).join(',') })
      .send(parsed.body);
  } catch (error) {
    forget();
    throw error;
  }
}

function checkSignature(
  { namespace, declared }: Target,
  signed: { headers: Headers; bytes: Uint8Array; now: Date },
  { sources }: WebhookOptions,
) {
  const hmac = declared?.spec.webhook?.hmac;
  if (!declared || declared.spec.webhook?.authentication !== 'hmac' || !hmac) return undefined;
  const data = sources.webhookSecrets.get(`${namespace}/${WEBHOOKS_SECRET}`)?.data ?? {};
  const secret = Object.hasOwn(data, hmac.secretKey) ? data[hmac.secretKey] : undefined;
  if (secret === undefined || secret === '') {
    throw unavailable(
      `Secret ${namespace}/${WEBHOOKS_SECRET} has no key "${hmac.secretKey}", which TriggerType "${refOf(declared)}" names in spec.webhook.hmac.secretKey; add it`,
      30,
    );
  }
  return verifySignature(hmac, Buffer.from(secret, 'base64'), signed);
}

function remember(
  { namespace, url, declared }: Target,
  signature: string | undefined,
  id: string,
  { replays }: WebhookOptions,
): () => void {
  const hmac = declared?.spec.webhook?.hmac;
  if (signature === undefined || !hmac) return () => {};
  return replays.use(`${namespace}/${url}/${signature}`, id, hmac.toleranceSeconds * 2);
}

/** Node joins most repeated headers; the rest is joined the same way. */
const oneEach = (headers: FastifyRequest['headers']): Headers =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : (value ?? '')]),
  );
