// runners/installer/authorities.ts — the system's authorities and the ones of the Pack → one file that git and uv trust.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const SYSTEM = '/etc/ssl/certs/ca-certificates.crt';

/** Path of the file; undefined when there is nothing to add to the system's. */
export function joinAuthorities(
  caBundle: string | undefined,
  env: NodeJS.ProcessEnv,
  scratch: string,
): string | undefined {
  if (caBundle === undefined) return undefined;
  const system = [env['SSL_CERT_FILE'], SYSTEM].find((path) => path !== undefined && existsSync(path));
  const parts = [...(system === undefined ? [] : [system]), caBundle].map((path) =>
    readFileSync(path, 'utf8').trimEnd(),
  );
  const file = join(scratch, 'authorities.pem');
  writeFileSync(file, `${parts.join('\n')}\n`);
  return file;
}
