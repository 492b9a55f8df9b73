// runners/installer/settings.ts — the environment of the container → where everything is.

export interface Settings {
  readonly installUrl: URL;
  readonly contentUrl: URL;
  readonly ca: string | undefined;
  readonly tokenFile: string;
  /** File of authorities that are trusted beside the system's. */
  readonly caBundle: string | undefined;
  readonly gitSecret: string;
  /** Folder of the Secret about the index of Python packages; there may be none. */
  readonly indexSecret: string;
  /** Image that this runs in, as the operator names it. */
  readonly image: string;
  readonly volume: string;
  readonly packs: string;
  readonly virtualenvs: string;
  readonly base: string;
  readonly scratch: string;
  readonly uvCache: string | undefined;
  /** What programs are started with: path, language, proxies; nothing of the operator's. */
  readonly kept: Readonly<Record<string, string>>;
  readonly all: NodeJS.ProcessEnv;
}

export class UnreadableSettings extends Error {}

/** GIT_CONFIG_COUNT and its like send git to mirrors, for example by url.<base>.insteadOf. */
const KEPT = /^(?:PATH|LANG|TZ|TMPDIR|(?:https?|all|no|ftp)_proxy|GIT_CONFIG_(?:COUNT|KEY_\d+|VALUE_\d+))$/i;

/** Throws UnreadableSettings when it does not say whom to ask. */
export function readSettings(env: NodeJS.ProcessEnv): Settings {
  const tokenFile = env['SQUALL_TOKEN_FILE'];
  if (!tokenFile) throw new UnreadableSettings('SQUALL_TOKEN_FILE must name the file of the token');
  return {
    installUrl: addressIn(env, 'SQUALL_INSTALL_URL'),
    contentUrl: addressIn(env, 'SQUALL_CONTENT_URL'),
    ca: env['SQUALL_CA'] || undefined,
    tokenFile,
    caBundle: env['SQUALL_CA_BUNDLE'] || undefined,
    gitSecret: env['SQUALL_GIT_SECRET'] || '/var/run/squall-git',
    indexSecret: env['SQUALL_INDEX_SECRET'] || '/var/run/squall-index',
    image: env['SQUALL_INSTALL_IMAGE'] || '',
    volume: env['SQUALL_VOLUME'] || '/volume',
    packs: env['SQUALL_PACKS'] || '/opt/stackstorm/packs',
    virtualenvs: env['SQUALL_VIRTUALENVS'] || '/opt/stackstorm/virtualenvs',
    base: env['SQUALL_BASE_ENVIRONMENT'] || '/opt/stackstorm/st2',
    scratch: env['TMPDIR'] || '/tmp',
    uvCache: env['SQUALL_UV_CACHE'] || undefined,
    kept: Object.fromEntries(
      Object.entries(env).filter(([name, value]) => KEPT.test(name) && value !== undefined),
    ) as Record<string, string>,
    all: env,
  };
}

function addressIn(env: NodeJS.ProcessEnv, name: string): URL {
  const text = env[name] ?? '';
  if (!URL.canParse(text) || !text.startsWith('https:')) throw new UnreadableSettings(`${name} must be https://…`);
  return new URL(text);
}
