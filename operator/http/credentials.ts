// operator/http/credentials.ts — request → the one credential that counts; the first one present decides.

export type Credential =
  | { readonly kind: 'token'; readonly value: string }
  | { readonly kind: 'apiKey'; readonly value: string };

type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;
type Query = Readonly<Record<string, unknown>>;

/** In StackStorm's order; HTTP Basic is for proxies and does not count. */
export function credentialOf(headers: Headers, query: Query): Credential | undefined {
  const token = one(headers['x-auth-token']);
  if (token !== undefined) return { kind: 'token', value: token };
  const key = one(headers['st2-api-key']);
  if (key !== undefined) return { kind: 'apiKey', value: key };
  const bearer = /^Bearer +(\S+)$/i.exec(one(headers['authorization']) ?? '')?.[1];
  if (bearer !== undefined) return { kind: 'token', value: bearer };
  const queryToken = one(query['x-auth-token']);
  if (queryToken !== undefined) return { kind: 'token', value: queryToken };
  const queryKey = one(query['st2-api-key']);
  return queryKey === undefined ? undefined : { kind: 'apiKey', value: queryKey };
}

function one(value: unknown): string | undefined {
  const first: unknown = Array.isArray(value) ? value[0] : value;
  return typeof first === 'string' && first !== '' ? first : undefined;
}
