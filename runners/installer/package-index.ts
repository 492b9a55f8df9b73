// runners/installer/package-index.ts — the Secret with the package index of a company → variables of uv, an authority, and what must not be shown.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { uvSettings } from './pip-settings.ts';

export interface PackageIndex {
  /** For uv, beside those of the container; these count. */
  readonly variables: Readonly<Record<string, string>>;
  /** File of an authority that the index is trusted by. */
  readonly authority: string | undefined;
  /** Passwords, of the container's variables too. */
  readonly secrets: readonly string[];
}

/** `folder` has the keys of the Secret as files, and need not be there. Keys that are neither uv's nor pip's do nothing. */
export function packageIndex(folder: string, env: NodeJS.ProcessEnv): PackageIndex {
  const names = existsSync(folder) ? readdirSync(folder) : [];
  const given = Object.fromEntries(
    names
      .filter((name) => /^(?:UV|PIP)_[A-Z0-9_]+$/.test(name))
      .map((name) => [name, readFileSync(join(folder, name), 'utf8').trim()]),
  );
  const file = (name: string): string | undefined => (names.includes(name) ? join(folder, name) : undefined);
  const [config, netrc] = [file('uv.toml'), file('netrc')];
  return {
    variables: {
      ...uvSettings(given),
      ...(config !== undefined && { UV_CONFIG_FILE: config }),
      ...(netrc !== undefined && { NETRC: netrc }),
    },
    authority: file('ca.crt'),
    secrets: [
      ...passwordsOf({ ...env, ...given }),
      ...passwordsIn(config === undefined ? '' : readFileSync(config, 'utf8')),
      ...(netrc === undefined ? [] : passwordsOfNetrc(readFileSync(netrc, 'utf8'))),
    ],
  };
}

const passwordsOf = (variables: NodeJS.ProcessEnv): readonly string[] =>
  Object.entries(variables).flatMap(([name, value = '']) => {
    if (/^UV_INDEX_\w+_PASSWORD$/.test(name)) return [value];
    return /^(?:UV|PIP|SQUALL_PIP)_|_proxy$/i.test(name) ? passwordsIn(value) : [];
  });

/** Of addresses, as they are written and as they are meant. */
const passwordsIn = (text: string): readonly string[] =>
  [...text.matchAll(/:\/\/[^\s/@:'"]*:([^\s/@'"]+)@/g)].flatMap(([, password = '']) => [password, decoded(password)]);

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const passwordsOfNetrc = (text: string): readonly string[] =>
  [...text.matchAll(/\bpassword\s+(\S+)/g)].map(([, password = '']) => password);
