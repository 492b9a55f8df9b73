// e2e/packs/verdict.ts — an Execution that has ended, with its children → where it differs from what its case expects.
import { difference, isRecord } from './matching.ts';

export interface Outcome {
  readonly phase: string;
  readonly reason?: string | undefined;
  readonly message?: string | undefined;
  readonly result?: unknown;
}

export interface Child extends Outcome {
  readonly task: string;
  readonly action: string;
}

export type Expected = Readonly<Record<string, unknown>>;

/** Parts of a result that are compared as they are. */
const EXACT = ['exit_code', 'return_code', 'succeeded', 'failed', 'stdout', 'stderr'] as const;
const PHASES: Readonly<Record<string, string>> = {
  succeeded: 'Succeeded',
  failed: 'Failed',
  timeout: 'TimedOut',
  canceled: 'Canceled',
};

/** Undefined when all is as expected. */
export function actionDiffers(expected: Expected, got: Outcome): string | undefined {
  if (expected['http_status'] === 400) return refusalDiffers(String(expected['error_contains']), got);
  const phase = phaseDiffers(expected, got);
  if (phase !== undefined) return phase;
  const result = isRecord(got.result) ? got.result : {};
  // A runner without a process has nothing around its result.
  const returned = 'exit_code' in expected ? result['result'] : got.result;
  if ('result' in expected) {
    const differs = difference(expected['result'], returned ?? null, false, 'result');
    if (differs !== undefined) return `${differs}${streams(result)}`;
  }
  for (const part of EXACT) {
    const differs = part in expected ? difference(expected[part], result[part], false, part) : undefined;
    if (differs !== undefined) return `${differs}${streams(result)}`;
  }
  if ('hosts' in expected) {
    // A remote action's result has nothing but its hosts.
    const differs = difference(expected['hosts'], got.result, false, 'hosts');
    if (differs !== undefined) return differs;
  }
  for (const stream of ['stdout', 'stderr'] as const)
    for (const wanted of (expected[`${stream}_contains`] ?? []) as string[])
      if (!String(result[stream]).includes(wanted))
        return `${stream} lacks ${JSON.stringify(wanted)}${streams(result)}`;
  return undefined;
}

export function workflowDiffers(expected: Expected, got: Outcome, children: readonly Child[]): string | undefined {
  const phase = phaseDiffers(expected, got);
  if (phase !== undefined) return `${phase}${tasks(children)}`;
  // Tasks that run at once have no order of their own.
  const key = (task: readonly unknown[]) => task.join(' ');
  const wanted = ((expected['tasks'] ?? []) as string[][]).map(key).sort();
  const ran = children.map(({ task, action, phase: ended }) => key([task, action, ended.toLowerCase()])).sort();
  const differs = difference(wanted, ran, false, 'tasks');
  if (differs !== undefined) return differs;
  const result = isRecord(got.result) ? got.result : {};
  for (const part of ['output', 'published'] as const) {
    if (!(part in expected)) continue;
    const found = difference(expected[part], result[part] ?? (part === 'published' ? {} : null), false, part);
    if (found !== undefined) return found;
  }
  // StackStorm keeps the errors of a workflow that went on after them in its own records, not in the result.
  const errors = expected['status'] === 'succeeded' ? undefined : expected['errors'];
  if (Array.isArray(errors)) return difference(errors, result['errors'], true, 'errors');
  const kinds = isRecord(errors) ? Object.entries(errors) : [];
  const all = JSON.stringify([got.message, got.result]);
  const missing = kinds
    .flatMap(([, found]) => found as { message: string }[])
    .find(({ message }) => !all.includes(JSON.stringify(message).slice(1, -1)));
  return missing === undefined ? undefined : `no error ${JSON.stringify(missing.message)} in ${all.slice(0, 600)}`;
}

/** StackStorm answers 400; here the Execution fails before anything runs, and says the same of the same names. */
function refusalDiffers(wanted: string, { phase, reason, message = '' }: Outcome): string | undefined {
  if (phase !== 'Failed' || reason !== 'ParametersInvalid')
    return `expected Failed ParametersInvalid, got ${phase} ${reason ?? ''} ${message}`;
  const names = [...wanted.matchAll(/'([^']+)'/g)].map(([, name = '']) => name);
  const lacking = names.find((name) => !message.includes(name));
  return lacking === undefined ? undefined : `the message does not name ${lacking}: ${message}`;
}

function phaseDiffers({ status }: Expected, { phase, reason, message, result }: Outcome): string | undefined {
  const wanted = PHASES[String(status)];
  if (wanted === phase) return undefined;
  const said = [reason, message].filter((part) => part !== undefined).join(': ');
  return `expected ${wanted}, got ${phase} (${said})${isRecord(result) ? streams(result) : ''}`;
}

const TAIL = 700;
const streams = (result: Readonly<Record<string, unknown>>): string =>
  ['stdout', 'stderr', 'errors', 'error']
    .filter((part) => result[part] !== undefined && result[part] !== '')
    .map((part) => `\n    ${part}: ${JSON.stringify(result[part]).slice(-TAIL)}`)
    .join('');

const tasks = (children: readonly Child[]): string =>
  children.map(({ task, action, phase, message }) => `\n    ${task} ${action} ${phase} ${message ?? ''}`).join('');
