// operator/domain/job/http-task.ts — parameters of an http-request action → the request of its task.
import type { Task } from '../../api/envelope.ts';
import type { Action } from '../../api/kinds.ts';
import { plainJson, finalJson } from '../action/plain-json.ts';
import type { Refusal, ResolvedParameters } from '../action/resolve.ts';
import { isRecord } from '../action/schema.ts';
import { evaluating } from '../expression/evaluation.ts';
import { literal } from '../expression/python/literal.ts';
import { pythonText } from '../expression/python/plain-text.ts';

type Http = NonNullable<Task['http']>;
type Pairs = Http['headers'];

/** StackStorm's, where the action says none, in seconds. */
const TIMEOUT_SECONDS = 60;
/** Longest one, as of other runners: a week. */
const TIMEOUT_MAX_SECONDS = 604_800;

/** What a task of this runner has more than others; nothing for the others. */
export function httpTask({ spec }: Action, resolved: ResolvedParameters): Pick<Task, 'http'> | Refusal {
  if (spec.runner !== 'http-request') return {};
  const { runnerParameters: runner, actionParameters: action } = resolved;
  const [blacklist, whitelist] = [textsOf(runner['url_hosts_blacklist']), textsOf(runner['url_hosts_whitelist'])];
  if (blacklist.length > 0 && whitelist.length > 0)
    return refusal('parameters: "url_hosts_blacklist" and "url_hosts_whitelist" are mutually exclusive; give one');
  const method = action['method'] ?? undefined;
  if (method !== undefined && typeof method !== 'string') return refusal('parameters.method: give a text, such as GET');
  const seconds = httpSeconds(spec, resolved);
  if (!(seconds > 0 && seconds <= TIMEOUT_MAX_SECONDS))
    return refusal(`parameters.timeout: give a number of seconds above 0, at most ${TIMEOUT_MAX_SECONDS}`);
  const headers = pairsOf(runner['headers']);
  const body = bodyOf(action['body'], headers);
  const file = fileOf(action);
  const auth = authOf(action['auth']);
  if (auth === false)
    return refusal('parameters.auth: give "user:password", or better username and password, which can be secrets');
  return {
    http: {
      url: typeof runner['url'] === 'string' ? runner['url'] : '',
      method: (method || (body !== undefined || file ? 'POST' : 'GET')).toUpperCase(),
      query: pairsOf(action['params']),
      headers,
      cookies: pairsOf(runner['cookies']),
      ...(body === undefined ? {} : { body }),
      ...(file ? { file } : {}),
      ...given('username', runner['username']),
      ...given('password', runner['password']),
      ...(auth === undefined ? {} : { auth }),
      proxies: { ...given('http', runner['http_proxy']), ...given('https', runner['https_proxy']) },
      allowRedirects: runner['allow_redirects'] === true,
      verifyCertificate: runner['verify_ssl_cert'] !== false,
      blacklist,
      whitelist,
    },
  };
}

/** Its limit is a parameter of the action, if it declares one. NaN for what is no number. */
export const httpSeconds = (
  { timeoutSeconds }: Pick<Action['spec'], 'timeoutSeconds'>,
  { actionParameters }: Pick<ResolvedParameters, 'actionParameters'>,
): number => Math.ceil(Number(actionParameters['timeout'] ?? timeoutSeconds ?? TIMEOUT_SECONDS));

const refusal = (message: string): Refusal => ({ ok: false, reason: 'ParametersInvalid', message });

const textsOf = (value: unknown): string[] => (Array.isArray(value) ? value.map((one) => pythonText(one)) : []);

function given<N extends string>(name: N, value: unknown): { readonly [K in N]?: string } {
  if (value === undefined || value === null || value === '') return {};
  return { [name]: pythonText(value) } as { readonly [K in N]: string };
}

/** Lists give a pair for each item; null gives none. Text is the mark of a secret that holds all of it. */
function pairsOf(value: unknown): Pairs {
  if (typeof value === 'string' && value !== '') return value;
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([name, item]) =>
    (Array.isArray(item) ? item : [item])
      .filter((one) => one !== null && one !== undefined)
      .map((one) => ({ name, value: pythonText(one) })),
  );
}

function fileOf({
  file_name: name,
  file_content: content,
  file_content_type: type,
}: Readonly<Record<string, unknown>>) {
  if (typeof name !== 'string' || typeof content !== 'string' || name === '' || content === '') return undefined;
  return { name, content, ...given('type', type) };
}

/** Undefined for none, false for what is not understood. */
function authOf(value: unknown): string | undefined | false {
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value === 'string') return value;
  const pair = isRecord(value) ? [value['username'], value['password']] : value;
  const [user, password, ...more] = Array.isArray(pair) ? (pair as unknown[]) : [];
  return typeof user === 'string' && typeof password === 'string' && more.length === 0 ? `${user}:${password}` : false;
}

/** Text that should be JSON may be Python, as in StackStorm; where a secret is part of it, only the pod can tell. */
function bodyOf(body: unknown, headers: Pairs): unknown {
  if (body === undefined || body === null || body === '') return undefined;
  if (typeof body !== 'string' || typeof headers === 'string') return body;
  const type = headers.find(({ name }) => name.toLowerCase() === 'content-type')?.value.trim() ?? '';
  if (!/^application\/([\w.-]+\+)?json\s*(;|$)/i.test(type)) return body;
  // U+0001 of a mark is no character of JSON as it is.
  const escaped = body.replaceAll('\u0001', '\\u0001');
  try {
    const value: unknown = JSON.parse(escaped);
    // As it was written: numbers keep all of their digits. A secret is put into a value, which escapes it.
    return escaped === body ? body : value;
  } catch {
    return fromPython(body) ?? body;
  }
}

function fromPython(text: string): unknown {
  try {
    const value = evaluating({ nowMs: 0, seed: 0 }, () => plainJson(literal(text)));
    return finalJson(value, (plain) => plain);
  } catch {
    return undefined;
  }
}
