// operator/http/result-reads.ts — GET …/executions/<name>/result: the whole result, wherever it is kept.
import type { FastifyInstance } from 'fastify';
import type { Execution } from '../api/kinds.ts';
import { type Authenticators, authenticateUser } from './authenticate.ts';
import { HttpError, unavailable } from './errors.ts';
import type { BlobStore } from './blob-store.ts';

type Params = { readonly namespace: string; readonly name: string };

/** For Kubernetes tokens that may `get` the Execution. */
export function addResultReads(
  app: FastifyInstance,
  options: Authenticators & { readonly store: BlobStore | undefined },
): void {
  const { client, sources, store } = options;
  app.get('/ns/:namespace/v1/executions/:name/result', async (request, reply) => {
    const { namespace, name } = request.params as Params;
    await authenticateUser(request, { verb: 'get', resource: 'executions', namespace, name }, options);
    const live = await client.getLive(sources.executions.kind, `${namespace}/${name}`);
    const { result, resultRef } = (live as Execution | undefined)?.status ?? {};
    reply.type('application/json; charset=utf-8');
    if (result !== undefined) return await reply.send(JSON.stringify(result));
    if (!live) throw new HttpError(404, `Execution ${namespace}/${name} not found`);
    if (!resultRef)
      throw new HttpError(404, `Execution ${namespace}/${name} has no result; see its status.phase and status.message`);
    if (!store) throw unavailable('There is no volume with large results', 10);
    const kept = await store.read(resultRef.digest);
    if (!kept)
      throw new HttpError(
        404,
        `The result ${resultRef.digest} of Execution ${namespace}/${name} is not in the result store any more`,
      );
    return await reply.header('content-length', kept.bytes).send(kept.stream);
  });
}
