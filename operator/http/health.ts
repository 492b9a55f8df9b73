// operator/http/health.ts — the plain port for Kubernetes and Prometheus: /healthz, /readyz, /metrics.
import type { FastifyInstance } from 'fastify';
import type { Log } from '../telemetry/log.ts';
import { METRICS_CONTENT_TYPE, type Metrics, metricsText } from '../telemetry/metrics.ts';
import { buildServer } from './server.ts';

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
