// operator/controllers/pack-manifests.ts — what installations have brought, as the pack store has it.
import type { Manifest } from '../api/install.ts';
import type { Pack } from '../api/kinds.ts';
import { readManifest } from '../domain/install/manifest.ts';
import type { Log } from '../telemetry/log.ts';

/** Manifests that are remembered, by digest: so many characters of them, which make about three times as many bytes. */
const REMEMBERED = 4 * 1024 * 1024;

type Manifests = (digest: string) => Promise<Manifest | undefined>;

/** By digest, so that none is ever out of date; one that cannot be read, as another release has written it, is as good as gone. */
export function rememberedManifests(read: (digest: string) => Promise<string | undefined>, log: Log): Manifests {
  const known = new Map<string, { readonly manifest: Manifest; readonly length: number }>();
  let length = 0;
  return async (digest) => {
    const found = known.get(digest);
    if (found) return found.manifest;
    const text = await read(digest);
    if (text === undefined) return undefined;
    const manifest = readManifest(text);
    if (typeof manifest === 'string') {
      log.warn({ digest, fault: manifest }, 'the manifest of a pack cannot be read');
      return undefined;
    }
    known.set(digest, { manifest, length: text.length });
    length += text.length;
    for (const [oldest, one] of known) {
      if (length <= REMEMBERED) break;
      known.delete(oldest);
      length -= one.length;
    }
    return manifest;
  };
}

/** Of what is being registered, else of what is installed; of a Pack that goes none is wanted. */
export async function manifestOf(
  { metadata, status }: Pack,
  manifests: Manifests,
): Promise<Manifest | 'missing' | undefined> {
  if (metadata.deletionTimestamp !== undefined) return undefined;
  const reported = status?.install?.step === 'Register' ? status.install.reported : undefined;
  const content = reported ?? status?.installed?.content;
  return content && ((await manifests(content.manifest)) ?? 'missing');
}
