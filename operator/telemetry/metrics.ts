// operator/telemetry/metrics.ts — every metric of the operator in one list: name, kind, meaning, labels.
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

const QUICK_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const EVENT_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

/** The one list. Names get the prefix `squall_`; labels come from small closed sets, never names or messages. */
export const METRICS = {
  queueDepth: { type: 'gauge', name: 'queue_depth', help: 'Keys that wait for a worker.', labels: ['controller'] },
  reconcileSeconds: {
    type: 'histogram',
    name: 'reconcile_seconds',
    help: 'Time of one look at one object with all its writes.',
    labels: ['controller'],
    buckets: QUICK_SECONDS,
  },
  reconcileErrors: {
    type: 'counter',
    name: 'reconcile_errors_total',
    help: 'Looks that failed and are tried again; conflicts are not counted.',
    labels: ['controller'],
  },
  executions: { type: 'gauge', name: 'executions', help: 'Executions that exist, by phase.', labels: ['phase'] },
  eventToJobSeconds: {
    type: 'histogram',
    name: 'event_to_job_seconds',
    help: 'Time from the arrival of an event to the creation of the Job that it caused.',
    labels: [],
    buckets: EVENT_SECONDS,
  },
  watchAge: {
    type: 'gauge',
    name: 'watch_age_seconds',
    help: 'Time since a watch last showed an event or a bookmark.',
    labels: ['kind'],
  },
  watchRestarts: {
    type: 'counter',
    name: 'watch_restarts_total',
    help: 'Interruptions of a watch: silence, gone (version expired), refused, broken.',
    labels: ['kind', 'cause'],
  },
  apiWrites: {
    type: 'counter',
    name: 'api_writes_total',
    help: 'Changing requests to the API server, each try counted.',
    labels: ['kind', 'verb'],
  },
  apiSeconds: {
    type: 'histogram',
    name: 'api_seconds',
    help: 'Time until the API server answered one request; of a watch, until it began.',
    labels: ['verb'],
    buckets: QUICK_SECONDS,
  },
  startRequests: {
    type: 'counter',
    name: 'start_requests_total',
    help: 'Pods that asked to begin their action, by answer; later: another pod of the same Job came first.',
    labels: ['outcome'],
  },
  resultDeliveries: {
    type: 'counter',
    name: 'result_deliveries_total',
    help: 'Results that runners posted, by outcome.',
    labels: ['outcome'],
  },
  doorAnswers: {
    type: 'counter',
    name: 'door_answers_total',
    help: 'Answers to posted events, by HTTP status.',
    labels: ['code'],
  },
  sweptExecutions: {
    type: 'counter',
    name: 'swept_executions_total',
    help: 'Executions that should have had a Job and had none until the sweep found them.',
    labels: [],
  },
  eventsAccepted: { type: 'counter', name: 'events_accepted_total', help: 'Events answered with 2xx.', labels: [] },
  eventsDeduplicated: {
    type: 'counter',
    name: 'events_deduplicated_total',
    help: 'Accepted events whose Executions existed already.',
    labels: [],
  },
  ruleErrors: {
    type: 'counter',
    name: 'rule_errors_total',
    help: 'Rules that could not be evaluated for an event; the event was accepted.',
    labels: [],
  },
  storeObjects: { type: 'gauge', name: 'store_objects', help: 'Objects in the cache, by kind.', labels: ['kind'] },
  leader: { type: 'gauge', name: 'leader', help: '1 while this process holds the Lease, else 0.', labels: [] },
  corePackApplied: {
    type: 'gauge',
    name: 'core_pack_applied',
    help: '1 when this process has applied the built-in pack core as leader, else 0.',
    labels: [],
  },
  buildInfo: { type: 'gauge', name: 'build_info', help: 'Always 1; the label says what runs.', labels: ['version'] },
} as const satisfies Record<string, MetricRow>;

interface MetricRow {
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly name: string;
  readonly help: string;
  readonly labels: readonly string[];
  readonly buckets?: readonly number[];
}

type Rows = typeof METRICS;
type Name = keyof Rows;
type Of<Row extends MetricRow> = Row['type'] extends 'counter'
  ? Counter<Row['labels'][number]>
  : Row['type'] extends 'gauge'
    ? Gauge<Row['labels'][number]>
    : Histogram<Row['labels'][number]>;
type GaugeName = { [K in Name]: Rows[K]['type'] extends 'gauge' ? K : never }[Name];

export type Metrics = { readonly [K in Name]: Of<Rows[K]> } & {
  readonly registry: Registry;
  /** Sets a gauge before each scrape; labels that are not set then are no longer shown. */
  collect<K extends GaugeName>(name: K, fill: (gauge: Metrics[K]) => void): void;
};

export const METRICS_CONTENT_TYPE: string = Registry.PROMETHEUS_CONTENT_TYPE;

/** A set of all metrics in a registry of its own. `process` adds those of Node.js (memory, event loop, collection of garbage). */
export function createMetrics({
  version,
  process = false,
}: {
  readonly version: string;
  readonly process?: boolean;
}): Metrics {
  const registry = new Registry();
  const fills = new Map<GaugeName, (gauge: Metrics[GaugeName]) => void>();
  const build = (key: string, row: MetricRow): unknown => {
    const options = { name: `squall_${row.name}`, help: row.help, labelNames: row.labels, registers: [registry] };
    if (row.type === 'counter') return new Counter(options);
    if (row.type === 'histogram') return new Histogram({ ...options, buckets: [...(row.buckets ?? [])] });
    const gauge: Gauge = new Gauge({
      ...options,
      collect: () => {
        const fill = fills.get(key as GaugeName);
        if (!fill) return;
        gauge.reset();
        fill(gauge as Metrics[GaugeName]);
      },
    });
    return gauge;
  };
  const built = Object.fromEntries(Object.entries(METRICS).map(([key, row]) => [key, build(key, row)]));
  const metrics = {
    ...(built as { [K in Name]: Of<Rows[K]> }),
    registry,
    collect: <K extends GaugeName>(name: K, fill: (gauge: Metrics[K]) => void) => {
      fills.set(name, fill as (gauge: Metrics[GaugeName]) => void);
    },
  };
  metrics.buildInfo.set({ version }, 1);
  if (process) collectDefaultMetrics({ register: registry });
  return metrics;
}

/** The text that Prometheus reads. */
export const metricsText = (metrics: Metrics): Promise<string> => metrics.registry.metrics();
