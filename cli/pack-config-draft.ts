// cli/pack-config-draft.ts — what is to be in a configuration: values, and secrets that are kept apart from them.
import { Failure } from './failure.ts';
import { type ConfigSchemas, isTemplate, type Path, schemaAt } from './pack-config-schema.ts';
import { exactJson } from './pack-config-yaml.ts';

export type Values = Readonly<Record<string, unknown>>;
export interface SecretRef {
  readonly name: string;
  readonly key: string;
}

/** A configuration as it shall be; paths are keys with dots between them. */
export interface Draft {
  readonly values: Values;
  /** New secrets in clear text, by path: they go to a Secret. */
  readonly secrets: ReadonlyMap<string, string>;
  /** Values that are in Secrets, by path. */
  readonly references: ReadonlyMap<string, SecretRef>;
}

const MASK = '********';

/** A draft with a value at a path; what the schema says is secret goes to a Secret, unless it is a template. */
export function withValue(draft: Draft, path: Path, value: unknown, schemas: ConfigSchemas): Draft {
  const clean = without(draft, path);
  const { rest, secrets } = apart(path, value, schemas);
  return {
    ...clean,
    values: rest === undefined ? clean.values : setAt(clean.values, path, rest),
    secrets: new Map([...clean.secrets, ...secrets]),
  };
}

export function withReference(draft: Draft, path: Path, reference: SecretRef): Draft {
  const clean = without(draft, path);
  return { ...clean, references: new Map([...clean.references, [path.join('.'), reference]]) };
}

/** A draft without what stands at a path and below it. */
export function without(draft: Draft, path: Path): Draft {
  const key = path.join('.');
  const isBelow = (other: string) => other === key || other.startsWith(`${key}.`);
  const kept = <T>(map: ReadonlyMap<string, T>) => new Map([...map].filter(([other]) => !isBelow(other)));
  return { values: unsetAt(draft.values, path), secrets: kept(draft.secrets), references: kept(draft.references) };
}

/** Takes the secrets out of a value. @throws Failure for one in a list: lists cannot be put together from Secrets */
function apart(path: Path, value: unknown, schemas: ConfigSchemas): { rest: unknown; secrets: Map<string, string> } {
  const secrets = new Map<string, string>();
  const visit = (at: Path, one: unknown): unknown => {
    if (schemaAt(schemas, at).secret && !(typeof one === 'string' && isTemplate(one)) && one !== null) {
      if (at.some((step) => /^\d+$/.test(step)))
        throw new Failure(
          `${at.join('.')}: a secret in a list cannot be referred to; write "{{ st2kv.system.NAME }}" and store it with squall key set --secret NAME`,
        );
      secrets.set(at.join('.'), typeof one === 'string' ? one : JSON.stringify(exactJson(one)));
      return undefined;
    }
    if (Array.isArray(one)) return one.map((item, i) => visit([...at, String(i)], item));
    if (typeof one !== 'object' || one === null) return one;
    const entries = Object.entries(one).map(([key, item]) => [key, visit([...at, key], item)] as const);
    return Object.fromEntries(entries.filter(([, item]) => item !== undefined));
  };
  return { rest: visit(path, value), secrets };
}

const setAt = (values: Values, [key = '', ...rest]: Path, value: unknown): Values => {
  const before = Object.hasOwn(values, key) ? values[key] : undefined;
  return { ...values, [key]: rest.length === 0 ? value : setAt(mappingOf(before), rest, value) };
};

function unsetAt(values: Values, [key = '', ...rest]: Path): Values {
  if (!Object.hasOwn(values, key)) return values;
  if (rest.length > 0) return { ...values, [key]: unsetAt(mappingOf(values[key]), rest) };
  return Object.fromEntries(Object.entries(values).filter(([other]) => other !== key));
}

const mappingOf = (value: unknown): Values =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Values) : {};

/** What stands at a path; undefined when nothing does. */
export const valueAt = (values: Values, path: Path): unknown =>
  path.reduce<unknown>((inner, key) => {
    if (Array.isArray(inner)) return (inner as unknown[])[Number(key)];
    const mapping = mappingOf(inner);
    return Object.hasOwn(mapping, key) ? mapping[key] : undefined;
  }, values);

/** The values as they may be shown: secrets as stars, those of Secrets by their name. */
export function shownValues({ values, secrets, references }: Draft, schemas: ConfigSchemas): Values {
  let shown = masked(values, [], schemas) as Values;
  for (const path of secrets.keys()) shown = setAt(shown, path.split('.'), MASK);
  for (const [path, { name, key }] of references) shown = setAt(shown, path.split('.'), `@secret:${name}/${key}`);
  return shown;
}

function masked(value: unknown, path: Path, schemas: ConfigSchemas): unknown {
  const isShown = typeof value === 'string' && isTemplate(value);
  if (path.length > 0 && schemaAt(schemas, path).secret && !isShown && value !== null) return MASK;
  if (Array.isArray(value)) return value.map((item, i) => masked(item, [...path, String(i)], schemas));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, masked(item, [...path, key], schemas)]));
}
