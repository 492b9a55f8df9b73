// operator/domain/workflow/mistral/std-actions.ts — Mistral's own actions: what the engine answers itself, and what actions of packs do.
import { asNumber, isNumeric } from '../../expression/python/numbers.ts';
import { isList, isPlain, type Plain, truthy, type Value } from '../../expression/python/values.ts';
import { own } from './own.ts';

/** How an action is done. */
export type Doing =
  /** At once. */
  | { readonly is: 'done'; readonly state: 'SUCCESS' | 'ERROR'; readonly output: Value }
  /** After some seconds. */
  | { readonly is: 'wait'; readonly seconds: number; readonly output: Value }
  /** By an action of a pack; `convert` makes Mistral's result of what it gives. */
  | { readonly is: 'child'; readonly action: string; readonly input: Plain; readonly convert: (body: Value) => Value };

interface StdAction {
  readonly needed: readonly string[];
  readonly optional: readonly string[];
  readonly plan: (input: Plain) => Doing;
}

/** Does nothing, for as long as its child is put off: an action of the pack core. */
export const TIMER_ACTION = 'core.noop';

const done = (output: Value): Doing => ({ is: 'done', state: 'SUCCESS', output });

const wait = (written: Value | undefined, output: Value): Doing => {
  const seconds = isNumeric(written ?? null) ? asNumber(written as number) : Number(written ?? 0);
  return seconds > 0 ? { is: 'wait', seconds, output } : done(output);
};

/** The entries that have a value. */
const given = (entries: Readonly<Record<string, Value | undefined>>): Plain =>
  Object.fromEntries(
    Object.entries(entries).flatMap(([key, value]) => (value === undefined || value === null ? [] : [[key, value]])),
  );

const asText = (value: Value): string => (typeof value === 'string' ? value : JSON.stringify(value));
const field = (body: Value, name: string): Value => (isPlain(body) ? (own(body, name) ?? null) : null);
const joinedList = (value: Value | undefined): Value | undefined =>
  value !== undefined && isList(value) ? value.map(asText).join(', ') : value;

const SCRIPT: StdAction = {
  needed: ['script'],
  optional: ['context'],
  plan: (input) => ({
    is: 'child',
    action: 'core.javascript',
    input: given({ script: own(input, 'script'), context: own(input, 'context') }),
    convert: (body) => (isPlain(body) && Object.hasOwn(body, 'result') ? field(body, 'result') : body),
  }),
};

export const STD_ACTIONS: ReadonlyMap<string, StdAction> = new Map<string, StdAction>([
  ['std.noop', { needed: [], optional: [], plan: () => done(null) }],
  [
    'std.fail',
    {
      needed: [],
      optional: ['error_data'],
      plan: (input) => {
        const told = own(input, 'error_data') ?? null;
        return { is: 'done', state: 'ERROR', output: truthy(told) ? told : 'Fail action expected exception.' };
      },
    },
  ],
  ['std.succeed', { needed: [], optional: [], plan: () => done(null) }],
  [
    'std.echo',
    {
      needed: ['output'],
      optional: ['delay'],
      plan: (input) => wait(own(input, 'delay'), own(input, 'output') ?? null),
    },
  ],
  ['std.sleep', { needed: [], optional: ['seconds'], plan: (input) => wait(own(input, 'seconds') ?? 1, null) }],
  [
    'std.http',
    {
      needed: ['url'],
      optional: [
        'method',
        'params',
        'body',
        'json',
        'headers',
        'cookies',
        'auth',
        'timeout',
        'allow_redirects',
        'proxies',
        'verify',
      ],
      plan: planHttp,
    },
  ],
  [
    'std.email',
    {
      needed: ['from_addr', 'to_addrs', 'smtp_server'],
      optional: ['reply_to', 'cc_addrs', 'bcc_addrs', 'smtp_password', 'subject', 'body', 'html_body'],
      plan: planEmail,
    },
  ],
  [
    'std.ssh',
    {
      needed: ['cmd', 'host', 'username'],
      optional: ['password', 'private_key_filename', 'private_key', 'return_result_on_error'],
      plan: planSsh,
    },
  ],
  ['std.javascript', SCRIPT],
  ['std.js', SCRIPT],
]);

function planHttp(input: Plain): Doing {
  const of = (key: string) => own(input, key);
  const auth = of('auth');
  const [username, password] = typeof auth === 'string' && auth.split(':').length === 2 ? auth.split(':') : [];
  const json = of('json');
  const body = of('body') ?? json;
  const proxies = of('proxies') ?? null;
  const headers =
    of('headers') ?? (json === undefined || json === null ? undefined : { 'Content-Type': 'application/json' });
  const direct = ['url', 'params', 'cookies', 'timeout', 'allow_redirects'].map((key) => [key, of(key)] as const);
  return {
    is: 'child',
    action: 'core.http',
    input: given({
      ...Object.fromEntries(direct),
      method: of('method') ?? 'GET',
      body: body === undefined || body === null || typeof body === 'string' ? body : JSON.stringify(body),
      headers,
      username,
      password,
      verify_ssl_cert: typeof of('verify') === 'boolean' ? of('verify') : undefined,
      http_proxy: field(proxies, 'http'),
      https_proxy: field(proxies, 'https'),
    }),
    convert: (answer) =>
      isPlain(answer) && Object.hasOwn(answer, 'status_code')
        ? {
            content: field(answer, 'body'),
            status: field(answer, 'status_code'),
            headers: field(answer, 'headers'),
            url: of('url') ?? null,
          }
        : answer,
  };
}

function planEmail(input: Plain): Doing {
  const of = (key: string) => own(input, key);
  const html = of('html_body');
  return {
    is: 'child',
    action: 'core.sendmail',
    input: given({
      from: of('from_addr'),
      to: joinedList(of('to_addrs')),
      subject: of('subject') ?? '<No subject>',
      body: html ?? of('body') ?? '<No body>',
      content_type: html === undefined || html === null ? 'text/plain' : 'text/html',
    }),
    convert: () => null,
  };
}

/** Of one host what it wrote; of a list of hosts a list of that. */
function planSsh(input: Plain): Doing {
  const of = (key: string) => own(input, key);
  const host = of('host') ?? null;
  const tellsAll = truthy(of('return_result_on_error') ?? false);
  const told = (answer: Value): Value =>
    tellsAll
      ? { stdout: field(answer, 'stdout'), stderr: field(answer, 'stderr'), exit_code: field(answer, 'return_code') }
      : field(answer, 'stdout');
  return {
    is: 'child',
    action: 'core.remote',
    input: given({
      hosts: isList(host) ? host.map(asText).join(',') : host,
      cmd: of('cmd'),
      username: of('username'),
      password: truthy(of('password') ?? null) ? of('password') : undefined,
      private_key: of('private_key') ?? of('private_key_filename'),
    }),
    convert: (body) => {
      const one = (name: Value) => told(field(body, asText(name)));
      return isList(host) ? host.map(one) : one(host);
    },
  };
}
