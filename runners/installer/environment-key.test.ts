// runners/installer/environment-key.test.ts — when an environment is the one that was built before, and when it is not.
import { expect, test } from 'vitest';
import { askedKey, isFixed, resolvedKey, type Surroundings } from './environment-key.ts';

const around: Surroundings = { ref: 'hello', image: 'runner:1', python: '/nowhere/python3.11', settings: {} };
const resolved =
  'decorator==5.2.1 \\\n    --hash=sha256:aa \\\n    --hash=sha256:bb\nsix==1.17.0 \\\n    --hash=sha256:cc\n';
const key = (changes: Partial<Surroundings> = {}, text = resolved) => resolvedKey(text, { ...around, ...changes });

test('comments, blank lines and order do not matter', () => {
  const other =
    '# made by uv\nsix==1.17.0 --hash=sha256:cc\n\ndecorator==5.2.1 --hash=sha256:aa --hash=sha256:bb  # via\n';
  expect(key({}, other)).toBe(key());
});

test.each<[string, Partial<Surroundings>, string?]>([
  ['another version', {}, resolved.replace('5.2.1', '5.3.0')],
  ['other files of the same version', {}, resolved.replace('sha256:bb', 'sha256:b0')],
  ['another pack', { ref: 'other' }],
  ['another image', { image: 'runner:2' }],
  ['another Python', { python: '/nowhere/python3.12' }],
  ['another index', { settings: { UV_DEFAULT_INDEX: 'https://example.org/simple' } }],
])('%s is another environment', (_what, changes, text = resolved) => {
  expect(key(changes, text)).not.toBe(key());
});

test('passwords and places of files do not matter', () => {
  const at = (url: string, cache: string) => key({ settings: { UV_DEFAULT_INDEX: url, UV_CACHE_DIR: cache } });
  expect(at('https://me:old@example.org/simple', '/a')).toBe(at('https://you:new@example.org/simple', '/b'));
});

test('the requirements as written count until somebody asks to install again, and only when they name no files', () => {
  const asked = (text: string, reinstall = '') => askedKey(text, reinstall, around);
  expect(asked('requests\n# x\n')).toBe(asked('requests'));
  expect(asked('requests')).not.toBe(asked('requests', '2026-01-01'));
  expect(asked('requests')).not.toBe(key({}, 'requests'));
  for (const text of ['-r other.txt', '-c other.txt', './old', 'x @ file:///x', '-e .', 'a\nold.whl', '--find-links=x'])
    expect(asked(text)).toBeUndefined();
});

test.each([
  ['decorator==5.2.1 \\\n    --hash=sha256:aa\n', true],
  ['old @ git+https://example.org/old@0123456789012345678901234567890123456789\n', true],
  ['requests[socks]==2.31.0 ; python_version > "3"\n', true],
  ['./old\n', false],
  ['old @ file:///srv/old\n', false],
  ['old @ https://example.org/old.zip\n', false],
  ['old @ git+https://example.org/old@main\n', false],
])('%j is fixed: %s', (text, expected) => {
  expect(isFixed(text)).toBe(expected);
});
