// operator/http/reflect.ts — the few metadata functions that @peculiar/x509's dependency injection asks of Reflect.

type Reflection = Record<string, unknown>;
const metadata = new WeakMap<object, Map<unknown, unknown>>();

const get = (key: unknown, target: object): unknown => metadata.get(target)?.get(key);
const define = (key: unknown, value: unknown, target: object): void => {
  const entries = metadata.get(target) ?? new Map<unknown, unknown>();
  metadata.set(target, entries.set(key, value));
};

/** To be imported before @peculiar/x509: without these it does not load. */
const reflect = Reflect as unknown as Reflection;
reflect['getMetadata'] ??= get;
reflect['getOwnMetadata'] ??= get;
reflect['defineMetadata'] ??= define;
reflect['hasOwnMetadata'] ??= (key: unknown, target: object) => metadata.get(target)?.has(key) ?? false;
