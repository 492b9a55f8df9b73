// operator/domain/notify/settings.ts — notify of an Action, a request or a task → what is told of an end, and where.
import type { ExecutionRequest, Phase } from '../../api/execution.ts';
import type { Action } from '../../api/kinds.ts';
import { type NotifySection, NotifySettings } from '../../api/notify.ts';
import { isRecord, own } from '../action/schema.ts';

/** StackStorm's names of the parts, and with which words each ends its message where it has none of its own. */
const SECTIONS = { 'on-complete': 'completed', 'on-success': 'succeeded', 'on-failure': 'failed' } as const;
type SectionName = keyof typeof SECTIONS;

/** A part that applies to an end. */
export interface Notice {
  readonly section: SectionName;
  /** What is said where it has no message. */
  readonly verb: string;
  readonly message: string | undefined;
  readonly data: Readonly<Record<string, unknown>>;
  /** Each once. */
  readonly routes: readonly string[];
}

const APPLIES: Readonly<Record<SectionName, (phase: Phase) => boolean>> = {
  'on-complete': () => true,
  'on-success': (phase) => phase === 'Succeeded',
  'on-failure': (phase) => phase === 'Failed' || phase === 'TimedOut' || phase === 'Abandoned',
};

/** What is told of this end: both the part for any end and that for its own, where they have routes. */
export function noticesOf(notify: NotifySettings | undefined, phase: Phase): readonly Notice[] {
  return Object.entries(SECTIONS).flatMap(([name, verb]) => {
    const section = name as SectionName;
    const said = notify?.[section];
    const routes = said ? routesOf(said) : [];
    if (!said || routes.length === 0 || !APPLIES[section](phase)) return [];
    return [{ section, verb, message: said.message || undefined, data: said.data ?? {}, routes }];
  });
}

function routesOf({ routes = [], channels = [] }: NotifySection): readonly string[] {
  return [...new Set(routes.length > 0 ? routes : channels)];
}

/** Whose settings count: what is run has the last word, unless it says nothing. What fits no schema says nothing. */
export const effectiveNotify = (
  action: { readonly spec: Pick<Action['spec'], 'notify'> } | undefined,
  request: Pick<ExecutionRequest, 'notify'> | undefined,
): NotifySettings | undefined => sayingOf(action?.spec.notify) ?? sayingOf(request?.notify);

function sayingOf(notify: unknown): NotifySettings | undefined {
  if (notify === undefined) return undefined;
  const { data } = NotifySettings.safeParse(notify);
  return Object.values(data ?? {}).some((section) => section !== undefined) ? data : undefined;
}

export type ParsedNotify = { readonly notify: NotifySettings | undefined } | { readonly fault: string };

/** What a file or a task's definition says, in which null stands for nothing. Never throws. */
export function parseNotify(value: unknown): ParsedNotify {
  if (value === null || value === undefined) return { notify: undefined };
  const odd = oddIn(value);
  if (odd !== undefined) return { fault: odd };
  const given = isRecord(value) ? value : {};
  const sections = Object.keys(SECTIONS).flatMap((name) => {
    const section = own(given, name);
    return isRecord(section) ? [[name, withoutNulls(section)] as const] : [];
  });
  const parsed = NotifySettings.safeParse(Object.fromEntries(sections));
  if (parsed.success) return { notify: sections.length === 0 ? undefined : parsed.data };
  const issue = parsed.error.issues[0];
  return {
    fault: `${['notify', ...(issue?.path ?? [])].join('.')}: ${issue?.message ?? 'it does not fit the schema'}`,
  };
}

const FIELDS: readonly string[] = ['message', 'data', 'routes', 'channels'];

/** What has no place in it. */
function oddIn(value: unknown): string | undefined {
  if (!isRecord(value)) return 'notify: it must be a mapping with on-complete, on-success, on-failure';
  for (const [name, section] of Object.entries(value)) {
    if (!Object.hasOwn(SECTIONS, name)) return `notify.${name}: there is only on-complete, on-success, on-failure`;
    if (section === null) continue;
    if (!isRecord(section)) return `notify.${name}: it must be a mapping with ${FIELDS.join(', ')}`;
    const odd = Object.keys(section).find((field) => !FIELDS.includes(field));
    if (odd !== undefined) return `notify.${name}.${odd}: there is only ${FIELDS.join(', ')}`;
  }
  return undefined;
}

const withoutNulls = (section: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(Object.entries(section).filter(([, value]) => value !== null));
