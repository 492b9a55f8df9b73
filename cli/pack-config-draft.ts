// cli/pack-config-draft.ts — what is to be in a configuration: values, and secrets that are kept apart from them.
import { withValue as placed } from '../operator/domain/action/requested-config.ts';
import type { Plain, Value } from '../operator/domain/expression/python/values.ts';
import { Failure } from './failure.ts';
import { type ConfigSchemas, isTemplate, MASK, masked, type Path, schemaAt } from './pack-config-schema.ts';
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

/** A draft with a value at a path; what the schema says is secret goes to a Secret, unless it is a template. */
export function withValue(draft: Draft, path: Path, value: unknown, schemas: ConfigSchemas): Draft {
  const clean = ready(draft, path);
  const { rest, secrets } = apart(path, value, schemas);
  return {
    ...clean,
    values: rest === undefined ? clean.values : setAt(clean.values, path, rest),
    secrets: new Map([...clean.secrets, ...secrets]),
  };
}

export function withReference(draft: Draft, path: Path, reference: SecretRef): Draft {
  const clean = ready(draft, path);
  return { ...clean, references: new Map([...clean.references, [path.join('.'), reference]]) };
}

/** A draft in which something else can be put at a path. @throws Failure where nothing can */
function ready(draft: Draft, path: Path): Draft {
  refuseInside(draft.values, path);
  return without(draft, path);
}

/** A draft without what stands at a path and below it. @throws Failure for an item of a list */
export function without(draft: Draft, path: Path): Draft {
  const isThere = valueAt(draft.values, path) !== undefined;
  if (isThere) refuseInside(draft.values, path);
  const key = path.join('.');
  const isBelow = (other: string) => other === key || other.startsWith(`${key}.`);
  const kept = <T>(map: ReadonlyMap<string, T>) => new Map([...map].filter(([other]) => !isBelow(other)));
  const values = isThere ? unsetAt(draft.values, path) : draft.values;
  return { values, secrets: kept(draft.secrets), references: kept(draft.references) };
}

/** Paths of the secrets in a value that belongs at a path. @throws Failure for one in a list */
export const secretsIn = (path: Path, value: unknown, schemas: ConfigSchemas): readonly string[] => [
  ...apart(path, value, schemas).secrets.keys(),
];

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

const setAt = (values: Values, path: Path, value: unknown): Values => placed(values as Plain, path, value as Value);

function unsetAt(values: Values, [key = '', ...rest]: Path): Values {
  if (!Object.hasOwn(values, key)) return values;
  if (rest.length > 0) return { ...values, [key]: unsetAt(mappingOf(values[key]), rest) };
  return Object.fromEntries(Object.entries(values).filter(([other]) => other !== key));
}

/** @throws Failure where something on the way to a path has no keys */
function refuseInside(values: Values, path: Path): void {
  for (const depth of path.keys()) {
    const above = path.slice(0, depth);
    const value = valueAt(values, above) ?? {};
    if (isMapping(value)) continue;
    const [name, whole] = [path.join('.'), above.join('.')];
    throw new Failure(
      Array.isArray(value)
        ? `${name}: ${whole} is a list, of which no single item can be set or unset; set the whole list, ${whole}=[...]`
        : `${name}: ${whole} is a single value, which has no keys; set the whole, ${whole}={...}, or unset it first`,
      { exitCode: 2 },
    );
  }
}

const isMapping = (value: unknown): value is Values =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const mappingOf = (value: unknown): Values => (isMapping(value) ? value : {});

/** What stands at a path; undefined when nothing does. */
export const valueAt = (values: Values, path: Path): unknown =>
  path.reduce<unknown>((inner, key) => {
    if (Array.isArray(inner)) return (inner as unknown[])[Number(key)];
    const mapping = mappingOf(inner);
    return Object.hasOwn(mapping, key) ? mapping[key] : undefined;
  }, values);

/** The values as they may be shown: secrets as stars, those of Secrets by their name, where the operator puts them. */
export function shownValues({ values, secrets, references }: Draft, schemas: ConfigSchemas): Values {
  let shown = masked(values, { properties: schemas }) as Values;
  for (const path of secrets.keys()) shown = setAt(shown, path.split('.'), MASK);
  for (const [path, { name, key }] of references) shown = setAt(shown, path.split('.'), `@secret:${name}/${key}`);
  return shown;
}
