// operator/domain/install/task.ts — a Pack and what is known beside it → what its install Job is to do.
import type { InstallTask, KnownEnvironment } from '../../api/install.ts';
import type { Pack } from '../../api/kinds.ts';
import { wantedRef } from '../pack/wanted-ref.ts';
import { isSameSource } from './key.ts';
import { INSTALL_LIMITS } from './limits.ts';

export interface TaskInput {
  readonly pack: Pack;
  /** Of all namespaces. */
  readonly packs: Iterable<Pack>;
  /** The operator's own namespace. */
  readonly systemNamespace: string;
  /** Addresses of index files; the leftmost wins. */
  readonly indexes: readonly string[];
  /** Index files of the cluster, the most important first. */
  readonly indexTexts: InstallTask['indexTexts'];
  /** PEM text of authorities that are trusted beside the usual ones. */
  readonly authorities: string | undefined;
}

/** Undefined for a Pack that is not being installed. */
export function installTask(input: TaskInput): InstallTask | undefined {
  const { pack, indexes, indexTexts, authorities } = input;
  const { metadata, spec, status } = pack;
  if (!status?.install) return undefined;
  return {
    version: 1,
    pack: { namespace: metadata.namespace ?? '', name: metadata.name },
    key: status.install.key,
    ...(spec.from === undefined ? {} : { from: spec.from }),
    ...(spec.source ? { source: spec.source } : {}),
    ...commitOf(pack),
    ref: wantedRef(pack),
    force: spec.force,
    ...(spec.reinstall === undefined ? {} : { reinstall: spec.reinstall }),
    indexes: [...indexes],
    indexTexts,
    environments: knownEnvironments(input),
    limits: INSTALL_LIMITS,
    ...(authorities === undefined ? {} : { authorities }),
  };
}

/** The source is asked for anew only by the Pack itself: another image, or a store that was lost, does not move it to another commit. */
function commitOf({ status }: Pack): Pick<InstallTask, 'commit'> {
  const { install, installed, commit } = status ?? {};
  const isKnown = install && installed && isSameSource(install.key, installed.key);
  return isKnown && commit !== undefined ? { commit } : {};
}

/**
 * What the Pack itself has had built, and what the Pack of the same name has in the operator's own namespace: code of packages
 * runs where environments are built, so that nobody else's word about what is in one is taken.
 */
function knownEnvironments({ pack, packs, systemNamespace }: TaskInput): KnownEnvironment[] {
  const ref = wantedRef(pack);
  const trusted = [...packs].filter(
    (other) => other.metadata.namespace === systemNamespace && other !== pack && wantedRef(other) === ref,
  );
  const seen = new Map<string, KnownEnvironment>();
  for (const { status } of [pack, ...trusted])
    for (const { builtFrom, digest } of [
      { builtFrom: status?.installed?.builtFrom, digest: status?.installed?.content?.environment },
      { builtFrom: status?.install?.builtFrom, digest: status?.install?.reported?.environment },
    ])
      if (builtFrom && digest !== undefined && !seen.has(builtFrom.key))
        seen.set(builtFrom.key, { ...builtFrom, digest });
  return [...seen.values()];
}
