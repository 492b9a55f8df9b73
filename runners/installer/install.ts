// runners/installer/install.ts — a task → its pack in the pack store and a report; or a report of what is wrong.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { InstallReport, InstallTask, Manifest } from '../../operator/api/install.ts';
import type { PackContent } from '../../operator/api/pack.ts';
import { readPack } from '../../operator/domain/pack/read.ts';
import { platformFault } from '../../operator/domain/pack/versions.ts';
import { refFault } from '../../operator/domain/pack/wanted-ref.ts';
import { admission } from './admission.ts';
import { joinAuthorities } from './authorities.ts';
import { buildEnvironment, type Environment } from './environment.ts';
import { Refusal, StepFailure } from './failure.ts';
import { type Fetched, fetchSource } from './fetch.ts';
import { gitAccess } from './git-environment.ts';
import { gitSecrets } from './git-login.ts';
import { pythonVersion } from './interpreter.ts';
import { maskOf } from './mask.ts';
import { addNodePackages, asksForNodePackages } from './node-environment.ts';
import { packageIndex, type PackageIndex } from './package-index.ts';
import { treeOf } from './pack-tree.ts';
import { uvSettings } from './pip-settings.ts';
import type { Settings } from './settings.ts';
import { type Blob, packFolder, type Store, textBlob } from './store.ts';
import { survey, type TreeEntry, unpackedBytesOf } from './survey.ts';

export interface InstallContext {
  readonly settings: Settings;
  readonly store: Store;
  /** An empty folder that only we can read. */
  readonly scratch: string;
  readonly stop: AbortSignal;
  /** One line for the log. */
  readonly say: (message: string) => void;
  /** Tells the operator; throws when it does not want to hear more. */
  readonly report: (report: InstallReport) => Promise<void>;
}

const FETCH_SECONDS = 600;
const BUILD_SECONDS = 1200;
/** The StackStorm whose behaviour packs find here. */
const STACKSTORM = '3.9.0';
const FINDINGS_MAX = 100;
const FINDING_MAX = 2000;
const MESSAGE_MAX = 4096;

/** Every outcome is reported; throws what is not the pack's fault. */
export async function install(task: InstallTask, context: InstallContext): Promise<void> {
  const { settings } = context;
  const index = packageIndex(settings.indexSecret, settings.all);
  const token = readFileSync(settings.tokenFile, 'utf8').trim();
  const mask = maskOf([...gitSecrets(settings.gitSecret), ...index.secrets, token]);
  const told: Context = { ...context, mask, index, say: (message) => context.say(mask(message)) };
  let failedStep: NonNullable<InstallReport['failedStep']> = 'Fetch';
  const at = async (step: typeof failedStep, known: Partial<InstallReport> = {}): Promise<void> => {
    failedStep = step;
    if (step !== 'Fetch') await context.report({ key: task.key, step, ...known });
  };
  try {
    await context.report(await steps(task, told, at));
    told.say('done');
  } catch (error) {
    const failure = failureOf(error);
    // A refused file is told by its finding.
    const message = failure instanceof Refusal ? 'A file of the pack is refused' : mask(failure.message);
    told.say(`${failedStep} failed: ${message}`);
    const findings = failure.findings
      .slice(0, FINDINGS_MAX)
      .map((finding) => ({ ...finding, message: mask(finding.message).slice(0, FINDING_MAX) }));
    for (const { file, line, message: what } of findings)
      told.say(`  ${file}${line === undefined ? '' : `:${line}`}: ${what}`);
    await context.report({
      key: task.key,
      step: 'Failed',
      failedStep,
      message: message.slice(0, MESSAGE_MAX),
      findings,
    });
  }
}

type Context = InstallContext & { readonly mask: (text: string) => string; readonly index: PackageIndex };
type At = (step: NonNullable<InstallReport['failedStep']>, known?: Partial<InstallReport>) => Promise<void>;

async function steps(task: InstallTask, context: Context, at: At): Promise<InstallReport> {
  const { settings, scratch, say } = context;
  const authorities = joinAuthorities([settings.caBundle, context.index.authority], settings.all, scratch);
  say(`step 1 of 4: fetch ${task.from ?? Object.keys(task.source ?? {}).join()}`);
  await at('Fetch');
  const fetched = await fetchSource(task, { ...context, authorities, timeoutSeconds: FETCH_SECONDS });
  const commit = fetched.commit === undefined ? {} : { commit: fetched.commit };

  say(`step 2 of 4: validate${fetched.commit === undefined ? '' : ` commit ${fetched.commit}`}`);
  await at('Validate', commit);
  const entries = survey(fetched.folder, admission(task.limits), task.limits.files);
  const manifest = { ...validate(task, fetched, entries, settings), ...commit };
  const known = { ref: manifest.ref, version: manifest.pack.version, ...commit };
  for (const warning of manifest.warnings) say(`warning: ${warning}`);

  say(`step 3 of 4: build the environment of ${manifest.ref} ${manifest.pack.version}`);
  await at('Build', known);
  const environment =
    fetched.image === undefined ? await build(task, fetched, manifest, { ...context, authorities }) : undefined;

  say('step 4 of 4: bring it to the pack store');
  const content = await bring({ fetched, entries, environment, manifest }, context);
  return { key: task.key, step: 'Done', ...known, content, ...builtFrom(environment) };
}

const builtFrom = (environment: Environment | undefined): Pick<InstallReport, 'builtFrom'> => {
  if (environment?.key === undefined) return {};
  const { key, asked } = environment;
  const unpackedBytes = sizeOf(environment);
  return {
    builtFrom: { key, ...(asked !== undefined && { asked }), ...(unpackedBytes !== undefined && { unpackedBytes }) },
  };
};

const sizeOf = (environment: Environment): number | undefined =>
  'digest' in environment ? environment.unpackedBytes : unpackedBytesOf(environment.entries);

function validate(
  task: InstallTask,
  { folder, directoryName }: Fetched,
  entries: readonly TreeEntry[],
  settings: Settings,
): Manifest {
  const reading = readPack(treeOf(folder, entries, { yamlBytes: task.limits.yamlBytes, directoryName }));
  if (!reading.ok) {
    const count = reading.findings.length;
    throw new StepFailure(
      count === 1 ? 'One thing is wrong with the pack' : `${count} things are wrong with the pack`,
      {
        findings: reading.findings,
      },
    );
  }
  const { manifest } = reading;
  const misnamed = task.ref === undefined ? undefined : refFault(manifest.ref, task.ref);
  const fault = misnamed ?? (task.force ? undefined : misfit(manifest.pack, settings));
  if (fault !== undefined) throw new StepFailure(fault);
  return manifest;
}

/** Only few packs ask for a Python, so only then is it asked which one there is. */
function misfit(pack: Manifest['pack'], { base, kept }: Settings): string | undefined {
  const python = pack.pythonVersions === undefined ? '' : pythonVersion(base, kept);
  return platformFault(pack, { stackstorm: STACKSTORM, python });
}

async function build(
  task: InstallTask,
  fetched: Fetched,
  { ref }: Manifest,
  context: Context & { readonly authorities: string | undefined },
): Promise<Environment | undefined> {
  const { settings, scratch, authorities, stop, mask, say, index } = context;
  const isShared = task.source?.git?.secretRef === undefined;
  const login = { url: '', secretFolder: settings.gitSecret, isShared };
  const git = gitAccess({ ...login, env: settings.kept, authorities, scratch });
  const own = { ...uvSettings(settings.all), ...index.variables };
  const env = {
    ...git.env,
    ...own,
    ...(authorities !== undefined && { SSL_CERT_FILE: authorities }),
    UV_CACHE_DIR: settings.uvCache ?? join(scratch, 'uv-cache'),
  };
  const { virtualenvs, base, image } = settings;
  const options = {
    pack: fetched.folder,
    ref,
    virtualenvs,
    base,
    env,
    settings: own,
    image,
    known: task.environments,
    reinstall: task.reinstall ?? '',
    trustsWritten: task.source?.archive !== undefined,
    timeoutSeconds: BUILD_SECONDS,
    stop,
    say,
    mask,
  };
  if (!asksForNodePackages(fetched.folder)) return await buildEnvironment(options);
  // Both are one archive, and what is known of one says nothing of the other.
  const python = await buildEnvironment({ ...options, known: [] });
  const { kept, indexSecret } = settings;
  return await addNodePackages(python, { ...options, env: settings.all, kept, indexSecret, authorities });
}

interface Parts {
  readonly fetched: Fetched;
  readonly entries: readonly TreeEntry[];
  readonly environment: Environment | undefined;
  readonly manifest: Manifest;
}

async function bring(
  { fetched, entries, environment, manifest }: Parts,
  { scratch, store, say }: Context,
): Promise<PackContent> {
  const put = async (what: string, blob: Blob): Promise<string> => {
    const how = await store.put(blob);
    say(`${what}: ${blob.sizeBytes} bytes, ${blob.digest}${how === 'there' ? ', is there already' : ''}`);
    return blob.digest;
  };
  const prefix = manifest.ref;
  const files = await packFolder({ top: fetched.folder, prefix, entries }, { scratch, name: 'files' });
  const content: PackContent = { files: await put('files', files), manifest: '' };
  if (environment && 'digest' in environment) content.environment = environment.digest;
  else if (environment) {
    const packed = await packFolder(
      { top: environment.folder, prefix, entries: environment.entries },
      { scratch, name: 'environment' },
    );
    content.environment = await put('environment', packed);
  }
  const more = environment ? sizeOf(environment) : 0;
  if (more !== undefined) content.unpackedBytes = unpackedBytesOf(entries) + more;
  content.manifest = await put('manifest', textBlob(JSON.stringify(manifest), { scratch, name: 'manifest.json' }));
  return content;
}

/** What can be told to whoever wrote the Pack; throws the rest. */
function failureOf(error: unknown): StepFailure {
  if (error instanceof StepFailure) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new StepFailure(`There is no room for the pack's files in the install Job: ${message}`, { cause: error });
  throw error;
}
