// cli/execution.ts — `squall execution list|get`: Executions as rows, and as one page.
import { type Column, Execution } from '../operator/api/kinds.ts';
import { PHASES, type Phase } from '../operator/api/execution.ts';
import { LABEL, labelValue } from '../operator/api/meta.ts';
import { Failure } from './failure.ts';
import { call, collection, listAll } from './kube.ts';
import { age, type Format, json, phaseTable, withoutNoise, yaml } from './print.ts';
import { phaseOf, printExecution, readResult } from './result.ts';
import type { Session } from './session.ts';

export interface ListOptions {
  readonly output: Format;
  readonly all?: boolean;
  readonly allNamespaces?: boolean;
  readonly action?: string;
  readonly status?: string;
  /** How many of the newest; -1 = all. */
  readonly last: number;
}

/** StackStorm's status words that differ from our phases. */
const STACKSTORM: Readonly<Record<string, Phase>> = { timeout: 'TimedOut' };

/** Path of an Execution or, without a name, of all in the namespace. */
export const executionPath = (namespace: string, name = ''): string =>
  `${collection(Execution.apiVersion, namespace, Execution.plural)}${name && `/${encodeURIComponent(name)}`}`;

/** Prints the newest Executions, the newest last; children only with --all. */
export async function listExecutions(session: Session, options: ListOptions): Promise<void> {
  const selectors = [
    ...(options.all ? [] : [`!${LABEL.parent}`]),
    ...(options.action === undefined ? [] : [`${LABEL.action}=${labelValue(options.action)}`]),
  ];
  const query = selectors.length > 0 ? { labelSelector: selectors.join(',') } : {};
  const phase = options.status === undefined ? undefined : phaseNamed(options.status);
  const found = await listAll<Execution>(
    session.to,
    'list Executions',
    executionPath(options.allNamespaces ? '' : session.namespace),
    query,
  );
  const sorted = newestLast(phase === undefined ? found : found.filter((one) => phaseOf(one) === phase));
  printList(session, options.last < 0 ? sorted : sorted.slice(Math.max(0, sorted.length - options.last)), options);
}

/** Oldest first; the names decide between those of the same second, so that the order is always the same. */
export const newestLast = (list: readonly Execution[]): Execution[] =>
  list.toSorted(
    (a, b) =>
      (a.metadata.creationTimestamp ?? '').localeCompare(b.metadata.creationTimestamp ?? '') ||
      a.metadata.name.localeCompare(b.metadata.name),
  );

function phaseNamed(word: string): Phase {
  const phase = STACKSTORM[word.toLowerCase()] ?? PHASES.find((one) => one.toLowerCase() === word.toLowerCase());
  if (phase) return phase;
  throw new Failure(`--status ${word}: no such status; choose one of: ${PHASES.join(', ')}`, { exitCode: 2 });
}

function printList({ screen, now }: Session, list: readonly Execution[], { output, allNamespaces }: ListOptions): void {
  const items = list.map((one) => ({ ...withoutNoise(one), apiVersion: Execution.apiVersion, kind: Execution.kind }));
  if (output === 'json') return screen.out(json({ apiVersion: 'v1', kind: 'List', items }));
  if (output === 'yaml') return screen.out(yaml({ apiVersion: 'v1', kind: 'List', items }));
  if (output === 'name') return screen.out(items.map((one) => `execution.squall.dev/${one.metadata.name}\n`).join(''));
  if (items.length === 0) return screen.err('No executions found.\n');
  const columns = Execution.columns.filter((column: Column) => output === 'wide' || (column.priority ?? 0) === 0);
  const heading = [
    ...(allNamespaces ? ['NAMESPACE'] : []),
    'NAME',
    ...columns.map((column) => column.name.toUpperCase()),
  ];
  const rows = items.map((one) => [
    ...(allNamespaces ? [one.metadata.namespace ?? ''] : []),
    one.metadata.name,
    ...columns.map((column) => cellOf(one, column, now())),
  ]);
  screen.out(phaseTable(screen, heading, rows));
}

/** The paths of our columns are plain dotted ones. */
function cellOf(execution: Execution, column: Column, now: Date): string {
  let value: unknown = execution;
  for (const part of column.jsonPath.split('.').filter(Boolean))
    value = (value as Record<string, unknown> | undefined)?.[part];
  if (column.type === 'date') return age(value as string | undefined, now);
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** Prints Executions with their results, those in the result store too. */
export async function getExecutions(
  session: Session,
  names: readonly string[],
  options: { output: Format; result: boolean },
): Promise<void> {
  for (const name of names) {
    const execution = await call<Execution>(
      session.to,
      `get Execution ${name}`,
      executionPath(session.namespace, name),
    );
    const result = options.result ? await readResult(session, execution) : undefined;
    if (names.length > 1 && options.output === 'yaml') session.screen.out('---\n');
    if (name !== names[0] && (options.output === 'table' || options.output === 'wide')) session.screen.out('\n');
    printExecution(session, execution, result, options.output);
  }
}
