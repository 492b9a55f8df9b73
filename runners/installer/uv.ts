// runners/installer/uv.ts — uv with the settings that all its calls share: its output, or its reason in words.
import { runCommand } from './command.ts';
import { StepFailure } from './failure.ts';
import { uvFailure } from './uv-words.ts';

export interface UvOptions {
  /** Working directory: requirements may name files of the pack by relative paths. */
  readonly cwd: string;
  /** Variables of uv, and of git for requirements that name repositories. */
  readonly env: Readonly<Record<string, string>>;
  /** For all calls together. */
  readonly timeoutSeconds: number;
  readonly stop: AbortSignal;
  /** Takes what uv wrote about a call that failed, for the log. */
  readonly log: (text: string) => void;
  /** Puts passwords, and the names of files that only we know, out of a text. */
  readonly clean: (text: string) => string;
}

/** Calls uv and hands out its standard output, at most 8 MiB. Throws StepFailure, the cause first. */
export type Uv = (words: readonly string[], called: string) => Promise<string>;

const DEFAULTS = {
  // Only what the image has.
  UV_PYTHON_DOWNLOADS: 'never',
  // The image's authorities, as git and all others use them, not uv's own list.
  UV_SYSTEM_CERTS: '1',
  // Compiled files that name no time: the archive has none, and equal files make equal bytes.
  PYC_INVALIDATION_MODE: 'UNCHECKED_HASH',
  SOURCE_DATE_EPOCH: '315532800',
  PYTHONHASHSEED: '0',
};

export function uvIn({ cwd, env, timeoutSeconds, stop, log, clean }: UvOptions): Uv {
  const until = performance.now() + timeoutSeconds * 1000;
  const all = { ...DEFAULTS, ...ownConfig(env), ...env };
  return async (words, called) => {
    const left = Math.max(1, Math.ceil((until - performance.now()) / 1000));
    const given = ['--no-progress', '--color', 'never', ...words];
    const { code, stdout, stderr } = await runCommand('uv', given, { env: all, cwd, timeoutSeconds: left, stop });
    if (code === 0) return stdout;
    const told = clean(stderr);
    log(told.trimEnd());
    throw new StepFailure(uvFailure(called, told));
  };
}

/** What a pack says about uv itself does not count; a file that the operator names does. */
const ownConfig = (env: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  'UV_CONFIG_FILE' in env ? {} : { UV_NO_CONFIG: '1' };
