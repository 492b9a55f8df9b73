// cli/pack-install.ts — `squall pack install`: Packs are made or changed, and what they depend on; what happens is told while it does.
import { Pack } from '../operator/api/kinds.ts';
import { API_VERSION, nameOfRef } from '../operator/api/meta.ts';
import { otherRefIn } from '../operator/domain/pack/wanted-ref.ts';
import { Failure, isMissing } from './failure.ts';
import { call } from './kube.ts';
import { conditionOf, packPath } from './pack-object.ts';
import { packWanted, type PackWanted, type SourceOptions } from './pack-source.ts';
import { settledPack, tellOutcome } from './pack-wait.ts';
import { withoutPassword } from './print.ts';
import type { Session } from './session.ts';

export interface PackInstallOptions extends SourceOptions {
  readonly name?: string;
  readonly force?: boolean;
  readonly skipDependencies?: boolean;
  readonly async?: boolean;
}

/** Each is installed, or fetched again, and what it depends on after it; exit code 1 when one of them is not ready in the end. */
export async function installPacks(
  session: Session,
  sources: readonly string[],
  options: PackInstallOptions,
): Promise<number> {
  for (const one of ['name', 'path'] as const)
    if (options[one] !== undefined && sources.length > 1)
      throw new Failure(`--${one}: give it with one pack only`, { exitCode: 2 });
  let exitCode = 0;
  const wanted = [...sources];
  const seen = new Set(wanted);
  for (let source = wanted.shift(); source !== undefined; source = wanted.shift()) {
    const given = sources.includes(source) ? options : {};
    const one = await packWanted(session, source, given, given.name);
    const asked = await ask(session, one, options);
    session.screen.err(`Pack ${one.name}: ${withoutPassword(source)}\n`);
    if (options.async) continue;
    const installed = await bring(session, one, asked, options, given.name === undefined);
    if (!installed) exitCode = 1;
    const missing = options.skipDependencies ? [] : (installed?.status?.missing ?? []);
    for (const dependency of missing.filter((other) => !seen.has(other))) {
      session.screen.err(`Pack ${installed?.metadata.name ?? one.name} depends on ${dependency}\n`);
      seen.add(dependency);
      wanted.push(dependency);
    }
  }
  return exitCode;
}

interface Asked {
  readonly pack: Pack;
  /** As it was; undefined for one that is new. */
  readonly before: Pack | undefined;
}

/** Waits for it. What has another name than its repository is asked for again under its own. Undefined: it failed. */
async function bring(
  session: Session,
  wanted: PackWanted,
  { pack, before }: Asked,
  options: PackInstallOptions,
  mayRename: boolean,
): Promise<Pack | undefined> {
  const settled = await settledPack(session, pack);
  const ref = mayRename ? otherRefOf(settled) : undefined;
  if (ref === undefined) return tellOutcome(session, settled);
  await undo(session, wanted.name, before);
  const name = nameOfRef(ref);
  session.screen.err(`Pack ${wanted.name}: its pack.yaml says "${ref}", so it is installed as Pack ${name}\n`);
  // Most refs can be told from the name of their object.
  const exact = name.replaceAll('-', '_') === ref ? {} : { ref };
  const again = await ask(session, { name, spec: { ...wanted.spec, ...exact } }, options);
  return tellOutcome(session, await settledPack(session, again.pack));
}

/** The ref that pack.yaml has, where that is why it failed. */
function otherRefOf({ status }: Pack): string | undefined {
  if (status?.install?.step !== 'Failed') return undefined;
  return (['Valid', 'Registered'] as const)
    .map((type) => conditionOf(status, type))
    .map((condition) => (condition?.status === 'False' ? otherRefIn(condition.message ?? '') : undefined))
    .find((ref) => ref !== undefined);
}

/** A new one goes, one that was there is again what it was. */
async function undo(session: Session, name: string, before: Pack | undefined): Promise<void> {
  const path = packPath(session, name);
  if (!before) return void (await call(session.to, `delete Pack ${name}`, path, { method: 'DELETE' }));
  const { from, source, force, reinstall } = before.spec;
  const spec = { ...cleared(source ? { source } : { from: from ?? null }), force, reinstall: reinstall ?? null };
  await call(session.to, `change Pack ${name}`, path, { method: 'PATCH', body: { spec } });
}

/** The Pack as it is after it was asked for; one that is there keeps its configuration. */
async function ask(session: Session, { name, spec: source }: PackWanted, options: PackInstallOptions): Promise<Asked> {
  const path = packPath(session, name);
  const force = options.force === true;
  const before = await call<Pack>(session.to, `get Pack ${name}`, path).catch((error: unknown) => {
    if (isMissing(error)) return undefined;
    throw error;
  });
  if (!before) {
    const body = { apiVersion: API_VERSION, kind: Pack.kind, metadata: { name }, spec: { ...source, force } };
    const request = { method: 'POST', body } as const;
    return { before, pack: await call<Pack>(session.to, `create Pack ${name}`, packPath(session), request) };
  }
  // To ask again is to fetch again: a branch may have moved.
  const spec = { ...cleared(source), force, reinstall: session.now().toISOString() };
  const request = { method: 'PATCH', body: { spec } } as const;
  return { before, pack: await call<Pack>(session.to, `change Pack ${name}`, path, request) };
}

const NO_GIT = { ref: null, path: null, secretRef: null, claimName: null };
const NO_SOURCE = { git: null, image: null, archive: null, inline: null };

/** As a merge patch that leaves nothing of the source before. */
function cleared(spec: { readonly source?: object; readonly from?: string | null }): object {
  if (!spec.source) return { from: null, source: null, ...spec };
  const { git } = spec.source as { readonly git?: object };
  return { ...spec, from: null, source: { ...NO_SOURCE, ...spec.source, ...(git && { git: { ...NO_GIT, ...git } }) } };
}
