// operator/http/server.ts — the HTTPS server: limits on what a stranger can make us do, and StackStorm's shape of errors.
import { randomUUID } from 'node:crypto';
import Fastify, { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Log } from '../telemetry/log.ts';
import { HttpError } from './errors.ts';

export interface ServerOptions {
  readonly log: Log;
  /** PEM; plain HTTP without. */
  readonly tls?: { readonly key: string; readonly cert: string };
  /** Connections at a time; 4 096 by default. */
  readonly connectionsMax?: number;
  /** For a whole request with its body, in ms; 60 000 by default. */
  readonly requestTimeoutMs?: number;
  /** For the headers alone, in ms; 10 000 by default. */
  readonly headersTimeoutMs?: number;
}

const BODY_MAX_BYTES = 64 * 1024;
const CHECK_MS = 2_000;

/** A server without routes; bodies arrive as bytes, whatever they are called. */
export function buildServer(options: ServerOptions): FastifyInstance {
  const { log, tls, connectionsMax = 4096, requestTimeoutMs = 60_000, headersTimeoutMs = 10_000 } = options;
  const app = Fastify({
    logger: false,
    bodyLimit: BODY_MAX_BYTES,
    requestTimeout: requestTimeoutMs,
    keepAliveTimeout: 75_000,
    // A slow sender of headers or of a TLS handshake is cut off long before connections run out.
    http: { headersTimeout: headersTimeoutMs, connectionsCheckingInterval: CHECK_MS, maxHeaderSize: 16 * 1024 },
    ...(tls
      ? {
          https: {
            ...tls,
            minVersion: 'TLSv1.2',
            handshakeTimeout: 5_000,
            headersTimeout: headersTimeoutMs,
            connectionsCheckingInterval: CHECK_MS,
            maxHeaderSize: 16 * 1024,
          },
        }
      : {}),
    genReqId: (request) => printable(request.headers['x-request-id']) ?? randomUUID(),
    frameworkErrors: (error, _request, reply) => answerError(error, reply as FastifyReply, log),
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 512, ignoreTrailingSlash: true },
  }) as FastifyInstance;
  app.server.maxConnections = connectionsMax;
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.addHook('onSend', async (request, reply) => {
    reply.header('x-request-id', request.id);
  });
  app.setErrorHandler((error: FastifyError, _request, reply) => answerError(error, reply, log));
  app.setNotFoundHandler((_request, reply) =>
    reply.code(404).send({ faultstring: 'The resource could not be found.' }),
  );
  return app;
}

function answerError(error: FastifyError | HttpError, reply: FastifyReply, log: Log): FastifyReply {
  const code = error.statusCode ?? 500;
  if (error instanceof HttpError) {
    if (code >= 500) log.warn({ code, err: error, request: reply.request.id }, 'request cannot be served now');
    return reply.code(code).headers(error.headers).send({ faultstring: error.message });
  }
  if (code === 413)
    return reply.code(413).send({ faultstring: `The body is larger than ${limitOf(reply.request)} bytes; send less` });
  if (code < 500) return reply.code(code).send({ faultstring: error.message });
  log.error({ err: error, request: reply.request.id }, 'request failed');
  return reply.code(500).send({ faultstring: 'Internal Server Error' });
}

const limitOf = (request: FastifyRequest) => request.routeOptions.bodyLimit ?? BODY_MAX_BYTES;

/** What may go back into a header. */
const printable = (value: unknown): string | undefined =>
  typeof value === 'string' && /^[\x21-\x7e]{1,128}$/.test(value) ? value : undefined;
