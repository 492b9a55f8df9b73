// runners/installer/words.test.ts — tables: pip's settings for uv, requirements, what is masked.
import { expect, test } from 'vitest';
import { lastLines, maskOf } from './mask.ts';
import { uvSettings } from './pip-settings.ts';
import { asksForPackages, forUv } from './requirements.ts';

test.each([
  [{ PIP_INDEX_URL: 'https://a/simple' }, { UV_DEFAULT_INDEX: 'https://a/simple' }],
  [{ PIP_INDEX_URL: 'https://a', SQUALL_PIP_INDEX_URL: 'https://b' }, { UV_DEFAULT_INDEX: 'https://b' }],
  [{ PIP_INDEX_URL: 'https://a', UV_DEFAULT_INDEX: 'https://c' }, { UV_DEFAULT_INDEX: 'https://c' }],
  [{ PIP_EXTRA_INDEX_URL: 'https://a https://b' }, { UV_INDEX: 'https://a https://b' }],
  [{ PIP_TRUSTED_HOST: 'a:8080 b' }, { UV_INSECURE_HOST: 'a:8080 b' }],
  [{ PIP_CERT: '/ca.pem' }, { SSL_CERT_FILE: '/ca.pem' }],
  [
    { PIP_NO_INDEX: 'yes', PIP_FIND_LINKS: '/a  /b' },
    { UV_NO_INDEX: '1', UV_FIND_LINKS: '/a,/b' },
  ],
  [{ PIP_NO_INDEX: '0' }, {}],
  [
    { PIP_CONSTRAINT: '/c.txt', PIP_PRE: '1' },
    { UV_CONSTRAINT: '/c.txt', UV_PRERELEASE: 'allow' },
  ],
  [{ PIP_ONLY_BINARY: ':all:', PIP_NO_BINARY: 'x' }, { UV_NO_BUILD: '1' }],
  [{ PIP_INDEX_URL: '', HOME: '/root' }, {}],
])('settings %o are %o', (env, settings) => {
  expect(uvSettings(env)).toEqual(settings);
});

test.each([
  ['', false],
  ['# requests\n\n   # six\n', false],
  ['--index-url https://x\n-i y\n--require-hashes\n', false],
  ['requests', true],
  ['\r\nrequests>=2 # x\r\n', true],
  ['-e .', true],
  ['-r other.txt', true],
  ['x @ git+https://host/x@v1#egg=x', true],
])('requirements %j ask for packages: %s', (text, asks) => {
  expect(asksForPackages(text)).toBe(asks);
});

test.each([
  ['-e git+https://host/x#egg=x\n', 'git+https://host/x#egg=x\n'],
  ['six\n  --editable=git+ssh://git@host/x\r\n', 'six\n  git+ssh://git@host/x\r\n'],
  ['-e ./lib\n-e .\n', '-e ./lib\n-e .\n'],
])('for uv, %j is %j', (text, rewritten) => {
  expect(forUv(text)).toBe(rewritten);
});

test.each([
  ['https://me:pw@host/x', 'https://********@host/x'],
  ["for 'https://tok@host': x", "for 'https://********@host': x"],
  ['git@host:o/n.git and ssh://git@host/x', 'git@host:o/n.git and ssh://git@host/x'],
  ['a s3cr#t and s3cr%23t', 'a ******** and ********'],
])('%s is shown as %s', (text, shown) => {
  expect(maskOf(['s3cr#t'])(text)).toBe(shown);
});

test('the last lines are those that say something', () => {
  expect(lastLines('a\n\nb\r\nc\n\n', 2)).toBe('b\nc');
});
