// operator/domain/pack/source.test.ts — every way in which StackStorm's users write where a pack comes from.
import { expect, test } from 'vitest';
import { parseSource, type PackLocation, sourceFault } from './source.ts';

const index = (name: string, version?: string): PackLocation => ({ kind: 'index', name, version });
const git = (url: string, ref?: string): PackLocation => ({ kind: 'git', url, ref });

test.each<[string, PackLocation]>([
  ['cloudflare', index('cloudflare')],
  ['cloudflare=776b9a4', index('cloudflare', '776b9a4')],
  ['cloudflare=0.1.0', index('cloudflare', '0.1.0')],
  [' cloudflare= ', index('cloudflare')],
  ['cloudflare/', index('cloudflare')],
  ['owner/repo', git('https://github.com/owner/repo')],
  ['owner/stackstorm-repo=v1.2.0', git('https://github.com/owner/stackstorm-repo', 'v1.2.0')],
  ['owner/repo/', git('https://github.com/owner/repo')],
  ['Owner/Repo.git=V1', git('https://github.com/Owner/Repo.git', 'V1')],
  ['https://host/owner/repo', git('https://host/owner/repo')],
  ['https://host/owner/repo/=dev', git('https://host/owner/repo/', 'dev')],
  ['https://host/owner/repo=branch', git('https://host/owner/repo', 'branch')],
  ['https://host/owner/repo=feature/x', git('https://host/owner/repo', 'feature/x')],
  ['https://host/owner/repo.git=1.0=dropped', git('https://host/owner/repo.git', '1.0')],
  ['git@host:owner/repo.git', git('git@host:owner/repo.git')],
  ['git@host:repo.git=dev', git('git@host:repo.git', 'dev')],
  ['gitlab@host:repo/x=main', git('gitlab@host:repo/x', 'main')],
  ['ssh://git@host:2222/owner/repo', git('ssh://git@host:2222/owner/repo')],
  ['file:///srv/packs/acme', git('file:///srv/packs/acme')],
  ['file:///srv/acme=dev', git('file:///srv/acme', 'dev')],
])('%s', (text, location) => {
  expect(parseSource(text)).toEqual(location);
});

test.each([
  ['', /names no pack; write name, name=version, owner\/repository/],
  ['=1.0', /names no pack/],
  ['csv==1.0.0', /^"csv==1\.0\.0": it has == in it; write csv=1\.0\.0$/],
  ['a b', /has blanks/],
  ['acme\n', undefined],
  ['acme=\nx', /has blanks/],
  ['--upload-pack=touch', /begins with -/],
  ['acme=--exec', /begins with -/],
  ['ext::sh -c x/y', /has blanks/],
  ['ext::sh/y', /no address of a repository/],
  [
    'host.example/owner/repo',
    /no address of a repository; write https:\/\/host\.example\/owner\/repo, or on the command line \.\/host\.example\/owner\/repo for a folder/,
  ],
  ['ftp://host/x', /not fetched by ftp; use https, ssh or file/],
  ['https://user:secret@host/a b', /https:\/\/…@host/],
])('%j is no source', (text, message) => {
  const location = parseSource(text);
  expect(location.kind === 'invalid' ? location.message : '').toMatch(message ?? /^$/);
});

test.each([
  [{ from: 'acme=1.0' }, undefined],
  [{ from: 'https://host/owner/repo' }, undefined],
  [{ source: { inline: {} } }, undefined],
  [{ source: { git: { url: 'file:///packs/acme', claimName: 'packs' } } }, undefined],
  [{ from: 'a b' }, /^spec\.from: "a b": it has blanks/],
  [
    { from: 'file:///srv/acme=dev' },
    /^spec\.from: "file:\/\/\/srv\/acme" .* give spec\.source\.git with claimName, .*: squall pack install file:\/\/\/srv\/acme$/,
  ],
  [{ from: '/srv/acme' }, /^spec\.from: "\/srv\/acme" is a folder of some machine/],
  [{ from: './acme/deep/er' }, /^spec\.from: "\.\/acme\/deep\/er" is a folder of some machine/],
  [
    { source: { git: { url: '/srv/acme', claimName: 'packs' } } },
    /^spec\.source\.git\.url: "\/srv\/acme" .* write file:\/\/\/srv\/acme$/,
  ],
  [{ source: { git: { url: 'FILE:///srv/acme' } } }, /^spec\.source\.git\.url: "FILE:\/\/\/srv\/acme"/],
])('%j in a Pack', (spec, message) => {
  expect(sourceFault(spec) ?? '').toMatch(message ?? /^$/);
});
