// runners/installer/hostile.test.ts — attacks on whoever unpacks and reads a pack: each is refused, by the file's name, with the reason.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import { readPack } from '../../operator/domain/pack/read.ts';
import { admission } from './admission.ts';
import { StepFailure } from './failure.ts';
import { treeOf } from './pack-tree.ts';
import { survey } from './survey.ts';
import { type Made, madeTar, paxRecord } from './tar-made.setup.ts';
import { unpack } from './unpack.ts';

const MIB = 1024 * 1024;
const LIMITS = { files: 20_000, fileBytes: 20 * MIB, totalBytes: 200 * MIB, yamlBytes: MIB };
const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), 'squall-hostile-'));
  folders.push(folder);
  return folder;
}

function figures(what: string, since: { begin: number; cpu: NodeJS.CpuUsage; rss: number }): string {
  const { user, system } = process.cpuUsage(since.cpu);
  const mib = (process.memoryUsage.rss() - since.rss) / MIB;
  const [ms, busyMs] = [performance.now() - since.begin, (user + system) / 1000];
  return `${what}: ${ms.toFixed(0)} ms, ${busyMs.toFixed(0)} ms of CPU, ${mib.toFixed(0)} MiB`;
}

/** Says what it took, and hands on what went wrong; the figures are for people. */
async function measured(what: string, act: () => unknown): Promise<StepFailure> {
  const [begin, cpu, rss] = [performance.now(), process.cpuUsage(), process.memoryUsage.rss()];
  let failure: unknown;
  try {
    await act();
  } catch (error) {
    failure = error;
  }
  console.info(figures(what, { begin, cpu, rss }));
  expect(failure).toBeInstanceOf(StepFailure);
  return failure as StepFailure;
}

/** What is refused of an archive; nothing of it was written. */
async function refusedArchive(what: string, archive: Buffer): Promise<string> {
  const top = scratch();
  const [file, into] = [join(top, 'archive'), join(top, 'into')];
  writeFileSync(file, archive);
  mkdirSync(into);
  const failure = await measured(what, () => unpack(file, into, LIMITS, new AbortController().signal));
  expect(readdirSync(into)).toEqual([]);
  return failure.message;
}

const pack: Made = { name: 'pack.yaml', content: 'name: x\n' };
const link = (name: string, target: string): Made => ({ name, type: '2', target });

const archives: readonly (readonly [what: string, entries: readonly Made[], message: RegExp])[] = [
  ['zip-slip', [{ name: '../../etc/cron.d/x', content: 'x' }], /^\.\.\/\.\.\/etc\/cron\.d\/x: .*leaves the pack/],
  ['zip-slip in the middle', [{ name: 'actions/../../x', content: 'x' }], /^actions\/\.\.\/\.\.\/x: .*leaves/],
  ['absolute path', [{ name: '/etc/passwd', content: 'x' }], /^\/etc\/passwd: the path is absolute/],
  ['absolute path in a record', [paxRecord('path', '/etc/passwd'), pack], /^\/etc\/passwd: the path is absolute/],
  ['absolute link', [link('actions/run.sh', '/var/run/squall/token')], /^actions\/run\.sh: the link points to \/var/],
  ['link out', [link('actions/lib', '../../x')], /^actions\/lib: the link points to \.\.\/\.\.\/x, out of the pack/],
  ['chain of links', [link('a', '.'), link('b', 'a/../x')], /^b: the link points to a\/\.\.\/x, which has \.\. after/],
  [
    'file through a link',
    [link('a', 'lib'), { name: 'a/x', content: 'x' }],
    /^a: other files are inside of it, and it is a link/,
  ],
  ['link in place of a file', [pack, link('pack.yaml', 'x')], /^pack\.yaml: it is there twice, as file and as link/],
  [
    'file in place of a link',
    [link('x', 'y'), { name: 'x', content: 'z' }],
    /^x: it is there twice, as link and as file/,
  ],
  ['hard link out', [{ name: 'x', type: '1', target: '/etc/shadow' }], /^x: it is a hard link to \/etc\/shadow/],
  ['hard link to a link', [link('a', 'b'), { name: 'x', type: '1', target: 'a' }], /^x: it is a hard link to a/],
  ['device', [{ name: 'null', type: '3' }], /^null: it is a device/],
  ['pipe', [{ name: 'actions/x', type: '6' }], /^actions\/x: it is a pipe/],
  ['sparse file', [{ name: 'x', type: 'S' }], /^x: it is a sparse file/],
  [
    'name with a line break',
    [{ name: 'actions/a\nb.yaml', content: 'x' }],
    /^actions\/a\\x0ab\.yaml: the name has a line break/,
  ],
  ['name with NUL', [paxRecord('path', 'actions/a\0.yaml'), pack], /^actions\/a\\x00\.yaml: the name has NUL/],
  [
    'name not UTF-8',
    [{ name: Buffer.from('actions/\xe9t\xe9', 'latin1'), content: 'x' }],
    /^actions\/\\xe9t\\xe9: the name is not UTF-8/,
  ],
  ['escape codes in a name', [{ name: '\u001b[2Jx', content: 'x' }], /^\\x1b\[2Jx: the name has a control character/],
  ['long name', [paxRecord('path', 'a/'.repeat(1000)), pack], /the path is longer than 1024 bytes/],
  [
    'long record',
    [{ name: 'r', type: 'L', content: Buffer.alloc(MIB, 'a') }, pack],
    /^r: a record of the archive has 1048576 bytes/,
  ],
  [
    '100 MB file',
    [{ name: 'big.bin', sizeBytes: 100_000_000 }],
    /^big\.bin: the file has 100000000 bytes; at most 20971520/,
  ],
  ['size of 8 GiB and more', [paxRecord('size', '99999999999'), { name: 'x' }], /^x: the file has 99999999999 bytes/],
];

test.each(archives)('an archive: %s', async (what, entries, message) => {
  expect(await refusedArchive(what, gzipSync(madeTar(entries)))).toMatch(message);
});

const many = (count: number): Buffer => madeTar(Array.from({ length: count }, (_, at) => ({ name: `f/${at}` })));

test.each([
  ['100 000 files', () => gzipSync(many(100_000)), /^f\/20000: the pack has more than 20000 files/],
  [
    'records without end',
    () => madeTar(Array.from({ length: 90_000 }, () => ({ name: 'r', type: 'g' }))),
    /^r: the archive has more than 80016 headers/,
  ],
  [
    'decompression bomb in one file',
    () => gzipSync(madeTar([{ name: 'z', content: Buffer.alloc(19 * MIB) }])),
    /^\(archive\): it becomes more than 100 times as large/,
  ],
  [
    'decompression bomb in many files',
    () =>
      zstdCompressSync(
        madeTar(Array.from({ length: 30 }, (_, at) => ({ name: `z${at}`, content: Buffer.alloc(19 * MIB) }))),
      ),
    /^\(archive\): .*bomb/,
  ],
  [
    'files of 200 MiB together',
    () => madeTar(Array.from({ length: 11 }, (_, at) => ({ name: `z${at}`, content: Buffer.alloc(19 * MIB, at + 1) }))),
    /^z10: up to here the files have \d+ bytes; at most 209715200/,
  ],
  [
    'cut off',
    () => gzipSync(madeTar([{ name: 'x', content: 'y'.repeat(5000) }]).subarray(0, 2000)),
    /no tar archive, or was cut off/,
  ],
  ['zip', () => Buffer.from('PK\x03\x04aaaaaaaaaaaaa'), /a zip archive: upload a \.tar/],
  ['noise', () => gzipSync(Buffer.alloc(4096, 'noise')), /^The archive is damaged/],
] as const)('an archive: %s', async (what, archive, message) => {
  expect(await refusedArchive(what, archive())).toMatch(message);
});

/** What is refused of a folder on a volume. */
async function refusedFolder(what: string, make: (top: string) => void): Promise<string> {
  const top = scratch();
  make(top);
  return (await measured(what, () => survey(top, admission(LIMITS), LIMITS.files))).message;
}

test('a folder: links out, pipes, and names that are not UTF-8', async () => {
  expect(await refusedFolder('link', (top) => symlinkSync('/etc/passwd', join(top, 'passwd')))).toMatch(
    /^passwd: the link points to \/etc\/passwd/,
  );
  expect(await refusedFolder('pipe', (top) => execFileSync('mkfifo', [join(top, 'actions.yaml')]))).toMatch(
    /^actions\.yaml: it is a pipe/,
  );
  const name = (top: string): Buffer => Buffer.concat([Buffer.from(`${top}/`), Buffer.from('\xff\xfe', 'latin1')]);
  expect(await refusedFolder('name', (top) => writeFileSync(name(top), ''))).toMatch(
    /^\\xff\\xfe: the name is not UTF-8/,
  );
});

test('a folder of more files than are taken is not looked at one by one', async () => {
  const make = (top: string): void => {
    for (let at = 0; at < 40_100; at++) symlinkSync('x', join(top, String(at)));
  };
  expect(await refusedFolder('40 100 entries', make)).toMatch(/the pack has more than 20000 files/);
});

/** Findings of a pack with this file. */
function findingsOf(what: string, file: string, content: string | Buffer): readonly string[] {
  const top = scratch();
  mkdirSync(join(top, 'actions'));
  writeFileSync(join(top, 'pack.yaml'), 'ref: x\nname: x\ndescription: x\nversion: 1.0.0\nauthor: x\nemail: x@x.org\n');
  writeFileSync(join(top, file), content);
  const entries = survey(top, admission(LIMITS), LIMITS.files);
  const [begin, cpu, rss] = [performance.now(), process.cpuUsage(), process.memoryUsage.rss()];
  const reading = readPack(treeOf(top, entries, { yamlBytes: LIMITS.yamlBytes, directoryName: undefined }));
  console.info(figures(what, { begin, cpu, rss }));
  return reading.ok ? [] : reading.findings.map((finding) => finding.file);
}

const laughs = (levels: number): string =>
  [
    'a0: &a0 [x,x,x,x,x,x,x,x,x,x]',
    ...Array.from(
      { length: levels },
      (_, at) => `a${at + 1}: &a${at + 1} [${Array.from({ length: 10 }, () => `*a${at}`).join()}]`,
    ),
  ].join('\n');

test.each([
  ['billion laughs', laughs(9)],
  ['deep nesting', '['.repeat(100_000)],
  ['deep mappings', Array.from({ length: 5000 }, (_, at) => `${' '.repeat(at)}a:`).join('\n')],
  ['a megabyte of dashes', '- '.repeat(500_000)],
  ['Python objects', 'name: !!python/object/apply:os.system ["true"]'],
  ['larger than metadata may be', `name: ${'x'.repeat(MIB)}`],
  ['not UTF-8', Buffer.from('name: \xff\xfe', 'latin1')],
])('YAML: %s', (what, content) => {
  expect(findingsOf(what, 'actions/bomb.yaml', content)).toContain('actions/bomb.yaml');
});
