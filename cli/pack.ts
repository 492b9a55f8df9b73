// cli/pack.ts — `squall pack`: packs are installed, listed, shown and removed; what happens is told while it does.
import { existsSync, statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { Pack } from '../operator/api/kinds.ts';
import { API_VERSION, nameOfRef } from '../operator/api/meta.ts';
import { parseSource } from '../operator/domain/pack/source.ts';
import { Failure, isMissing } from './failure.ts';
import { call, listAll } from './kube.ts';
import { conditionOf, ofPackThere, packPath } from './pack-object.ts';
import { uploadFolder } from './pack-upload.ts';
import { viewOfPack } from './pack-view.ts';
import { waitForPack } from './pack-wait.ts';
import { age, type Format, json, properties, table, withoutNoise, yaml } from './print.ts';
import type { Session } from './session.ts';

export interface PackInstallOptions {
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
  if (options.name !== undefined && sources.length > 1) throw new Failure('--name: give it with one pack only');
  let exitCode = 0;
  const wanted = [...sources];
  const seen = new Set(wanted);
  for (let source = wanted.shift(); source !== undefined; source = wanted.shift()) {
    const name = (sources.includes(source) ? options.name : undefined) ?? nameFor(source);
    const pack = await ask(session, name, await sourceOf(session, source), options);
    session.screen.err(`Pack ${name}: ${source}\n`);
    if (options.async) continue;
    const installed = await waitForPack(session, pack);
    if (!installed) exitCode = 1;
    const missing = options.skipDependencies ? [] : (installed?.status?.missing ?? []);
    for (const dependency of missing.filter((one) => !seen.has(one))) {
      session.screen.err(`Pack ${name} depends on ${dependency}\n`);
      seen.add(dependency);
      wanted.push(dependency);
    }
  }
  return exitCode;
}

/** As the repository or the index calls it, without `stackstorm-` before it. */
function nameFor(source: string): string {
  const folder = localFolder(source);
  const [address = ''] = source.split('=');
  const last = folder === undefined ? (address.split(/[/:]/).findLast((part) => part !== '') ?? '') : basename(folder);
  const name = nameOfRef(last.replace(/\.git$/, '').replace(/^stackstorm-/i, ''));
  if (/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/.test(name)) return name;
  throw new Failure(`${source}: no name for the Pack can be taken from it; give one with --name`);
}

/** A folder of this machine: file:///…, ./…, /… */
function localFolder(source: string): string | undefined {
  const path = source.startsWith('file://') ? source.slice('file://'.length) : source;
  if (path === source && !/^[./~]/.test(source)) return undefined;
  const folder = resolve(path);
  if (!existsSync(folder)) throw new Failure(`${source}: Local pack directory "${folder}" doesn't exist`);
  if (statSync(folder).isDirectory()) return folder;
  throw new Failure(`${source}: it is a file; name the folder of a pack`);
}

async function sourceOf(session: Session, source: string): Promise<object> {
  const folder = localFolder(source);
  if (folder !== undefined) return { source: { archive: await uploadFolder(session, folder, 'committed') } };
  const location = parseSource(source);
  if (location.kind === 'invalid') throw new Failure(location.message, { exitCode: 2 });
  return { from: source };
}

/** The Pack as it is after it was asked for; one that is there keeps its configuration. */
async function ask(session: Session, name: string, source: object, options: PackInstallOptions): Promise<Pack> {
  const path = packPath(session, name);
  const spec = {
    ...source,
    force: options.force === true,
  };
  const before = await call<Pack>(session.to, `get Pack ${name}`, path).catch((error: unknown) => {
    if (isMissing(error)) return undefined;
    throw error;
  });
  if (!before) {
    const body = { apiVersion: API_VERSION, kind: Pack.kind, metadata: { name }, spec };
    return await call<Pack>(session.to, `create Pack ${name}`, packPath(session), { method: 'POST', body });
  }
  // To ask again is to fetch again: a branch may have moved.
  const cleared = { from: null, source: null, ...spec, reinstall: session.now().toISOString() };
  return await call<Pack>(session.to, `change Pack ${name}`, path, { method: 'PATCH', body: { spec: cleared } });
}

export async function listPacks(session: Session, { output }: { readonly output: Format }): Promise<void> {
  const packs = await listAll<Pack>(session.to, 'list Packs', packPath(session));
  const { screen } = session;
  if (output === 'json') return screen.out(json(packs.map(withoutNoise)));
  if (output === 'yaml') return screen.out(yaml(packs.map(withoutNoise)));
  if (output === 'name') return packs.forEach(({ metadata }) => screen.out(`pack.squall.dev/${metadata.name}\n`));
  if (packs.length === 0)
    return screen.err(`No Pack is in namespace ${session.namespace}: squall pack install NAME brings one.\n`);
  const rows = packs.map(({ metadata, status }) => [
    status?.ref ?? metadata.name,
    status?.version ?? '',
    (status?.commit ?? '').slice(0, 12),
    status?.author ?? '',
    conditionOf(status, 'Ready')?.status ?? 'Unknown',
    status?.content ?? '',
    age(metadata.creationTimestamp, session.now()),
  ]);
  screen.out(table(['REF', 'VERSION', 'COMMIT', 'AUTHOR', 'READY', 'CONTENT', 'AGE'], rows));
}

/** The installed pack only. */
export async function showPack(session: Session, name: string, { output }: { readonly output: Format }): Promise<void> {
  const asked = call<Pack>(session.to, `get Pack ${name}`, packPath(session, nameOfRef(name)));
  const pack = await ofPackThere(session, name, asked);
  const { screen } = session;
  if (output === 'json') return screen.out(json(withoutNoise(pack)));
  if (output === 'yaml') return screen.out(yaml(withoutNoise(pack)));
  screen.out(properties(viewOfPack(pack)));
}

/** Asks for their removal, and waits until they are gone. */
export async function removePacks(session: Session, names: readonly string[]): Promise<void> {
  for (const name of names.map(nameOfRef)) {
    const path = packPath(session, name);
    await ofPackThere(session, name, call(session.to, `delete Pack ${name}`, path, { method: 'DELETE' }));
    for (let told = ''; ; ) {
      const pack = await call<Pack>(session.to, `get Pack ${name}`, path).catch((error: unknown) => {
        if (isMissing(error)) return undefined;
        throw error;
      });
      if (!pack) break;
      const ready = conditionOf(pack.status, 'Ready');
      if (ready?.reason === 'Removing' && ready.message !== told)
        session.screen.err(`Pack ${name}: ${ready.message}\n`);
      told = ready?.message ?? '';
      await new Promise((wake) => setTimeout(wake, 500));
    }
    session.screen.out(`Pack ${name} removed.\n`);
  }
}
