// operator/domain/action/requested-config.ts — the configuration of an action's pack, with stand-ins for what only the pod knows.
import { ExpressionFault } from '../expression/fault.ts';
import type { Datastore } from '../expression/functions/call.ts';
import { isPlain, type Plain, type Value } from '../expression/python/values.ts';
import { resolveConfig } from '../pack/config.ts';
import { Refused, type SecretKey } from './given-parameters.ts';

export interface RequestedConfig {
  readonly pack: string;
  /** Property schemas by key, as in config.schema.yaml. */
  readonly schema: Readonly<Record<string, unknown>>;
  /** May have templates that read the datastore. */
  readonly values: Readonly<Record<string, unknown>>;
  /** Values that are in Secrets: keys with dots between them, and where each one is. */
  readonly references: readonly { readonly path: string; readonly secret: SecretKey }[];
  /** Whether the runner gets all of it; templates may name it anyway. */
  readonly isHandedOn: boolean;
}

export interface ConfigRound {
  readonly user: string;
  readonly datastore: Datastore | undefined;
  /** What stands for a secret in this rendering. */
  readonly standIn: (secret: SecretKey) => Value;
}

/** @throws Refused when a value cannot be rendered */
export function configFor(
  { pack, schema, values, references }: RequestedConfig,
  { user, datastore, standIn }: ConfigRound,
): Plain {
  const whole = references.reduce<Plain>(
    (config, { path, secret }) => withValue(config, path.split('.'), standIn(secret)),
    values as Plain,
  );
  try {
    return resolveConfig({ pack, schema: schema as Plain, values: whole, user, datastore });
  } catch (cause) {
    if (!(cause instanceof ExpressionFault)) throw cause;
    const message = `the configuration of pack "${pack}" cannot be used: ${cause.message}; correct spec.config of the Pack, or the entry of the datastore that it names`;
    throw new Refused('RenderFailed', message, { cause });
  }
}

/** A copy with the value at its place; what is no object on the way becomes one. */
export function withValue(config: Plain, [key = '', ...rest]: readonly string[], value: Value): Plain {
  const inner = Object.hasOwn(config, key) ? (config[key] ?? null) : null;
  const next = rest.length === 0 ? value : withValue(isPlain(inner) ? inner : {}, rest, value);
  return { ...config, [key]: next };
}
