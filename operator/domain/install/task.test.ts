// operator/domain/install/task.test.ts — what an install Job is told, and whose environments it may use.
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import type { Pack } from '../../api/kinds.ts';
import type { PackStatus } from '../../api/pack.ts';
import { CONTENT, DIGEST, pack } from './install.setup.ts';
import { installKey } from './key.ts';
import { installTask } from './task.ts';

const install = { key: 'k', attempt: 1, job: 'j', step: 'Fetch', startedAt: '2026-03-01T12:00:00Z' } as const;
const built = (key: string, letter: string): PackStatus => ({
  installed: {
    key: 'before',
    content: { ...CONTENT, environment: DIGEST(letter) },
    builtFrom: { key, unpackedBytes: 4096 },
    at: '2026-03-01T12:00:00Z',
  },
});
const taskOf = (self: Pack, others: readonly Pack[] = []) =>
  installTask({
    pack: self,
    packs: [self, ...others],
    systemNamespace: 'squall',
    indexes: ['https://example.org/index.json'],
    indexTexts: [],
    authorities: undefined,
  });
const known = (self: Pack, others: readonly Pack[] = []) => taskOf(self, others)?.environments;

test('what the Pack asks for, while it is being installed', () => {
  expect(taskOf(pack())).toBeUndefined();
  expect(taskOf(pack({ status: { install }, spec: { reinstall: 'x' } }))).toMatchObject({
    key: 'k',
    from: 'shop=1.0.0',
    ref: 'shop',
    reinstall: 'x',
    pack: { namespace: 'demo', name: 'shop' },
    indexes: ['https://example.org/index.json'],
    environments: [],
  });
});

test('the commit that is installed, where only the image is another or the content was lost', () => {
  const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
  const commit = 'c'.repeat(40);
  const asked = (now: object, image = 'runner:2') => {
    const before = installKey(pack().spec, 'runner:1', sha256);
    const self = pack({ spec: now });
    const key = installKey(self.spec, image, sha256);
    const installed = { key: before, content: CONTENT, at: '2026-03-01T12:00:00Z' };
    return taskOf({ ...self, status: { commit, installed, install: { ...install, key } } })?.commit;
  };
  expect([asked({}), asked({}, 'runner:1'), asked({ pod: { image: 'mine' } })]).toEqual([commit, commit, commit]);
  expect([asked({ from: 'shop=2.0.0' }), asked({ reinstall: 'now' })]).toEqual([undefined, undefined]);
  const inImage = pack({ spec: { from: undefined, source: { image: 'registry.example.com/shop:1' } } }).spec;
  expect(installKey(inImage, 'runner:1', sha256)).toBe(installKey(inImage, 'runner:2', sha256));
});

test('an environment of its own may be used again, also one that was brought and not registered', () => {
  const self = pack({
    status: {
      ...built('one', 'a'),
      install: { ...install, reported: { ...CONTENT, environment: DIGEST('b') }, builtFrom: { key: 'two' } },
    },
  });
  expect(known(self)).toEqual([
    { key: 'one', unpackedBytes: 4096, digest: DIGEST('a') },
    { key: 'two', digest: DIGEST('b') },
  ]);
});

test("one of another Pack only where that is the same pack in the operator's own namespace", () => {
  const self = pack({ status: { install } });
  const of = (namespace: string, name: string) =>
    pack({ metadata: { namespace, name, uid: `${namespace}-${name}` }, status: built(`${namespace}-${name}`, 'c') });
  const others = [of('squall', 'shop'), of('squall', 'other'), of('neighbour', 'shop'), of('demo', 'other')];
  expect(known(self, others)).toEqual([{ key: 'squall-shop', unpackedBytes: 4096, digest: DIGEST('c') }]);
});
