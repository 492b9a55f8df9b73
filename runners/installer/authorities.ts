// runners/installer/authorities.ts — the system's authorities and those that are given → one file that git, uv and indexes are trusted by.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const SYSTEM = '/etc/ssl/certs/ca-certificates.crt';

/** Path of the file; undefined when there is nothing to add to the system's. */
export function joinAuthorities(
  given: readonly (string | undefined)[],
  env: NodeJS.ProcessEnv,
  scratch: string,
): string | undefined {
  const files = given.filter((file) => file !== undefined);
  if (files.length === 0) return undefined;
  const system = [env['SSL_CERT_FILE'], SYSTEM].find((path) => path !== undefined && existsSync(path));
  const parts = [...(system === undefined ? [] : [system]), ...files].map((path) =>
    readFileSync(path, 'utf8').trimEnd(),
  );
  const file = join(scratch, 'authorities.pem');
  writeFileSync(file, `${parts.join('\n')}\n`);
  return file;
}
