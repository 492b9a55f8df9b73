// operator/domain/notify/payload.ts — an Execution that has ended → payloads of its events, with StackStorm's names and words.
import type { Phase } from '../../api/execution.ts';
import { actionContext } from '../action/action-context.ts';
import { effectiveSchemas } from '../action/runner-parameters.ts';
import type { Entries } from '../datastore/entry.ts';
import { datastoreOf, refuseSecrets } from '../datastore/view.ts';
import { evaluating } from '../expression/evaluation.ts';
import type { Scope } from '../expression/functions/call.ts';
import { kvScopes } from '../expression/functions/kv.ts';
import { renderValues } from '../expression/jinja/render-values.ts';
import type { Plain } from '../expression/python/values.ts';
import { EVENT_USER } from '../rule/draft.ts';
import { computable, rounded } from '../result/exact-json.ts';
import { jsonOf } from '../workflow/json.ts';
import type { Ending } from './ending.ts';
import { maskedParameters } from './masked.ts';
import type { Notice } from './settings.ts';

const STATUSES: Readonly<Partial<Record<Phase, string>>> = {
  Succeeded: 'succeeded',
  Failed: 'failed',
  TimedOut: 'timeout',
  Abandoned: 'abandoned',
  Canceled: 'canceled',
};

/** What both kinds of event say of an end. */
const common = ({ uid, ref, phase, runner }: Ending) => ({
  execution_id: uid,
  status: STATUSES[phase] ?? '',
  action_ref: ref,
  runner_ref: runner,
});

/** The payload of core.st2.generic.actiontrigger. */
export const actionPayload = (ending: Ending) => ({
  ...common(ending),
  start_timestamp: pythonTime(ending.startedAt),
  action_name: ending.ref.slice(ending.ref.indexOf('.') + 1),
  parameters: parametersOf(ending),
  result: rounded(ending.result),
});

/** The payloads of core.st2.generic.notifytrigger for one part of notify, by route. */
export function notifyPayloads(ending: Ending, notice: Notice, entries: Entries) {
  const scope = scopeOf(ending, entries);
  const message = notice.message ?? `Action ${ending.ref} ${notice.verb}.`;
  const said = rendered({ message }, scope, ending);
  const data = rendered(notice.data, scope, ending);
  return notice.routes.map((route) => ({
    route,
    payload: {
      ...common(ending),
      start_timestamp: isoTime(ending.startedAt),
      end_timestamp: isoTime(ending.endedAt),
      message: said['message'],
      data: { ...data, result: JSON.stringify(ending.result) },
      route,
      channel: route,
    },
  }));
}

const parametersOf = ({ parameters, action }: Ending) =>
  maskedParameters(parameters, action && effectiveSchemas(action.spec));

function scopeOf(ending: Ending, entries: Entries): Scope {
  const { action, context, annotations, result } = ending;
  const datastore = datastoreOf(entries, EVENT_USER, refuseSecrets('notifications'));
  const { system } = kvScopes(datastore);
  const told = {
    action_parameters: parametersOf(ending),
    action_context: action ? actionContext({ context, annotations }, action) : {},
    action_results: computable(result),
  };
  // The rest came as JSON.
  return { context: { ...(told as Plain), st2kv: { system: system ?? null } }, datastore };
}

/** What cannot be rendered goes as it was written: a message with a fault is better than none. */
function rendered(mapping: Readonly<Record<string, unknown>>, scope: Scope, { endedAt }: Ending) {
  const nowMs = endedAt.getTime();
  try {
    return jsonOf(evaluating({ nowMs, seed: nowMs }, () => renderValues(mapping as Plain, scope)) as Plain);
  } catch {
    return mapping;
  }
}

/** As Python's str() writes a time: microseconds only where there are any. */
function pythonTime(at: Date): string {
  const [date = '', time = ''] = at.toISOString().replace('Z', '').split('T');
  return `${date} ${time.endsWith('.000') ? time.slice(0, -4) : `${time}000`}+00:00`;
}

/** As StackStorm's API writes a time. */
const isoTime = (at: Date): string => at.toISOString().replace('Z', '000Z');
