// operator/http/content.ts — the pack store's doors: install Jobs bring archives, pods of actions fetch them, people upload them.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Readable } from 'node:stream';
import { LABEL } from '../api/meta.ts';
import { type Authenticators, authenticateUser, identifyPod } from './authenticate.ts';
import { BlobRefusedError, type BlobStore } from './blob-store.ts';
import { HttpError, unavailable } from './errors.ts';
import { contentInUse } from './content-use.ts';
import { installerOf } from './install-pod.ts';
import { findLive, workerOf } from './pod-execution.ts';
import type { PodIdentity } from './pod-token.ts';

export interface ContentOptions extends Authenticators {
  readonly packs: BlobStore;
}

const CONTENT = '/internal/v1/namespaces/:namespace/content/:digest';
/** Largest archive, in bytes. */
const ARCHIVE_MAX_BYTES = 512 * 1024 * 1024;
/** Archives that are taken, and given out, at a time: each has a file and a buffer open. */
const TAKEN_AT_A_TIME = 4;
const GIVEN_AT_A_TIME = 48;

type Params = { readonly namespace: string; readonly digest: string };

/** Who has a digest and a pod of the namespace may read what has it; only installers and people who may create Packs bring something. */
export function addContent(app: FastifyInstance, options: ContentOptions): void {
  const { packs } = options;
  let taken = 0;
  let given = 0;
  app.head(CONTENT, async (request, reply) => {
    await assertPod(request, options);
    if (!(await packs.has((request.params as Params).digest))) throw missing(request);
    return await reply.code(200).send();
  });
  app.get(CONTENT, { exposeHeadRoute: false }, async (request, reply) => {
    const isInstaller = await assertPod(request, options);
    const { namespace, digest } = request.params as Params;
    // What another namespace has brought is not there for this one, whoever has told it the digest.
    if (!isInstaller && !contentInUse(options.sources, namespace).has(digest)) throw missing(request);
    if (given >= GIVEN_AT_A_TIME) throw unavailable('Many archives are being fetched; ask again', 1);
    const found = await packs.read(digest);
    if (!found) throw missing(request);
    given++;
    reply.raw.once('close', () => {
      given--;
    });
    return await send(reply, found);
  });
  const put = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const { digest } = request.params as Params;
    if (await packs.has(digest)) return await reply.code(200).send();
    if (taken >= TAKEN_AT_A_TIME) throw unavailable('Many archives are being taken; send it again', 2);
    taken++;
    try {
      await packs.take(digest, request.body as Readable, ARCHIVE_MAX_BYTES);
    } catch (cause) {
      if (cause instanceof BlobRefusedError)
        throw new HttpError(422, `The archive is refused: ${cause.message}`, { cause });
      throw unavailable('The pack store cannot be written; send it again', 5, cause);
    } finally {
      taken--;
    }
    return await reply.code(201).send();
  };
  void app.register(async (streams) => {
    streams.removeAllContentTypeParsers();
    streams.addContentTypeParser('*', (_request, body, done) => done(null, body));
    streams.put(CONTENT, {
      bodyLimit: ARCHIVE_MAX_BYTES,
      onRequest: async (request) => {
        await installerOf(await identifyPod(request, options), options);
      },
      handler: put,
    });
    streams.put('/ns/:namespace/v1/packs/content/:digest', {
      bodyLimit: ARCHIVE_MAX_BYTES,
      onRequest: async (request) => {
        const { namespace } = request.params as Params;
        await authenticateUser(request, { verb: 'create', resource: 'packcontents', namespace, name: '' }, options);
      },
      handler: put,
    });
  });
}

async function send(reply: FastifyReply, { stream, bytes }: { stream: Readable; bytes: number }) {
  return await reply.type('application/octet-stream').header('content-length', bytes).send(stream);
}

const missing = (request: FastifyRequest) =>
  new HttpError(404, `${(request.params as Params).digest} is not in the pack store`);

/** A pod of an Execution, or of an install Job, of this namespace. @returns whether it is an install Job's. @throws HttpError 401, 403, 409, 503 */
async function assertPod(request: FastifyRequest, options: ContentOptions): Promise<boolean> {
  const pod: PodIdentity = await identifyPod(request, options);
  const { namespace } = request.params as Params;
  if (pod.namespace !== namespace)
    throw new HttpError(403, `Pod ${pod.namespace}/${pod.name} may not read content of namespace ${namespace}`);
  const seen = await findLive(options.sources.pods, pod, options.client);
  const isInstaller = seen?.metadata.labels?.[LABEL.install] !== undefined;
  if (isInstaller) await installerOf(pod, options);
  else await workerOf(pod, options.sources, options.client);
  return isInstaller;
}
