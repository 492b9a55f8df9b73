// operator/http/health.ts — the plain port for Kubernetes and Prometheus: /healthz, /readyz, /metrics.
import type { FastifyInstance } from 'fastify';
import type { Log } from '../telemetry/log.ts';
import { METRICS_CONTENT_TYPE, type Metrics, metricsText } from '../telemetry/metrics.ts';
import { buildServer } from './server.ts';
import { STALE_MS } from './sources.ts';

export interface HealthOptions {
  readonly log: Log;
  readonly metrics: Metrics;
  /** What is not ready, as sentences; empty = ready. */
  readonly unready: () => readonly string[];
  /** What can only be mended by a restart, as sentences; empty = alive. */
  readonly broken?: () => readonly string[];
}

export function buildHealthServer({ log, metrics, unready, broken = () => [] }: HealthOptions): FastifyInstance {
  const app = buildServer({ log, connectionsMax: 128 });
  app.get('/healthz', (_request, reply) => tell(reply, broken()));
  app.get('/readyz', (_request, reply) => tell(reply, unready()));
  app.get('/metrics', async (_request, reply) => reply.type(METRICS_CONTENT_TYPE).send(await metricsText(metrics)));
  return app;
}

/** What can be told of a cache. */
interface Cache {
  readonly isSynced: boolean;
  healthy(staleMs: number): boolean;
}

/** What /readyz is told of named caches and of the door; empty = ready. */
export function unreadyParts(caches: readonly (readonly [string, Cache])[], doorListens: boolean): readonly string[] {
  const stale = caches.flatMap(([name, cache]) => {
    if (cache.isSynced && cache.healthy(STALE_MS)) return [];
    return [`the cache of ${name} ${cache.isSynced ? 'is stale' : 'is not complete yet'}`];
  });
  return doorListens ? stale : [...stale, 'the door does not listen yet'];
}

function tell(
  reply: { code(code: number): { type(type: string): { send(text: string): unknown } } },
  faults: readonly string[],
): void {
  const text = faults.length === 0 ? 'ok\n' : `${faults.join('\n')}\n`;
  reply
    .code(faults.length === 0 ? 200 : 503)
    .type('text/plain; charset=utf-8')
    .send(text);
}
