// runners/installer/fetch.ts — what the task names as source → a folder with the pack's files.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { InstallTask } from '../../operator/api/install.ts';
import type { GitSource, PackSource } from '../../operator/api/pack.ts';
import { findInIndex, mergeIndexes, noResults } from '../../operator/domain/pack/packindex.ts';
import { parseSource } from '../../operator/domain/pack/source.ts';
import { admission } from './admission.ts';
import { StepFailure } from './failure.ts';
import { fetchRepository } from './git.ts';
import { gitAccess } from './git-environment.ts';
import { readIndexes } from './index-files.ts';
import { placingIn } from './placing.ts';
import type { Settings } from './settings.ts';
import type { Store } from './store.ts';
import { survey } from './survey.ts';
import { unpack } from './unpack.ts';

export interface FetchContext {
  readonly settings: Settings;
  readonly store: Store;
  /** A folder that only we can read. */
  readonly scratch: string;
  readonly authorities: string | undefined;
  readonly timeoutSeconds: number;
  readonly stop: AbortSignal;
  readonly say: (message: string) => void;
  readonly mask: (text: string) => string;
}

export interface Fetched {
  /** Folder with pack.yaml at its top. */
  readonly folder: string;
  readonly commit?: string | undefined;
  /** Name of the folder, where it means something. */
  readonly directoryName?: string | undefined;
  /** Its actions start from this image. */
  readonly image?: string | undefined;
}

/** Throws StepFailure. */
export async function fetchSource(task: InstallTask, context: FetchContext): Promise<Fetched> {
  const source = task.source ?? (await sourceOf(task, context));
  const folder = mkdtempSync(join(context.scratch, 'files-'));
  if (source.git) return fetchGit(source.git, folder, task, context);
  if (source.image !== undefined) return { ...packInImage(context.settings.packs, task.ref), image: source.image };
  if (source.archive !== undefined) return fetchArchive(source.archive, folder, task, context);
  if (source.inline) return { folder: writeInline(source.inline, folder, task) };
  throw new StepFailure('spec.source names none of git, image, archive, inline: give one of them');
}

/** What StackStorm's users type. */
async function sourceOf(task: InstallTask, context: FetchContext): Promise<PackSource> {
  const location = parseSource(task.from ?? '');
  if (location.kind === 'invalid') throw new StepFailure(location.message);
  if (location.kind === 'git') return { git: { url: location.url, ref: location.ref } };
  const { index, health } = await indexWith(location.name, task, context);
  for (const { url, message, error } of health) if (error !== null) context.say(`index ${url}: ${message}`);
  if (health.every(({ error }) => error !== null)) throw new StepFailure(noResults(health));
  const found = findInIndex(index, location.name, location.version);
  if ('message' in found) throw new StepFailure(found.message);
  return { git: found };
}

/** The addresses are asked only for what the cluster's own indexes do not have: from there they may be out of reach. */
async function indexWith(name: string, { indexes, indexTexts }: InstallTask, context: FetchContext) {
  const own = indexTexts.map(({ place, text }) => ({ url: place, text }));
  const near = mergeIndexes(own);
  if (near.index.has(name)) return near;
  const { settings, authorities, stop } = context;
  const answers = await readIndexes(indexes, { authorities, ca: settings.ca, env: settings.all, stop });
  return mergeIndexes([...own, ...answers]);
}

async function fetchGit(source: GitSource, folder: string, task: InstallTask, context: FetchContext): Promise<Fetched> {
  const { settings, scratch, authorities, timeoutSeconds, stop, mask, say } = context;
  const local = localFolder(source.url, settings.volume);
  if (local !== undefined && !isRepository(local)) return copyLocal(folderIn(local, source), folder, task);
  const url = local === undefined ? source.url : `file://${local}`;
  const login = { url, secretFolder: settings.gitSecret, isShared: source.secretRef === undefined };
  const access = gitAccess({ ...login, env: settings.kept, authorities, scratch });
  for (const warning of access.warnings) say(`warning: ${warning}`);
  const { ref, path } = source;
  const repository = { url, shownUrl: mask(source.url), ref, path, commit: task.commit };
  const options = { env: access.env, scratch, limits: task.limits, timeoutSeconds, stop, mask };
  return { folder, commit: await fetchRepository(repository, folder, options) };
}

/** Where a file:/// address is, in the volume; undefined for other addresses. */
function localFolder(url: string, volume: string): string | undefined {
  if (!/^file:/i.test(url)) return undefined;
  const path = URL.canParse(url) ? fileURLToPath(new URL(url)) : '/';
  const inside = path === volume || path.startsWith(`${volume}/`) ? path : join(volume, path);
  if (!existsSync(inside) || !statSync(inside).isDirectory())
    throw new StepFailure(`Local pack directory "${path}" doesn't exist in the volume of spec.source.git.claimName`);
  const real = realpathSync(inside);
  if (!`${real}/`.startsWith(`${realpathSync(volume)}/`))
    throw new StepFailure(`Local pack directory "${path}" is a link out of its volume`);
  return real;
}

/** The pack's folder within the one of the address. */
function folderIn(local: string, { url, path = '' }: GitSource): string {
  const place = join(local, path);
  const real = existsSync(place) && statSync(place).isDirectory() ? realpathSync(place) : '';
  if (real === local || real.startsWith(`${local}/`)) return real;
  throw new StepFailure(`There is no folder ${path} in ${url}: correct spec.source.git.path`);
}

const isRepository = (folder: string): boolean =>
  existsSync(join(folder, '.git')) || ['HEAD', 'objects', 'refs'].every((name) => existsSync(join(folder, name)));

/** A folder without .git is taken as it is. */
function copyLocal(from: string, folder: string, { limits }: InstallTask): Fetched {
  const place = placingIn(folder);
  for (const { path, kind, target = '' } of survey(from, admission(limits), limits.files)) {
    if (kind === 'folder') place.folder(path);
    else if (kind === 'link') place.link(path, target);
    else place.copy(path, join(from, path));
  }
  place.finish();
  return { folder };
}

async function fetchArchive(
  digest: string,
  folder: string,
  { limits }: InstallTask,
  { store, scratch, stop }: FetchContext,
): Promise<Fetched> {
  const file = join(scratch, 'upload');
  await store.get(digest, file, limits.totalBytes);
  await unpack(file, folder, limits, stop);
  return { folder: topOf(folder) };
}

/** Archives often have one folder at the top, which is the pack. */
function topOf(folder: string): string {
  if (existsSync(join(folder, 'pack.yaml'))) return folder;
  const [only, ...others] = readdirSync(folder, { withFileTypes: true });
  return only?.isDirectory() && others.length === 0 ? join(folder, only.name) : folder;
}

function writeInline(files: Readonly<Record<string, string>>, folder: string, { limits }: InstallTask): string {
  const admit = admission(limits);
  const place = placingIn(folder);
  for (const [name, text] of Object.entries(files)) {
    const bytes = Buffer.from(text);
    const path = admit.entry(Buffer.from(name), 'file', bytes.length);
    if (path === undefined) continue;
    const file = place.file(path);
    file.write(bytes);
    file.end();
  }
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** The only pack of the image, or the one that is asked for. */
function packInImage(packs: string, ref: string | undefined): Fetched {
  const names = existsSync(packs)
    ? readdirSync(packs).filter((name) => existsSync(join(packs, name, 'pack.yaml')))
    : [];
  const [only] = names;
  const name = names.find((one) => one === ref) ?? (names.length === 1 ? only : undefined);
  if (name !== undefined) return { folder: realpathSync(join(packs, name)), directoryName: name };
  const there = names.length === 0 ? 'it has none' : `it has ${names.join(', ')}; name one in spec.ref`;
  throw new StepFailure(`The image must have the pack in ${packs}/<pack>: ${there}`);
}
