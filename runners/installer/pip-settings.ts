// runners/installer/pip-settings.ts — pip's variables → uv's: uv does not read pip's own. pip.conf is not read.

type Variables = Readonly<Record<string, string | undefined>>;

interface Translation {
  readonly pip: string;
  readonly uv: string;
  readonly value?: (value: string) => string | undefined;
}

const isOn = (value: string): string | undefined => (/^(?:1|true|yes|on|y|t)$/i.test(value) ? '1' : undefined);
const onlyAll = (value: string): string | undefined => (value.trim() === ':all:' ? '1' : undefined);
const withCommas = (value: string): string => value.trim().split(/\s+/).join(',');

const TRANSLATIONS: readonly Translation[] = [
  { pip: 'INDEX_URL', uv: 'UV_DEFAULT_INDEX' },
  { pip: 'EXTRA_INDEX_URL', uv: 'UV_INDEX' },
  { pip: 'TRUSTED_HOST', uv: 'UV_INSECURE_HOST' },
  { pip: 'CERT', uv: 'SSL_CERT_FILE' },
  { pip: 'CLIENT_CERT', uv: 'SSL_CLIENT_CERT' },
  { pip: 'NO_INDEX', uv: 'UV_NO_INDEX', value: isOn },
  { pip: 'FIND_LINKS', uv: 'UV_FIND_LINKS', value: withCommas },
  { pip: 'CONSTRAINT', uv: 'UV_CONSTRAINT' },
  { pip: 'PRE', uv: 'UV_PRERELEASE', value: (value) => (isOn(value) ? 'allow' : undefined) },
  { pip: 'NO_BINARY', uv: 'UV_NO_BINARY', value: onlyAll },
  { pip: 'ONLY_BINARY', uv: 'UV_NO_BUILD', value: onlyAll },
  { pip: 'NO_BUILD_ISOLATION', uv: 'UV_NO_BUILD_ISOLATION', value: isOn },
  { pip: 'REQUIRE_HASHES', uv: 'UV_REQUIRE_HASHES', value: isOn },
  { pip: 'DEFAULT_TIMEOUT', uv: 'UV_HTTP_TIMEOUT' },
  { pip: 'TIMEOUT', uv: 'UV_HTTP_TIMEOUT' },
  { pip: 'RETRIES', uv: 'UV_HTTP_RETRIES' },
  { pip: 'PROXY', uv: 'ALL_PROXY' },
];

/** SQUALL_PIP_X comes before PIP_X, and uv's own variable before both. */
export function uvSettings(env: Variables): Record<string, string> {
  const settings: Record<string, string> = {};
  for (const { pip, uv, value = (text: string) => text } of TRANSLATIONS) {
    const given = env[`SQUALL_PIP_${pip}`] || env[`PIP_${pip}`];
    const translated = given ? value(given) : undefined;
    if (translated !== undefined) settings[uv] = translated;
  }
  const own = Object.entries(env).filter(
    ([name, value]) => value && (name.startsWith('UV_') || name === 'SSL_CERT_FILE'),
  );
  return { ...settings, ...Object.fromEntries(own as [string, string][]) };
}
