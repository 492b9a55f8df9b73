// cli/pack-config.setup.ts — for tests of configurations: an API server with a Pack, whose writes are kept.
import { type Answer, reply, serve } from './api-server.setup.ts';
import type { ConfigSchemas } from './pack-config-schema.ts';

export const SCHEMAS: ConfigSchemas = {
  host: { type: 'string', description: 'Where it is.', required: true },
  port: { type: 'integer', default: 6379 },
  mode: { type: 'string', enum: ['fast', 'safe'], default: 'safe' },
  tls: { type: 'boolean' },
  token: { type: 'string', secret: true, required: true },
  regions: { type: 'array', items: { type: 'string' } },
  servers: { type: 'array', items: { type: 'object', properties: { url: { type: 'string' } } } },
  profiles: {
    type: 'object',
    additionalProperties: {
      type: 'object',
      properties: { user: { type: 'string' }, password: { type: 'string', secret: true } },
    },
  },
};

export const PACK_PATH = '/apis/squall.dev/v1alpha1/namespaces/team/packs/redis';
export const MAP_PATH = '/api/v1/namespaces/team/configmaps';
/** As the API server has it; `config` is its spec.config. */
export const packOf = (configSchema: ConfigSchemas, config?: object) => ({
  metadata: { name: 'redis', namespace: 'team', resourceVersion: '7' },
  spec: { from: 'redis', ...(config && { config }) },
  status: { ref: 'redis', version: '1.2.0', configSchema },
});

/** An API server with a Pack; what is written is kept by method and path. */
export async function cluster(routes: Record<string, Answer>) {
  const written: Record<string, unknown> = {};
  const keep =
    (code = 200): Answer =>
    (request, response, body) => {
      written[`${request.method} ${request.url}`] = JSON.parse(body);
      reply({}, code)(request, response, body);
    };
  const squall = await serve({
    [`PATCH ${PACK_PATH}`]: keep(),
    'POST /api/v1/namespaces/team/secrets': keep(201),
    [`POST ${MAP_PATH}`]: keep(201),
    [`PATCH ${MAP_PATH}/squall-configs`]: keep(),
    ...routes,
  });
  return { squall, written };
}
