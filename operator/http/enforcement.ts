// operator/http/enforcement.ts — what became of rules → their condition Enforced, told seldom however many events come.
import type { Rule } from '../api/kinds.ts';
import { setCondition } from '../api/meta.ts';
import type { RuleStatus } from '../api/rule.ts';
import type { Enforcement } from '../domain/rule/match.ts';
import type { Client } from '../kube/client.ts';
import { isConflict, isNotFound } from '../kube/errors.ts';
import type { Store } from '../kube/store.ts';
import type { Log } from '../telemetry/log.ts';
import type { Metrics } from '../telemetry/metrics.ts';

export interface EnforcementOptions {
  readonly client: Client;
  readonly rules: Store<Rule>;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Shortest time between two writes to one rule; 10 000 ms by default. */
  readonly intervalMs?: number;
}

interface Pending {
  rule: Rule;
  failure: string | undefined;
  timer: NodeJS.Timeout | undefined;
  writtenAtMs: number;
}

/** Rules that are remembered; beyond that the oldest start anew. */
const REMEMBERED = 20_000;
const MESSAGE_MAX = 1024;

/** The latest outcome of each rule; only a change of text is written, at most once per interval and rule. */
export class EnforcementRecorder {
  readonly #options: EnforcementOptions;
  readonly #intervalMs: number;
  readonly #pending = new Map<string, Pending>();

  constructor(options: EnforcementOptions) {
    this.#options = options;
    this.#intervalMs = options.intervalMs ?? 10_000;
  }

  /** Never throws, never waits. */
  record(enforcements: readonly Enforcement[]): void {
    for (const { rule, failure } of enforcements) {
      if (failure !== undefined) {
        this.#options.metrics.ruleErrors.inc();
        this.#options.log.warn(
          { namespace: rule.metadata.namespace, rule: rule.metadata.name, reason: 'EnforcementFailed' },
          'rule was not enforced',
        );
      }
      this.#want(rule, failure?.slice(0, MESSAGE_MAX));
    }
  }

  close(): void {
    for (const pending of this.#pending.values()) clearTimeout(pending.timer);
    this.#pending.clear();
  }

  #want(rule: Rule, failure: string | undefined): void {
    const key = rule.metadata.uid;
    const known = this.#pending.get(key);
    // The success of a rule that never failed is not worth a write.
    if (!known && !differs(rule, failure)) return;
    const pending = known ?? { rule, failure, timer: undefined, writtenAtMs: Number.NEGATIVE_INFINITY };
    pending.rule = rule;
    pending.failure = failure;
    if (!known) this.#remember(key, pending);
    if (pending.timer !== undefined || !differs(this.#current(rule), failure)) return;
    const waitMs = Math.max(0, pending.writtenAtMs + this.#intervalMs - performance.now());
    pending.timer = setTimeout(() => void this.#write(pending), waitMs);
    pending.timer.unref();
  }

  async #write(pending: Pending): Promise<void> {
    pending.writtenAtMs = performance.now();
    try {
      const rule = this.#current(pending.rule);
      if (differs(rule, pending.failure)) await this.#replace(rule, pending.failure);
    } catch (err) {
      if (!isNotFound(err))
        this.#options.log.warn({ rule: pending.rule.metadata.name, err }, 'condition Enforced was not written');
    } finally {
      pending.timer = undefined;
    }
    const held = this.#held(pending.rule);
    if (!held) this.#pending.delete(pending.rule.metadata.uid);
    // What came in meanwhile is written in its turn.
    else if (differs(held, pending.failure)) this.#want(held, pending.failure);
  }

  async #replace(rule: Rule, failure: string | undefined): Promise<void> {
    try {
      await this.#options.client.replaceStatus(rule, enforced(rule, failure, new Date()));
    } catch (error) {
      if (!isConflict(error)) throw error;
      const { kind } = this.#options.rules;
      const live = await this.#options.client.getLive(kind, `${rule.metadata.namespace ?? ''}/${rule.metadata.name}`);
      if (live?.metadata.uid !== rule.metadata.uid) return;
      await this.#options.client.replaceStatus(live, enforced(live as Rule, failure, new Date()));
    }
  }

  #current(rule: Rule): Rule {
    return this.#held(rule) ?? rule;
  }

  #held(rule: Rule): Rule | undefined {
    const held = this.#options.rules.get(`${rule.metadata.namespace ?? ''}/${rule.metadata.name}`);
    return held?.metadata.uid === rule.metadata.uid ? held : undefined;
  }

  #remember(key: string, pending: Pending): void {
    this.#pending.set(key, pending);
    if (this.#pending.size <= REMEMBERED) return;
    const [oldest] = this.#pending.entries();
    if (!oldest) return;
    clearTimeout(oldest[1].timer);
    this.#pending.delete(oldest[0]);
  }
}

const conditionOf = (rule: Rule) => rule.status?.conditions?.find(({ type }) => type === 'Enforced');

function differs(rule: Rule, failure: string | undefined): boolean {
  const now = conditionOf(rule);
  return failure === undefined ? now?.status === 'False' : now?.status !== 'False' || now.message !== failure;
}

function enforced(rule: Rule, failure: string | undefined, now: Date): RuleStatus {
  const condition =
    failure === undefined
      ? ({
          status: 'True',
          reason: 'EnforcementSucceeded',
          message: 'The last matching event led to an Execution.',
        } as const)
      : ({ status: 'False', reason: 'EnforcementFailed', message: failure } as const);
  const observed = rule.metadata.generation === undefined ? {} : { observedGeneration: rule.metadata.generation };
  const conditions = setCondition(rule.status?.conditions ?? [], { type: 'Enforced', ...condition, ...observed }, now);
  return { ...rule.status, conditions };
}
