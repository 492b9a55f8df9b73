// runners/node/http/prepare.ts — the call that a task asks for → its first request: address, headers and bytes.
import { randomBytes } from 'node:crypto';
import { validateHeaderName, validateHeaderValue } from 'node:http';
import type { Task } from '../../../operator/api/envelope.ts';
import { TaskFailure } from '../failure.ts';

export type Call = NonNullable<Task['http']>;
type Pairs = readonly { readonly name: string; readonly value: string }[];

/** Headers in the order and letters in which they were given; names differ in more than their case. */
export type Headers = ReadonlyMap<string, readonly [name: string, value: string]>;

export interface Prepared {
  readonly url: URL;
  readonly method: string;
  readonly headers: Headers;
  readonly body: Buffer | undefined;
  readonly cookies: ReadonlyMap<string, string>;
}

/** Throws TaskFailure for what cannot be sent; it names the parameter, and no value of a header. */
export function prepare(call: Call, action: string): Prepared {
  const url = addressOf(call);
  const [body, type] = bodyOf(call);
  const authorization = authorizationOf(call, url);
  url.username = '';
  url.password = '';
  const given = pairsOf(call.headers, 'headers');
  const has = (name: string): boolean => given.some((one) => one.name.toLowerCase() === name);
  const headers = headersOf([
    ...(has('accept') ? [] : [{ name: 'Accept', value: '*/*' }]),
    ...(has('accept-encoding') ? [] : [{ name: 'Accept-Encoding', value: 'gzip, deflate' }]),
    ...(has('user-agent') ? [] : [{ name: 'User-Agent', value: 'squall' }]),
    ...(type === undefined || (has('content-type') && !call.file) ? [] : [{ name: 'Content-Type', value: type }]),
    ...(authorization === undefined ? [] : [{ name: 'Authorization', value: authorization }]),
    ...given.filter(({ name }) => !(call.file && name.toLowerCase() === 'content-type')),
    { name: 'X-Stanley-Action', value: action.slice(action.indexOf('.') + 1) },
  ]);
  const cookies = new Map(pairsOf(call.cookies, 'cookies').map(({ name, value }) => [name, value]));
  return { url, method: methodOf(call), headers, body, cookies };
}

function methodOf({ method }: Call): string {
  const name = method.toUpperCase();
  if (!/^[A-Z]+$/.test(name) || name === 'CONNECT')
    throw new TaskFailure(`method: ${JSON.stringify(method)} is no method of a request; give GET, POST, …`);
  return name;
}

function addressOf({ url: text, query }: Call): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol))
    throw new TaskFailure(`url: ${JSON.stringify(text)} is no address that begins with http:// or https://`);
  const more = formText(pairsOf(query, 'params'));
  if (more !== '') url.search = `${url.search === '' ? '?' : `${url.search}&`}${more}`;
  url.hash = '';
  return url;
}

/** Throws TaskFailure for a name or value that HTTP has no place for. */
export function headersOf(pairs: Pairs): Headers {
  for (const { name, value } of pairs) {
    try {
      validateHeaderName(name);
      validateHeaderValue(name, value);
    } catch (cause) {
      throw new TaskFailure(
        `headers: ${JSON.stringify(name)} or its value has characters that a header cannot have; encode them`,
        { cause },
      );
    }
  }
  return new Map(pairs.map(({ name, value }) => [name.toLowerCase(), [name, value]]));
}

/** All of it may be a secret: then it is the JSON text of an object. */
function pairsOf(given: Call['headers'], parameter: string): Pairs {
  if (typeof given !== 'string') return given;
  const value = parsed(given);
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new TaskFailure(`${parameter}: its Secret has to hold a JSON object`);
  return Object.entries(value).map(([name, item]) => ({
    name,
    value: typeof item === 'string' ? item : JSON.stringify(item),
  }));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function authorizationOf({ username, password, auth }: Call, url: URL): string | undefined {
  if (username !== undefined || password !== undefined) return basic(`${username ?? ''}:${password ?? ''}`);
  if (auth !== undefined) return basic(auth);
  if (url.username === '' && url.password === '') return undefined;
  try {
    return basic(`${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`);
  } catch (cause) {
    throw new TaskFailure('url: its user or password has a % that escapes nothing; write %25', { cause });
  }
}

const basic = (pair: string): string => `Basic ${Buffer.from(pair).toString('base64')}`;

/** The bytes, and the content type that they have unless another one is given. */
function bodyOf(call: Call): [Buffer | undefined, string | undefined] {
  const { body, file } = call;
  if (file) return multipart(file, body);
  if (body === undefined) return [undefined, undefined];
  const type = pairsOf(call.headers, 'headers').find(({ name }) => name.toLowerCase() === 'content-type')?.value;
  const isJson = /^application\/([\w.-]+\+)?json\s*(;|$)/i.test(type?.trim() ?? '');
  if (typeof body === 'string') {
    if (isJson && parsed(body) === undefined)
      throw new TaskFailure('body: the header content-type says application/json, and it is not JSON');
    return [Buffer.from(body), undefined];
  }
  if (isJson) return [Buffer.from(JSON.stringify(body)), undefined];
  return [Buffer.from(formText(fieldsOf(body))), 'application/x-www-form-urlencoded'];
}

/** A value for each item of a list; nothing for null. */
function fieldsOf(body: unknown): Pairs {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new TaskFailure('body: give an object, a text, or the header content-type: application/json');
  return Object.entries(body).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value])
      .filter((item) => item !== null)
      .map((item: unknown) => ({ name, value: typeof item === 'string' ? item : JSON.stringify(item) })),
  );
}

/** name=value&…, as forms have it; letters, digits and _.-~ are not escaped. */
const formText = (pairs: Pairs): string =>
  pairs.map(({ name, value }) => `${escaped(name)}=${escaped(value)}`).join('&');

const escaped = (text: string): string =>
  encodeURIComponent(text.toWellFormed())
    .replaceAll(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+');

function multipart({ name, content, type }: NonNullable<Call['file']>, body: unknown): [Buffer, string] {
  if (typeof body === 'string')
    throw new TaskFailure('body: with a file it has to be an object, whose members become fields of the form');
  const boundary = randomBytes(16).toString('hex');
  const quoted = (text: string): string => text.replaceAll('"', '%22').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
  const parts = [
    ...(body === undefined ? [] : fieldsOf(body)).map(
      (field) => `Content-Disposition: form-data; name="${quoted(field.name)}"\r\n\r\n${field.value}`,
    ),
    `Content-Disposition: form-data; name="${quoted(name)}"; filename="${quoted(name)}"\r\n${
      type === undefined ? '' : `Content-Type: ${type.replaceAll(/[\r\n]/g, ' ')}\r\n`
    }\r\n${content}`,
  ];
  const text = [...parts.map((part) => `--${boundary}\r\n${part}\r\n`), `--${boundary}--\r\n`].join('');
  return [Buffer.from(text), `multipart/form-data; boundary=${boundary}`];
}
