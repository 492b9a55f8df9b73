// operator/http/installs.ts — an install Job asks what to do, and reports: 204 when the report is stored, 409 when nobody wants it.
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { InstallReport, type InstallTask } from '../api/install.ts';
import type { Pack } from '../api/kinds.ts';
import type { ConfigMap } from '../domain/install/config.ts';
import { readManifest } from '../domain/install/manifest.ts';
import { planReport } from '../domain/install/report.ts';
import { installTask } from '../domain/install/task.ts';
import { INDEX_CONFIG_MAP, INDEX_KEY } from '../domain/pack/packindex.ts';
import { parseJson } from '../domain/trigger/body.ts';
import { AmbiguousError, isConflict, isNotFound } from '../kube/errors.ts';
import { KIND, objectPath } from '../kube/paths.ts';
import type { Transport } from '../kube/transport.ts';
import type { Log } from '../telemetry/log.ts';
import { type Authenticators, identifyPod } from './authenticate.ts';
import type { BlobStore } from './blob-store.ts';
import { HttpError, unavailable } from './errors.ts';
import { type Installer, installerOf } from './install-pod.ts';

export interface InstallOptions extends Authenticators {
  /** Reads the ConfigMaps with indexes. */
  readonly transport: Pick<Transport, 'get'>;
  /** Whose index counts in all namespaces, after their own. */
  readonly systemNamespace: string;
  readonly packs: BlobStore;
  /** Addresses of index files; the leftmost wins. */
  readonly packIndexes: readonly string[];
  /** PEM text of authorities that git, uv and the indexes may be trusted by, beside the usual ones. */
  readonly authorities?: string | undefined;
  readonly log: Log;
  readonly now?: () => Date;
}

const REPORT_MAX_BYTES = 1024 * 1024;
const TRIES = 8;
const DEADLINE_MS = 8_000;

export function addInstalls(app: FastifyInstance, options: InstallOptions): void {
  const path = '/internal/v1/namespaces/:namespace/packs/:name/install';
  app.get(path, async (request) => await taskFor(await installerFor(request, options), options));
  app.post(path, { bodyLimit: REPORT_MAX_BYTES }, async (request, reply) => {
    const installer = await installerFor(request, options);
    await take(installer, await checked(request.body, options), options);
    return await reply.code(204).send();
  });
}

/** @throws HttpError 403 when the pod works for another Pack than the path says */
async function installerFor(request: FastifyRequest, options: InstallOptions): Promise<Installer> {
  const installer = await installerOf(await identifyPod(request, options), options);
  const { namespace, name } = request.params as { readonly namespace: string; readonly name: string };
  const { metadata } = installer.pack;
  if (metadata.namespace === namespace && metadata.name === name) return installer;
  throw new HttpError(
    403,
    `The pod works for Pack ${metadata.namespace}/${metadata.name}, not for ${namespace}/${name}`,
  );
}

async function taskFor({ pack, job }: Installer, options: InstallOptions): Promise<InstallTask> {
  const { sources, packs, systemNamespace, packIndexes, authorities } = options;
  const { namespace = '', name } = pack.metadata;
  const task = installTask({
    pack,
    packs: sources.packs.values(),
    systemNamespace,
    indexes: packIndexes,
    indexTexts: await indexTexts([...new Set([namespace, systemNamespace])], options.transport),
    authorities,
  });
  if (!task || pack.status?.install?.job !== job)
    throw new HttpError(409, `Pack ${namespace}/${name} is not being installed by Job ${job}`);
  const isThere = await Promise.all(task.environments.map(async ({ digest }) => await packs.has(digest)));
  return { ...task, environments: task.environments.filter((_, i) => isThere[i]) };
}

/** Index files in ConfigMaps. @throws HttpError 503 */
async function indexTexts(
  namespaces: readonly string[],
  transport: Pick<Transport, 'get'>,
): Promise<InstallTask['indexTexts']> {
  const read = async (namespace: string) => {
    const place = `ConfigMap ${namespace}/${INDEX_CONFIG_MAP}`;
    try {
      const { data } = (await transport.get(objectPath(KIND.configMap, namespace, INDEX_CONFIG_MAP))) as ConfigMap;
      const text = data?.[INDEX_KEY];
      return text === undefined ? [] : [{ place, text }];
    } catch (cause) {
      if (isNotFound(cause)) return [];
      throw unavailable(`${place} cannot be read; ask again`, 2, cause);
    }
  };
  return (await Promise.all(namespaces.map(read))).flat();
}

/** @throws HttpError 400, 422 for what is no report, or names content that is not there */
async function checked(body: unknown, { packs }: InstallOptions): Promise<InstallReport> {
  const bytes = body instanceof Uint8Array ? body : new Uint8Array();
  const parsed = parseJson(new TextDecoder().decode(bytes));
  if ('refused' in parsed) throw new HttpError(parsed.refused.status, parsed.refused.message);
  const report = InstallReport.safeParse(parsed.value);
  if (!report.success) {
    const issue = report.error.issues[0];
    throw new HttpError(422, `The report is not valid: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`);
  }
  const { files, environment, manifest } = report.data.content ?? {};
  for (const digest of [files, environment, manifest])
    if (digest !== undefined && !(await packs.has(digest)))
      throw new HttpError(422, `The report names ${digest}, which is not in the pack store; bring it first`);
  const fault = manifest === undefined ? undefined : readManifest((await packs.text(manifest)) ?? '');
  if (typeof fault === 'string') throw new HttpError(422, `The manifest that the report names is not valid: ${fault}`);
  return report.data;
}

async function take({ pack, job }: Installer, report: InstallReport, options: InstallOptions): Promise<void> {
  const { client, sources, log, now = () => new Date() } = options;
  const { namespace = '', name, uid } = pack.metadata;
  let current: Pack | undefined = pack;
  for (let tries = 1; ; tries++) {
    if (!current || current.metadata.uid !== uid) throw new HttpError(409, `Pack ${namespace}/${name} is gone`);
    const plan = planReport(current, job, report, now());
    if (!plan.accept) throw new HttpError(409, plan.message);
    try {
      await client.replaceStatus(current, plan.status, { deadlineMs: DEADLINE_MS });
      log.info({ namespace, pack: name, step: report.step, commit: report.commit }, 'install report taken');
      return;
    } catch (error) {
      if (isNotFound(error)) throw new HttpError(409, `Pack ${namespace}/${name} is gone`);
      if (!(isConflict(error) || error instanceof AmbiguousError) || tries === TRIES)
        throw unavailable('The report could not be stored; post it again', 2, error);
    }
    await client.getLive(sources.packs.kind, `${namespace}/${name}`);
    current = sources.packs.get(`${namespace}/${name}`);
  }
}
