// cli/pack-source.ts — where a pack comes from, as it is typed → the Pack that is to be; what is of this machine is uploaded.
import { existsSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { nameOfRef } from '../operator/api/meta.ts';
import { parseSource } from '../operator/domain/pack/source.ts';
import { Failure } from './failure.ts';
import { commitIn, packRefAt, packRefIn } from './pack-folder.ts';
import { ARCHIVE, uploadArchive, uploadFolder } from './pack-upload.ts';
import { withoutPassword } from './print.ts';
import type { Session } from './session.ts';

export interface SourceOptions {
  /** Secret with which the repository is read. */
  readonly secret?: string;
  /** Folder of the pack in the repository. */
  readonly path?: string;
}

export interface PackWanted {
  /** Name of the Pack, as far as that is known before pack.yaml is read. */
  readonly name: string;
  /** Its `from` or `source`. */
  readonly spec: { readonly from: string } | { readonly source: Readonly<Record<string, unknown>> };
}

type Local =
  | { readonly kind: 'archive'; readonly file: string }
  | { readonly kind: 'folder'; readonly folder: string; readonly ref: string | undefined };

/** `name` comes before the one that the source says. */
export async function packWanted(
  session: Session,
  source: string,
  options: SourceOptions,
  name: string | undefined,
): Promise<PackWanted> {
  const local = localOf(source);
  if (local === undefined) {
    const wanted = repository(source, options, name);
    const shown = withoutPassword(source);
    if (shown !== source)
      session.screen.err(
        `warning: ${shown}: the password stands in the Pack, for all who may read it; put it into a Secret, and name that with --secret\n`,
      );
    return wanted;
  }
  if (options.secret !== undefined)
    throw new Failure(`--secret: ${source} is of this machine; leave it out`, { exitCode: 2 });
  if (local.kind === 'archive') {
    if (options.path !== undefined)
      throw new Failure(`--path: an archive has the pack at its top, or in the only folder there; leave it out`, {
        exitCode: 2,
      });
    const called =
      name ??
      nameFrom(
        source,
        basename(local.file)
          .replace(ARCHIVE, '')
          .replace(/-v?\d+(\.\d+)*$/, ''),
      );
    return { name: called, spec: { source: { archive: await uploadArchive(session, local.file) } } };
  }
  const folder = join(local.folder, options.path ?? '');
  if (!existsSync(folder)) throw noFolder(source, folder);
  const commit = await commitIn(folder, local.ref);
  const called = name ?? nameFrom(source, commit === undefined ? packRefIn(folder) : await packRefAt(folder, commit));
  return { name: called, spec: { source: { archive: await uploadFolder(session, folder, commit) } } };
}

function repository(source: string, { secret, path }: SourceOptions, name: string | undefined): PackWanted {
  const location = parseSource(source);
  if (location.kind === 'invalid') throw new Failure(location.message, { exitCode: 2 });
  const [address = ''] = source.split('=');
  const last = (path ?? address).split(/[/:]/).findLast((part) => part !== '') ?? '';
  const called = name ?? nameFrom(source, last.replace(/\.git$/, ''));
  if (secret === undefined && path === undefined) return { name: called, spec: { from: source } };
  if (location.kind === 'index')
    throw new Failure(
      `${secret === undefined ? '--path' : '--secret'}: ${source} is a name in an index; give the address of its repository, or make the Secret squall-git of the namespace`,
      { exitCode: 2 },
    );
  const { url, ref } = location;
  const git = {
    url,
    ...(ref !== undefined && { ref }),
    ...(path !== undefined && { path }),
    ...(secret !== undefined && { secretRef: { name: secret } }),
  };
  return { name: called, spec: { source: { git } } };
}

/** Of a repository, an archive or a pack, without `stackstorm-` before it. */
function nameFrom(source: string, word: string): string {
  const name = nameOfRef(word.replace(/^stackstorm-/i, ''));
  if (/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/.test(name)) return name;
  throw new Failure(`${source}: no name for the Pack can be taken from it; give one with --name`);
}

/** A folder or an archive of this machine: file:///…, ./…, /…, and an archive by its name alone. */
function localOf(source: string): Local | undefined {
  const path = source.startsWith('file://') ? source.slice('file://'.length) : source;
  const isPath = path !== source || /^[./~]/.test(source);
  if (!isPath && !(ARCHIVE.test(source) && existsSync(source))) return undefined;
  // A folder may have = in its name.
  const [where = '', ref] = existsSync(resolve(path)) ? [path] : path.split('=');
  const place = resolve(where);
  if (!existsSync(place)) throw noFolder(source, place);
  if (statSync(place).isDirectory()) return { kind: 'folder', folder: place, ref: ref === '' ? undefined : ref };
  if (ARCHIVE.test(place) && ref === undefined) return { kind: 'archive', file: place };
  throw new Failure(
    `${source}: it is a file; name the folder of a pack, or an archive of one: .tar, .tar.gz, .tgz or .tar.zst`,
  );
}

const noFolder = (source: string, folder: string): Failure =>
  new Failure(`${source}: Local pack directory "${folder}" doesn't exist`);
