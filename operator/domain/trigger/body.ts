// operator/domain/trigger/body.ts — bytes of a request → its body, as StackStorm reads it: JSON or a form.
import { type Refusal, refuse } from './event.ts';

/** Deepest nesting of a JSON document. */
export const JSON_DEPTH_MAX = 200;

export type Body = Readonly<Record<string, unknown>> | readonly unknown[];

const FORM = 'application/x-www-form-urlencoded';

/** The body of a webhook call; an empty one is {}. A form's values are lists of strings. */
export function parseBody(contentType: string | undefined, bytes: Uint8Array): { readonly body: Body } | Refusal {
  const type = (contentType ?? 'application/json').split(';')[0]?.trim().toLowerCase() ?? '';
  if (bytes.byteLength === 0) return { body: {} };
  const text = decode(bytes);
  if (text === undefined) return refuse(400, 'Failed to parse request body: it is not UTF-8');
  if (type === FORM) return { body: parseForm(text) };
  if (type !== '' && type !== 'application/json' && type !== 'text/plain' && !type.endsWith('+json')) {
    return refuse(400, `Failed to parse request body: Unsupported Content-Type: "${type.slice(0, 100)}"`);
  }
  const parsed = parseJson(text);
  if ('refused' in parsed) return parsed;
  const value = parsed.value;
  if (typeof value !== 'object' || value === null) {
    return refuse(400, `Input body needs to be an object, got: ${jsonType(value)}`);
  }
  return { body: value as Body };
}

/** JSON text → value. Of a key that comes twice the last one counts, as in Python. */
export function parseJson(
  text: string,
  parse: (text: string) => unknown = JSON.parse,
): { readonly value: unknown } | Refusal {
  if (depthOf(text) > JSON_DEPTH_MAX) {
    return refuse(422, `Failed to parse request body: nested deeper than ${JSON_DEPTH_MAX} levels; send a flatter one`);
  }
  try {
    return { value: parse(text) };
  } catch (error) {
    return refuse(400, `Failed to parse request body: ${printable((error as Error).message)}`);
  }
}

/** Name of the JSON type of a value, as StackStorm's messages call it. */
export function jsonType(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function parseForm(text: string): Body {
  const lists = new Map<string, string[]>();
  for (const [key, value] of new URLSearchParams(text)) {
    const list = lists.get(key);
    if (list) list.push(value);
    else lists.set(key, [value]);
  }
  return Object.fromEntries(lists);
}

/** Deepest nesting of brackets outside of strings, found without recursion before anything is parsed. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (inString) {
      if (c === 0x5c) i++;
      else if (c === 0x22) inString = false;
    } else if (c === 0x22) inString = true;
    else if (c === 0x7b || c === 0x5b) deepest = Math.max(deepest, ++depth);
    else if (c === 0x7d || c === 0x5d) depth--;
  }
  return deepest;
}

/** V8 quotes the text in its message: keep it short and on one line. */
const printable = (message: string) => message.replaceAll(/[^\x20-\x7e]+/g, ' ').slice(0, 200);
