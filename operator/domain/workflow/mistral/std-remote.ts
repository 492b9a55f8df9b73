// operator/domain/workflow/mistral/std-remote.ts — Mistral's std.http, std.email and std.ssh → actions of the pack core, and their results as Mistral tells them.
import { isList, isPlain, type Plain, truthy, type Value } from '../../expression/python/values.ts';
import { type Doing, given, type StdAction } from './doing.ts';
import { own } from './own.ts';

const asText = (value: Value): string => (typeof value === 'string' ? value : JSON.stringify(value));
const field = (body: Value, name: string): Value => (isPlain(body) ? (own(body, name) ?? null) : null);
const isGiven = (value: Value | undefined): value is NonNullable<Value> => value !== undefined && value !== null;

const REQUEST = {
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
};

export const HTTP: StdAction = { ...REQUEST, child: 'core.http' };

/** Mistral waits for somebody who calls its API with the result. */
const NO_CALLBACK =
  "it waits for a call of Mistral's API, which is not here; take std.http, or a task that asks until the work is done";

export const MISTRAL_HTTP: StdAction = { ...REQUEST, impossible: NO_CALLBACK };
export const ASYNC_NOOP: StdAction = {
  needed: [],
  optional: [],
  impossible: NO_CALLBACK,
  plan: () => ({ is: 'done', state: 'ERROR', output: NO_CALLBACK }),
};

export const EMAIL: StdAction = {
  needed: ['from_addr', 'to_addrs', 'smtp_server'],
  optional: ['reply_to', 'cc_addrs', 'bcc_addrs', 'smtp_password', 'subject', 'body', 'html_body'],
  child: 'core.sendmail',
  refused: {
    smtp_password:
      'a password would stand in the Execution; let a relay log in, or give SMTP_USERNAME and SMTP_PASSWORD in config.podEnvironment of the chart',
    bcc_addrs: 'core.sendmail shows whoever gets a mail; send another one',
    reply_to: 'core.sendmail has none; say it in the text',
  },
  plan: planEmail,
};

const SSH_SECRETS = ['password', 'private_key'];
const NO_FILE =
  'the pod has no such file; put the key into the Secret squall-ssh, or hand it on in private_key as a secret parameter of the workflow';

export const SSH: StdAction = {
  needed: ['cmd', 'host', 'username'],
  optional: ['password', 'private_key_filename', 'private_key', 'return_result_on_error'],
  child: 'core.remote',
  refused: { private_key_filename: NO_FILE },
  secret: SSH_SECRETS,
  plan: planSsh,
};

/** Over a gateway, with the same user and key. */
export const SSH_PROXIED: StdAction = {
  needed: ['cmd', 'host', 'username', 'gateway_host'],
  optional: [...SSH.optional, 'gateway_username', 'proxy_command'],
  child: 'core.remote',
  refused: {
    private_key_filename: NO_FILE,
    gateway_username: 'the gateway is asked for the same user as the host; leave it out',
    proxy_command: 'there is no such command in the pod; give gateway_host alone',
  },
  secret: SSH_SECRETS,
  plan: planSsh,
};

/** Whether one can log in. */
export const WAIT_SSH: StdAction = {
  needed: ['host', 'username'],
  optional: ['password'],
  child: 'core.remote',
  secret: ['password'],
  plan: (input) => planSsh({ ...input, cmd: 'ls -l' }),
};

function planHttp(input: Plain): Doing {
  const of = (key: string) => own(input, key);
  const [json, body, params] = [of('json'), of('body'), of('params')];
  if (truthy(body ?? null) && truthy(json ?? null)) {
    return { is: 'done', state: 'ERROR', output: "Only one of the parameters 'json' and 'body' can be passed" };
  }
  const sent = isGiven(body) ? body : json;
  const proxies = of('proxies') ?? null;
  const direct = ['cookies', 'auth', 'timeout', 'allow_redirects'].map((key) => [key, of(key)] as const);
  return {
    is: 'child',
    action: 'core.http',
    input: given({
      ...Object.fromEntries(direct),
      url: typeof params === 'string' ? withQuery(asText(of('url') ?? null), params) : of('url'),
      params: typeof params === 'string' ? undefined : params,
      method: of('method') ?? 'GET',
      body: isGiven(sent) && (sent !== body || typeof sent !== 'string') ? JSON.stringify(sent) : sent,
      headers: isGiven(json) ? withType(of('headers') ?? {}) : of('headers'),
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

const withQuery = (url: string, query: string): string =>
  query === '' ? url : `${url}${url.includes('?') ? '&' : '?'}${query}`;

const withType = (headers: Value): Value =>
  !isPlain(headers) || Object.keys(headers).some((name) => name.toLowerCase() === 'content-type')
    ? headers
    : { ...headers, 'Content-Type': 'application/json' };

function planEmail(input: Plain): Doing {
  const of = (key: string) => own(input, key);
  const html = of('html_body');
  const to = [of('to_addrs'), of('cc_addrs')].flatMap((some) => (isList(some ?? null) ? (some as Value[]) : [some]));
  const server = asText(of('smtp_server') ?? '');
  return {
    is: 'child',
    action: 'core.sendmail',
    input: given({
      from: of('from_addr'),
      to: to.filter(isGiven).map(asText).join(', '),
      subject: of('subject') ?? '<No subject>',
      body: html ?? of('body') ?? '<No body>',
      content_type: isGiven(html) ? 'text/html' : 'text/plain',
      env: { SMTP_URL: server.includes('://') ? server : `smtp://${server}` },
    }),
    convert: () => null,
  };
}

/** Of one host what it wrote; of more hosts a list of that. */
function planSsh(input: Plain): Doing {
  const of = (key: string) => own(input, key);
  const host = of('host') ?? null;
  const hosts = isList(host) ? host.map(asText) : [asText(host)];
  const tellsAll = truthy(of('return_result_on_error') ?? false);
  const told = (answer: Value): Value =>
    tellsAll
      ? { stdout: field(answer, 'stdout'), stderr: field(answer, 'stderr'), exit_code: field(answer, 'return_code') }
      : field(answer, 'stdout');
  return {
    is: 'child',
    action: 'core.remote',
    input: given({
      hosts: hosts.join(','),
      cmd: of('cmd'),
      username: of('username'),
      password: truthy(of('password') ?? null) ? of('password') : undefined,
      private_key: of('private_key'),
      bastion_host: of('gateway_host'),
    }),
    convert: (body) => {
      // The result has the host without its port.
      const keys = isPlain(body) ? Object.keys(body) : [];
      const [only = ''] = keys;
      const one = (name: string) => told(field(body, keys.includes(name) || keys.length > 1 ? name : only));
      const [first = ''] = hosts;
      return hosts.length > 1 ? hosts.map(one) : one(first);
    },
  };
}
