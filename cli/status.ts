// cli/status.ts — `squall status`: operator, webhooks, queue, last event and last failure on one screen.
import { type Execution, Execution as ExecutionKind, Rule, TriggerType } from '../operator/api/kinds.ts';
import { refOf } from '../operator/api/meta.ts';
import { newestLast } from './execution.ts';
import { Failure } from './failure.ts';
import { call, collection, listAll } from './kube.ts';
import { age, bold, phaseText, table } from './print.ts';
import { isFinal, phaseOf } from './result.ts';
import { type Deployment, findOperator, type Session } from './session.ts';

/** Webhooks without a TriggerType of their own are rules on this one. */
const GENERIC = 'core.st2.webhook';
/** Lines of webhooks that are shown. */
const WEBHOOKS_MAX = 12;

interface LeaseObject {
  readonly spec?: {
    readonly holderIdentity?: string;
    readonly acquireTime?: string;
    readonly renewTime?: string;
    readonly leaseDurationSeconds?: number;
  };
}
export interface WebhookRow {
  readonly url: string;
  readonly authentication: string;
  readonly triggerType: string;
  readonly rules: readonly string[];
  readonly ready: string;
}

/** Prints the screen; a part that this user may not read says so and the others are shown. Exit code 1 without a ready operator. */
export async function showStatus(session: Session): Promise<number> {
  const list = <T>(kind: { apiVersion: string; plural: string; kind: string }) =>
    listAll<T>(session.to, `list ${kind.kind}s`, collection(kind.apiVersion, session.namespace, kind.plural)).catch(
      failureOf,
    );
  const [operator, types, rules, executions] = await Promise.all([
    findOperator(session).catch(failureOf),
    list<TriggerType>(TriggerType),
    list<Rule>(Rule),
    list<Execution>(ExecutionKind),
  ]);
  const ready = !(operator instanceof Failure) && (operator.status?.readyReplicas ?? 0) > 0;
  const rows = [
    ['Operator', operator instanceof Failure ? operator.message : operatorLine(operator)],
    ['Leader', operator instanceof Failure ? 'unknown' : await leaderLine(session, operator)],
    ['Namespace', session.namespace],
    ['Rules', rules instanceof Failure ? rules.message : ruleLine(rules)],
    ['Queue', executions instanceof Failure ? executions.message : queueLine(executions)],
    ['Last event', executions instanceof Failure ? 'unknown' : eventLine(session, executions)],
    ['Last failure', executions instanceof Failure ? 'unknown' : failureLine(session, executions)],
  ] as const;
  const { screen } = session;
  for (const [label, text] of rows) screen.out(`${bold(screen, `${label}:`.padEnd(14))}${text}\n`);
  if (types instanceof Failure || rules instanceof Failure) return ready ? 0 : 1;
  const webhooks = webhookRows(types, rules);
  if (webhooks.length === 0)
    screen.out(`${bold(screen, 'Webhooks:'.padEnd(14))}none; a TriggerType with spec.webhook makes one\n`);
  else screen.out(`\n${webhookTable(webhooks)}`);
  return ready ? 0 : 1;
}

function failureOf(error: unknown): Failure {
  if (error instanceof Failure) return error;
  throw error;
}

function operatorLine(operator: Deployment): string {
  const { name, namespace } = operator.metadata;
  const { readyReplicas = 0 } = operator.status ?? {};
  const image = operator.spec.template.spec.containers[0]?.image ?? '';
  const advice =
    readyReplicas > 0 ? '' : `; see "kubectl -n ${namespace} describe pods -l app.kubernetes.io/name=squall"`;
  return `${name} in ${namespace}: ${readyReplicas} of ${operator.spec.replicas ?? 1} ready, ${image}${advice}`;
}

async function leaderLine({ to, now }: Session, operator: Deployment): Promise<string> {
  const path = `${collection('coordination.k8s.io/v1', operator.metadata.namespace, 'leases')}/squall-operator`;
  const lease = await call<LeaseObject>(to, 'get Lease squall-operator', path).catch(failureOf);
  if (lease instanceof Failure) return lease.message;
  const { holderIdentity, acquireTime, renewTime, leaseDurationSeconds = 15 } = lease.spec ?? {};
  if (!holderIdentity || !renewTime) return 'none at this moment; Executions wait';
  const late = now().getTime() - Date.parse(renewTime) > leaseDurationSeconds * 1000;
  return `${holderIdentity} for ${age(acquireTime, now())}, renewed ${age(renewTime, now())} ago${late ? ': too long, it does not lead any more' : ''}`;
}

function ruleLine(rules: readonly Rule[]): string {
  const enabled = rules.filter((rule) => rule.spec.enabled !== false);
  const bad = enabled.filter((rule) => condition(rule, 'Ready') === 'False').map((rule) => rule.metadata.name);
  return `${enabled.length} enabled, ${rules.length - enabled.length} disabled${bad.length > 0 ? `, not ready: ${bad.join(', ')}` : ''}`;
}

/** How many Executions are under way, by phase. */
function queueLine(executions: readonly Execution[]): string {
  const count = (phase: string) => executions.filter((one) => phaseOf(one) === phase).length;
  const canceling = count('Canceling');
  return `${count('Requested')} requested, ${count('Delayed')} delayed, ${count('Running')} running${canceling > 0 ? `, ${canceling} canceling` : ''}`;
}

function eventLine({ now }: Session, executions: readonly Execution[]): string {
  const last = newestLast(executions.filter((one) => one.spec.request.context?.trigger)).at(-1);
  const trigger = last?.spec.request.context?.trigger;
  if (!last || !trigger) return 'none that matched a rule is kept here';
  return `${age(trigger.receivedAt, now())} ago, ${trigger.source}, rule ${trigger.rule.name}, Execution ${last.metadata.name} ${phaseOf(last)}`;
}

function failureLine({ screen, now }: Session, executions: readonly Execution[]): string {
  const failed = executions.filter((one) => isFinal(one) && !['Succeeded', 'Canceled'].includes(phaseOf(one)));
  const last = failed.toSorted((a, b) => (a.status?.endedAt ?? '').localeCompare(b.status?.endedAt ?? '')).at(-1);
  if (!last) return 'none is kept here';
  const { endedAt, reason, message } = last.status ?? {};
  const why = [reason, message?.split('\n')[0]?.slice(0, 200)].filter(Boolean).join(': ');
  return `${age(endedAt, now())} ago, Execution ${last.metadata.name} (${last.spec.request.action}) ${phaseText(screen, phaseOf(last))}, ${why}`;
}

/** Every URL that takes events, by its TriggerType or by rules on core.st2.webhook, with the rules that hear of it. */
export function webhookRows(types: readonly TriggerType[], rules: readonly Rule[]): WebhookRow[] {
  const rows = new Map<string, WebhookRow>();
  for (const type of types) {
    const { webhook } = type.spec;
    if (!webhook) continue;
    const ref = refOf(type);
    const own = rules.filter((rule) => rule.spec.trigger.type === ref);
    rows.set(webhook.url, {
      url: webhook.url,
      authentication: webhook.authentication ?? 'required',
      triggerType: ref,
      rules: [...own, ...rules.filter((rule) => urlOf(rule) === webhook.url)].map(ruleName),
      ready: condition(type, 'Ready') ?? 'Unknown',
    });
  }
  for (const rule of rules) {
    const url = urlOf(rule);
    if (url === undefined || types.some((type) => type.spec.webhook?.url === url)) continue;
    const before = rows.get(url)?.rules ?? [];
    rows.set(url, {
      url,
      authentication: 'required',
      triggerType: GENERIC,
      rules: [...before, ruleName(rule)],
      ready: 'True',
    });
  }
  return [...rows.values()].toSorted((a, b) => a.url.localeCompare(b.url));
}

function urlOf(rule: Rule): string | undefined {
  const url = rule.spec.trigger.type === GENERIC ? rule.spec.trigger.parameters?.['url'] : undefined;
  return typeof url === 'string' ? url.replaceAll(/^\/+|\/+$/g, '') : undefined;
}

const ruleName = (rule: Rule): string => `${rule.metadata.name}${rule.spec.enabled === false ? ' (disabled)' : ''}`;
const condition = (object: Rule | TriggerType, type: string): string | undefined =>
  object.status?.conditions?.find((one) => one.type === type)?.status;

function webhookTable(webhooks: readonly WebhookRow[]): string {
  const rows = webhooks
    .slice(0, WEBHOOKS_MAX)
    .map((row) => [
      row.url,
      row.authentication,
      row.triggerType,
      row.ready,
      row.rules.slice(0, 4).join(', ') || '(none)',
    ]);
  const more = webhooks.length - rows.length;
  return (
    table(['WEBHOOK', 'AUTHENTICATION', 'TRIGGER TYPE', 'READY', 'RULES'], rows) +
    (more > 0 ? `… and ${more} more\n` : '')
  );
}
