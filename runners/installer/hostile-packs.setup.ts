// runners/installer/hostile-packs.setup.ts — for tests and benchmarks: packs that attack whoever unpacks and reads them.
import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { readPack } from '../../operator/domain/pack/read.ts';
import { admission } from './admission.ts';
import { StepFailure } from './failure.ts';
import { treeOf } from './pack-tree.ts';
import { survey } from './survey.ts';
import { type Made, madeTar, paxRecord } from './tar-made.setup.ts';
import { unpack } from './unpack.ts';

const MIB = 1024 * 1024;
const LIMITS = { files: 20_000, fileBytes: 20 * MIB, totalBytes: 200 * MIB, yamlBytes: MIB };

export interface Attack {
  readonly what: string;
  /** What it is refused with, by the file's name. */
  readonly message: RegExp;
  /** Makes it in an empty folder. */
  readonly make: (top: string) => void;
  /** What is said of it, all in one text; nothing where it is taken. */
  readonly meet: (top: string) => string | Promise<string>;
}

async function refusal(act: () => unknown): Promise<string> {
  try {
    await act();
    return '';
  } catch (error) {
    if (error instanceof StepFailure) return error.message;
    throw error;
  }
}

/** An archive that somebody uploads; nothing of it is written. */
const uploaded = (what: string, make: () => Buffer, message: RegExp): Attack => ({
  what: `archive: ${what}`,
  message,
  make(top) {
    writeFileSync(join(top, 'archive'), make());
    mkdirSync(join(top, 'into'));
  },
  meet: (top) => refusal(() => unpack(join(top, 'archive'), join(top, 'into'), LIMITS, new AbortController().signal)),
});

/** Files on a volume. */
const onVolume = (what: string, make: (top: string) => void, message: RegExp): Attack => ({
  what: `folder: ${what}`,
  message,
  make,
  meet: (top) => refusal(() => survey(top, admission(LIMITS), LIMITS.files)),
});

const BOMB = 'actions/bomb.yaml';
/** A file of metadata. */
const inYaml = (what: string, content: string | Buffer): Attack => ({
  what: `YAML: ${what}`,
  message: new RegExp(`^${BOMB}: .`, 'm'),
  make(top) {
    mkdirSync(join(top, 'actions'));
    const pack = 'ref: x\nname: x\ndescription: x\nversion: 1.0.0\nauthor: x\nemail: x@x.org\n';
    writeFileSync(join(top, 'pack.yaml'), pack);
    writeFileSync(join(top, BOMB), content);
  },
  meet(top) {
    const entries = survey(top, admission(LIMITS), LIMITS.files);
    const reading = readPack(treeOf(top, entries, { yamlBytes: LIMITS.yamlBytes, directoryName: undefined }));
    return reading.ok ? '' : reading.findings.map(({ file, message }) => `${file}: ${message}`).join('\n');
  },
});

const pack: Made = { name: 'pack.yaml', content: 'name: x\n' };
const link = (name: string, target: string): Made => ({ name, type: '2', target });
const small = (what: string, entries: readonly Made[], message: RegExp): Attack =>
  uploaded(what, () => gzipSync(madeTar(entries)), message);

const SMALL: readonly Attack[] = [
  small('zip-slip', [{ name: '../../etc/cron.d/x', content: 'x' }], /^\.\.\/\.\.\/etc\/cron\.d\/x: .*leaves the pack/),
  small('zip-slip in the middle', [{ name: 'actions/../../x', content: 'x' }], /^actions\/\.\.\/\.\.\/x: .*leaves/),
  small('absolute path', [{ name: '/etc/passwd', content: 'x' }], /^\/etc\/passwd: the path is absolute/),
  small('absolute path in a record', [paxRecord('path', '/etc/passwd'), pack], /^\/etc\/passwd: the path is absolute/),
  small(
    'absolute link',
    [link('actions/run.sh', '/var/run/squall/token')],
    /^actions\/run\.sh: the link points to \/var/,
  ),
  small(
    'link out',
    [link('actions/lib', '../../x')],
    /^actions\/lib: the link points to \.\.\/\.\.\/x, out of the pack/,
  ),
  small(
    'chain of links',
    [link('a', '.'), link('b', 'a/../x')],
    /^b: the link points to a\/\.\.\/x, which has \.\. after/,
  ),
  small('file through a link', [link('a', 'lib'), { name: 'a/x', content: 'x' }], /^a: other files are inside of it/),
  small(
    'link in place of a file',
    [pack, link('pack.yaml', 'x')],
    /^pack\.yaml: it is there twice, as file and as link/,
  ),
  small(
    'file in place of a link',
    [link('x', 'y'), { name: 'x', content: 'z' }],
    /^x: it is there twice, as link and as/,
  ),
  small('hard link out', [{ name: 'x', type: '1', target: '/etc/shadow' }], /^x: it is a hard link to \/etc\/shadow/),
  small('hard link to a link', [link('a', 'b'), { name: 'x', type: '1', target: 'a' }], /^x: it is a hard link to a/),
  small('device', [{ name: 'null', type: '3' }], /^null: it is a device/),
  small('pipe', [{ name: 'actions/x', type: '6' }], /^actions\/x: it is a pipe/),
  small('sparse file', [{ name: 'x', type: 'S' }], /^x: it is a sparse file/),
  small(
    'line break in a name',
    [{ name: 'actions/a\nb.yaml', content: 'x' }],
    /^actions\/a\\x0ab\.yaml: the name has a line/,
  ),
  small('NUL in a name', [paxRecord('path', 'actions/a\0.yaml'), pack], /^actions\/a\\x00\.yaml: the name has NUL/),
  small(
    'name not UTF-8',
    [{ name: Buffer.from('actions/\xe9t\xe9', 'latin1') }],
    /^actions\/\\xe9t\\xe9: the name is not UTF-8/,
  ),
  small(
    'escape codes in a name',
    [{ name: '\u001b[2Jx', content: 'x' }],
    /^\\x1b\[2Jx: the name has a control character/,
  ),
  small('long name', [paxRecord('path', 'a/'.repeat(1000)), pack], /the path is longer than 1024 bytes/),
  small(
    'long record',
    [{ name: 'r', type: 'L', content: Buffer.alloc(MIB, 'a') }, pack],
    /^r: a record of the archive has 1048576/,
  ),
  small(
    '100 MB file',
    [{ name: 'big.bin', sizeBytes: 100_000_000 }],
    /^big\.bin: the file has 100000000 bytes; at most 20971520/,
  ),
  small(
    'size of 8 GiB and more',
    [paxRecord('size', '99999999999'), { name: 'x' }],
    /^x: the file has 99999999999 bytes/,
  ),
  uploaded(
    'cut off',
    () => gzipSync(madeTar([{ name: 'x', content: 'y'.repeat(5000) }]).subarray(0, 2000)),
    /was cut off/,
  ),
  uploaded('zip', () => Buffer.from('PK\x03\x04aaaaaaaaaaaaa'), /a zip archive: upload a \.tar/),
  uploaded('noise', () => gzipSync(Buffer.alloc(4096, 'noise')), /^The archive is damaged/),
];

const zeros = (count: number): Buffer =>
  madeTar(Array.from({ length: count }, (_, at) => ({ name: `z${at}`, content: Buffer.alloc(19 * MIB) })));
const LARGE: readonly Attack[] = [
  uploaded(
    '100 000 files',
    () => gzipSync(madeTar(Array.from({ length: 100_000 }, (_, at) => ({ name: `f/${at}` })))),
    /^f\/20000: the pack has more than 20000 files/,
  ),
  uploaded(
    'records without end',
    () => madeTar(Array.from({ length: 90_000 }, () => ({ name: 'r', type: 'g' }))),
    /^r: more than 8 records are before one file/,
  ),
  uploaded(
    'as many records as may be',
    () => madeTar(Array.from({ length: 90_000 }, (_, at) => ({ name: `r${at}`, type: at % 5 === 4 ? '0' : 'g' }))),
    /^r\d+: the archive has more than 80016 headers/,
  ),
  uploaded('decompression bomb in one file', () => gzipSync(zeros(1)), /^\(archive\): it becomes more than 100 times/),
  uploaded('decompression bomb in many files', () => zstdCompressSync(zeros(30)), /^\(archive\): .*bomb/),
  uploaded(
    'files of 200 MiB together',
    () => madeTar(Array.from({ length: 11 }, (_, at) => ({ name: `z${at}`, content: Buffer.alloc(19 * MIB, at + 1) }))),
    /^z10: up to here the files have \d+ bytes; at most 209715200/,
  ),
];

const FOLDERS: readonly Attack[] = [
  onVolume(
    'link out',
    (top) => symlinkSync('/etc/passwd', join(top, 'passwd')),
    /^passwd: the link points to \/etc\/passwd/,
  ),
  onVolume('pipe', (top) => execFileSync('mkfifo', [join(top, 'actions.yaml')]), /^actions\.yaml: it is a pipe/),
  onVolume(
    'name not UTF-8',
    (top) => writeFileSync(Buffer.concat([Buffer.from(`${top}/`), Buffer.from('\xff\xfe', 'latin1')]), ''),
    /^\\xff\\xfe: the name is not UTF-8/,
  ),
  onVolume(
    '40 100 entries',
    (top) => {
      for (let at = 0; at < 40_100; at++) symlinkSync('x', join(top, String(at)));
    },
    /the pack has more than 20000 files/,
  ),
];

const laughs = (levels: number): string =>
  Array.from({ length: levels + 1 }, (_, at) => {
    const inside = at === 0 ? 'x' : `*a${at - 1}`;
    return `a${at}: &a${at} [${Array.from({ length: 10 }, () => inside).join()}]`;
  }).join('\n');
const YAML: readonly Attack[] = [
  inYaml('billion laughs', laughs(9)),
  inYaml('deep nesting', '['.repeat(100_000)),
  inYaml('deep mappings', Array.from({ length: 5000 }, (_, at) => `${' '.repeat(at)}a:`).join('\n')),
  inYaml('a megabyte of dashes', '- '.repeat(500_000)),
  inYaml('Python objects', 'name: !!python/object/apply:os.system ["true"]'),
  inYaml('larger than metadata may be', `name: ${'x'.repeat(MIB)}`),
  inYaml('not UTF-8', Buffer.from('name: \xff\xfe', 'latin1')),
];

export const ATTACKS: readonly Attack[] = [...SMALL, ...LARGE, ...FOLDERS, ...YAML];
