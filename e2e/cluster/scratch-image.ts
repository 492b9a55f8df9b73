// e2e/cluster/scratch-image.ts — One static binary → an OCI archive whose image holds nothing else.
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { run } from './command.ts';
import { paths } from './home.ts';

/** Makes the archive of `name` with `binary` as its entry point; reuses the one made from the same binary before. */
export async function scratchImage(name: string, binary: string): Promise<string> {
  const program = basename(binary);
  const stamp = sha256(await readFile(binary)).slice(0, 16);
  const archive = join(paths.images, `${program}-${stamp}.tar`);
  if (existsSync(archive)) return archive;
  await mkdir(paths.images, { recursive: true });
  const folder = await mkdtemp(join(paths.images, '.making-'));
  try {
    await writeLayout(folder, name, binary);
    await run('tar', ['-C', folder, '-cf', `${archive}.new`, 'oci-layout', 'index.json', 'blobs']);
    await rename(`${archive}.new`, archive);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return archive;
}

async function writeLayout(folder: string, name: string, binary: string): Promise<void> {
  const blobs = join(folder, 'blobs', 'sha256');
  await mkdir(blobs, { recursive: true });
  const put = async (content: Buffer | string) => {
    const digest = sha256(content);
    await writeFile(join(blobs, digest), content);
    return { digest: `sha256:${digest}`, size: Buffer.byteLength(content) };
  };
  const layer = await put(await layerOf(folder, binary));
  const config = await put(
    JSON.stringify({
      architecture: process.arch === 'arm64' ? 'arm64' : 'amd64',
      os: 'linux',
      config: { Entrypoint: [`/${basename(binary)}`] },
      rootfs: { type: 'layers', diff_ids: [layer.digest] },
    }),
  );
  const type = (kind: string) => `application/vnd.oci.image.${kind}`;
  const manifest = await put(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: type('manifest.v1+json'),
      config: { mediaType: type('config.v1+json'), ...config },
      layers: [{ mediaType: type('layer.v1.tar'), ...layer }],
    }),
  );
  const annotations = { 'io.containerd.image.name': name };
  const entry = { mediaType: type('manifest.v1+json'), ...manifest, annotations };
  await writeFile(join(folder, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests: [entry] }));
  await writeFile(join(folder, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
}

async function layerOf(folder: string, binary: string): Promise<Buffer> {
  const root = join(folder, 'root');
  await mkdir(root);
  await copyFile(binary, join(root, basename(binary)));
  const file = join(folder, 'layer.tar');
  await run('tar', ['-C', root, '--owner=0', '--group=0', '--mtime=@0', '-cf', file, basename(binary)]);
  return readFile(file);
}

const sha256 = (content: Buffer | string) => createHash('sha256').update(content).digest('hex');
