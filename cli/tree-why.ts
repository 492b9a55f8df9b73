// cli/tree-why.ts — an Execution → why it failed or what it waits for, in one line.
import type { Execution } from '../operator/api/kinds.ts';
import { clean } from './print.ts';
import { isFinal, phaseOf } from './result.ts';

/** Characters of a message. */
const MESSAGE_MAX = 200;

/** Empty for what runs or went well. */
export function whyOf(execution: Execution): string {
  const { status } = execution;
  const phase = phaseOf(execution);
  if (phase === 'Delayed' && status?.notBefore) return `not before ${status.notBefore}`;
  if (phase === 'Succeeded' || phase === 'Running') return '';
  const message = isFinal(execution) ? (errorOf(status?.result) ?? status?.message) : status?.message;
  return oneLine([status?.reason, message].filter(Boolean).join(': '));
}

/** What a result itself says: a workflow's first error, an engine's sentence, the last line of a program. */
function errorOf(result: unknown): string | undefined {
  const { errors, error, extra, stderr } = fieldsOf(result);
  const [first, ...more] = Array.isArray(errors) ? errors.map(errorText).filter((text) => text !== '') : [];
  if (first !== undefined) return `${first}${more.length > 0 ? ` (and ${more.length} more)` : ''}`;
  return textIn(error) ?? textIn(fieldsOf(extra)['state_info']) ?? textIn(stderr)?.split('\n').at(-1);
}

function errorText(one: unknown): string {
  const { message, task_id: task } = fieldsOf(one);
  const text = textIn(message) ?? '';
  return typeof task === 'string' && text !== '' ? `${task}: ${text}` : text;
}

const fieldsOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};

const textIn = (value: unknown): string | undefined =>
  typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;

function oneLine(text: string): string {
  const signs = Array.from(clean(text).replaceAll(/\s+/g, ' ').trim());
  return signs.length > MESSAGE_MAX ? `${signs.slice(0, MESSAGE_MAX - 1).join('')}…` : signs.join('');
}
