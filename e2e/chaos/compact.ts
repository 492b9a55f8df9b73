// e2e/chaos/compact.ts — etcd forgets its history: a watch that has to resume from before gets 410 Gone.
import { request } from 'undici';

async function etcd(path: string, body: object): Promise<{ readonly header: { readonly revision: string } }> {
  const response = await request(`http://127.0.0.1:2379/v3/${path}`, { method: 'POST', body: JSON.stringify(body) });
  return (await response.body.json()) as { header: { revision: string } };
}

/** Of the embedded cluster's etcd, up to now. */
export async function compact(): Promise<void> {
  const { header } = await etcd('maintenance/status', {});
  await etcd('kv/compaction', { revision: header.revision, physical: true });
}
