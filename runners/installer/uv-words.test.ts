// runners/installer/uv-words.test.ts — what uv really wrote, and what people read first.
import { expect, test } from 'vitest';
import { uvFailure } from './uv-words.ts';

const COMPILER = `Resolved 1 package in 599ms
   Building bad @ file:///srv/bad
error: Failed to build \`bad @ file:///srv/bad\`
  cause: The build backend returned an error
  cause: Call to \`setuptools.build_meta:__legacy__.build_wheel\` failed (exit status: 1)

         [stdout]
         running bdist_wheel
         gcc -Wall -fPIC -c bad.c -o build/bad.o

         [stderr]
         bad.c:1:10: fatal error: nothere.h: No such file or directory
             1 | #include <nothere.h>
               |          ^~~~~~~~~~~
         compilation terminated.
         error: Command '['gcc', '-Wall', '-c', 'bad.c']' returned non-zero exit status 1.

hint: This error likely indicates that you need to install a library that provides \`nothere.h\` for \`bad\`
`;
const TRACEBACK = `error: The build backend returned an error
  cause: Call to \`setuptools.build_meta:__legacy__.get_requires_for_build_wheel\` failed (exit status: 1)

         [stderr]
         Traceback (most recent call last):
           File "<string>", line 14, in <module>
           File "<string>", line 1, in <module>
         ModuleNotFoundError: No module named 'pkg_resources'
`;
const BARE_EXCEPTION = `error: Failed to build \`mysqlclient==2.3.1\`
  cause: The build backend returned an error

         [stderr]
         /bin/sh: 1: pkg-config: not found
         Traceback (most recent call last):
           File "<string>", line 27, in find_package_name
         Exception: Can not find valid pkg-config name.
         Specify MYSQLCLIENT_CFLAGS and MYSQLCLIENT_LDFLAGS env vars manually

hint: Build failures usually indicate a problem with the package or the build environment
`;
const WITHOUT_ERROR = `error: Failed to build \`old==1\`

         [stderr]
         this package has been withdrawn

hint: Build failures usually indicate a problem with the package or the build environment
`;
const RESOLVER = `error: No solution found when resolving dependencies
  cause: Because you require decorator==5.2.1 and decorator==5.1.1, we can conclude that your requirements are unsatisfiable.
`;
const GIT = `error: Git operation failed
  cause: failed to clone into: /tmp/uv-cache/git-v2/db/8def9834d2657108
  cause: process didn't exit successfully: \`/usr/bin/git fetch 'https://127.0.0.1:1/x.git'\` (exit status: 128)
         --- stderr
         fatal: unable to access 'https://127.0.0.1:1/x.git/': Failed to connect to 127.0.0.1 port 1
`;

const first = (stderr: string, count: number): readonly string[] =>
  uvFailure('uv pip install -r requirements.txt', stderr).split('\n').slice(0, count);

test.each([
  [
    'a compiler',
    COMPILER,
    [
      'uv pip install -r requirements.txt: Failed to build `bad @ file:///srv/bad`',
      'bad.c:1:10: fatal error: nothere.h: No such file or directory',
      'hint: This error likely indicates that you need to install a library that provides `nothere.h` for `bad`',
    ],
  ],
  ['Python', TRACEBACK, ["uv pip install -r requirements.txt: ModuleNotFoundError: No module named 'pkg_resources'"]],
  [
    'a bare exception',
    BARE_EXCEPTION,
    [
      'uv pip install -r requirements.txt: Failed to build `mysqlclient==2.3.1`',
      'Exception: Can not find valid pkg-config name.',
      'hint: Build failures usually indicate a problem with the package or the build environment',
    ],
  ],
  [
    'a tool without an error',
    WITHOUT_ERROR,
    [
      'uv pip install -r requirements.txt: Failed to build `old==1`',
      'this package has been withdrawn',
      'hint: Build failures usually indicate a problem with the package or the build environment',
    ],
  ],
  [
    'the resolver',
    RESOLVER,
    [
      'uv pip install -r requirements.txt: No solution found when resolving dependencies',
      'cause: Because you require decorator==5.2.1 and decorator==5.1.1, we can conclude that your requirements are unsatisfiable.',
    ],
  ],
  [
    'git',
    GIT,
    [
      'uv pip install -r requirements.txt: Git operation failed',
      'cause: failed to clone into: /tmp/uv-cache/git-v2/db/8def9834d2657108',
      "cause: process didn't exit successfully: `/usr/bin/git fetch 'https://127.0.0.1:1/x.git'` (exit status: 128)",
      "fatal: unable to access 'https://127.0.0.1:1/x.git/': Failed to connect to 127.0.0.1 port 1",
    ],
  ],
])('what %s says comes first', (_what, stderr, expected) => {
  expect(first(stderr, expected.length)).toEqual(expected);
});

test('a log of any length leaves room for the cause', () => {
  const long = COMPILER.replace('[stdout]', `[stdout]\n${'         running build_ext\n'.repeat(2000)}`);
  const told = uvFailure('uv pip install -r requirements.txt', `${long}${'         more of it\n'.repeat(400)}`);
  expect(told.slice(0, 1024)).toContain('nothere.h: No such file or directory');
  expect(told.length).toBeLessThanOrEqual(3500);
  const wide = uvFailure('uv pip install', `error: ${'x'.repeat(9000)}\n  cause: ${'y'.repeat(9000)}\n`);
  expect(wide.slice(0, 1024)).toContain('yyy');
});

test('what is the cause alone is told once', () => {
  expect(uvFailure('uv pip install', 'error: Not found at: file:///x.whl\n')).toBe(
    'uv pip install: Not found at: file:///x.whl',
  );
  expect(uvFailure('uv pip install', RESOLVER).match(/decorator==5\.2\.1/g)).toHaveLength(1);
});

test('something else is told by its end', () => {
  expect(uvFailure('uv venv', 'one\ntwo\n')).toBe('uv venv: it failed\none\ntwo');
});
