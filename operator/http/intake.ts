// operator/http/intake.ts — the one way in for events, from the door and from inside: rules matched, their Executions created, outcomes told.
import { DEPTH_MAX } from '../api/execution.ts';
import type { Execution } from '../api/kinds.ts';
import { entriesOf } from '../domain/datastore/entry.ts';
import type { Drafted } from '../domain/rule/draft.ts';
import { type Enforcement, type MatchOptions, matchRules } from '../domain/rule/match.ts';
import type { RuleIndex, TriggerKey } from '../domain/rule/rule-index.ts';
import type { TriggerEvent } from '../domain/trigger/event.ts';
import type { Log } from '../telemetry/log.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { EnforcementRecorder } from './enforcement.ts';
import { type CreatorOptions, createExecutions } from './executions.ts';
import { sha256 } from './sha256.ts';
import { lookup, type Sources } from './sources.ts';

/** An event, and the rules that it concerns: those on the trigger. */
export interface Received {
  readonly event: TriggerEvent;
  readonly trigger: TriggerKey;
  /** Rules that were made later take no part; ISO 8601. Default: all rules do. */
  readonly rulesUntil?: string;
}

export interface IntakeOptions extends CreatorOptions {
  readonly sources: Sources;
  readonly ruleIndex: RuleIndex;
  readonly enforcement: EnforcementRecorder;
  /** Where pack core is. */
  readonly systemNamespace: string;
  readonly executionTtlSeconds: number;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly now?: () => Date;
}

/** What events have led to. */
export interface TakenIn {
  /** Names of all their Executions. */
  readonly names: readonly string[];
  /** Why rules that matched have led to none: see `loopIn`. */
  readonly loop: string | undefined;
}

/**
 * Creates what the rules ask for. Events that are taken in together are of one namespace.
 * @throws HttpError 503 when one may still come to be: the same events are to be taken in again
 */
export async function takeIn(
  events: readonly Received[],
  facts: Readonly<Record<string, unknown>>,
  options: IntakeOptions,
): Promise<TakenIn> {
  const { enforcement, executions, metrics, log } = options;
  const { drafts, enforcements, loop } = matchAll(events, options);
  const outcomes = await createExecutions(drafts, options);
  const failed = new Map(
    outcomes.flatMap((outcome) => ('failure' in outcome ? [[outcome.drafted.rule, outcome.failure]] : [])),
  );
  enforcement.record(enforcements.map((one) => ({ ...one, ...withFailure(one.failure ?? failed.get(one.rule)) })));
  const created = outcomes.filter((outcome) => 'name' in outcome);
  const names = created.map(({ name }) => name);
  metrics.eventsAccepted.inc();
  if (created.length > 0 && created.every(({ isNew }) => !isNew)) metrics.eventsDeduplicated.inc();
  const { namespace = '', id, trace } = events[0]?.event ?? {};
  const uids = names.map((name) => executions.get(`${namespace}/${name}`)?.metadata.uid);
  const all = { namespace, ...facts, event: id, trace: trace?.id, executions: names, uids };
  if (names.length > 0) log.info(all, 'event led to executions');
  else log.debug(all, 'event matched no rule');
  return { names, loop };
}

const withFailure = (failure: string | undefined) => (failure === undefined ? {} : { failure });

function matchAll(events: readonly Received[], options: IntakeOptions) {
  const drafts: Drafted[] = [];
  const enforcements: Enforcement[] = [];
  let loop: string | undefined;
  for (const { event, trigger, rulesUntil } of events) {
    const { action: actionOf } = lookup(options.sources, event.namespace, options.systemNamespace);
    const rules = options.ruleIndex
      .on(trigger)
      .filter(({ rule }) => wasThere(rule.metadata.creationTimestamp, rulesUntil));
    const match: MatchOptions = {
      sha256,
      actionOf,
      entries: entriesOf(options.sources.keyValues, event.namespace, options.now?.() ?? new Date()),
      executionTtlSeconds: options.executionTtlSeconds,
    };
    const matches = matchRules(event, rules, match);
    const tooDeep = loopIn(event.depth, options.executions.get(`${event.namespace}/${event.cause ?? ''}`));
    if (tooDeep === undefined) drafts.push(...matches.drafts);
    else if (matches.drafts.length > 0) loop = tooDeep;
    enforcements.push(...matches.enforcements.map((one) => ({ ...one, ...withFailure(one.failure ?? tooDeep) })));
  }
  return { drafts, enforcements, loop };
}

/** Kubernetes tells whole seconds: a rule of the same second counts. */
const wasThere = (created: string | undefined, until: string | undefined): boolean =>
  created === undefined || until === undefined || Date.parse(created) <= Date.parse(until);

/** Why an event leads to nothing more: too many before it were caused by executions, `cause` the last of them. */
export function loopIn(depth: number, cause: Pick<Execution, 'metadata' | 'spec'> | undefined): string | undefined {
  if (depth <= DEPTH_MAX) return undefined;
  const { namespace = '', name = 'none' } = cause?.metadata ?? {};
  const rule = cause?.spec.request.context?.trigger?.rule.name ?? 'none';
  return `Execution ${namespace}/${name} (rule ${rule}) emits an event after ${DEPTH_MAX} events in a row that executions caused: the rules form a loop; narrow the criteria of one of them`;
}
