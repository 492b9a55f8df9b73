// operator/domain/workflow/mistral/std-actions.ts — Mistral's own actions: what the engine answers itself, and what actions of packs do.
import { asNumber, isNumeric } from '../../expression/python/numbers.ts';
import { isPlain, truthy, type Value } from '../../expression/python/values.ts';
import { type Doing, given, type StdAction } from './doing.ts';
import { own } from './own.ts';
import { ASYNC_NOOP, EMAIL, HTTP, MISTRAL_HTTP, SSH, SSH_PROXIED, WAIT_SSH } from './std-remote.ts';

/** Does nothing, for as long as its child is put off: an action of the pack core. */
export const TIMER_ACTION = 'core.noop';

const done = (output: Value): Doing => ({ is: 'done', state: 'SUCCESS', output });

const wait = (written: Value | undefined, output: Value): Doing => {
  const seconds = isNumeric(written ?? null) ? asNumber(written as number) : Number(written ?? 0);
  return seconds > 0 ? { is: 'wait', seconds, output } : done(output);
};

const nothing: StdAction = { needed: [], optional: [], plan: () => done(null) };

const SCRIPT: StdAction = {
  needed: ['script'],
  optional: ['context'],
  child: 'core.javascript',
  plan: (input) => ({
    is: 'child',
    action: 'core.javascript',
    input: given({ script: own(input, 'script'), context: own(input, 'context') }),
    convert: (body) => (isPlain(body) && Object.hasOwn(body, 'result') ? (own(body, 'result') ?? null) : body),
  }),
};

const FAIL: StdAction = {
  needed: [],
  optional: ['error_data'],
  plan: (input) => {
    const told = own(input, 'error_data') ?? null;
    return { is: 'done', state: 'ERROR', output: truthy(told) ? told : 'Fail action expected exception.' };
  },
};

const ECHO: StdAction = {
  needed: ['output'],
  optional: ['delay'],
  plan: (input) => wait(own(input, 'delay'), own(input, 'output') ?? null),
};

const SLEEP: StdAction = {
  needed: [],
  optional: ['seconds'],
  plan: (input) => wait(own(input, 'seconds') ?? 1, null),
};

export const STD_ACTIONS: ReadonlyMap<string, StdAction> = new Map<string, StdAction>([
  ['std.noop', nothing],
  ['std.async_noop', ASYNC_NOOP],
  ['std.fail', FAIL],
  ['std.succeed', nothing],
  ['std.echo', ECHO],
  ['std.sleep', SLEEP],
  ['std.http', HTTP],
  ['std.mistral_http', MISTRAL_HTTP],
  ['std.email', EMAIL],
  ['std.ssh', SSH],
  ['std.ssh_proxied', SSH_PROXIED],
  ['std.wait_ssh', WAIT_SSH],
  ['std.javascript', SCRIPT],
  ['std.js', SCRIPT],
]);
