// packs/packs.test.ts — our packs are read as others are: without a finding or a warning, and all that they have is told.
import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { LATER_TRIGGERS } from '../operator/domain/trigger/later.ts';
import { reading } from './reading.setup.ts';

const names = readdirSync('packs', { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

test.each([...names.map((name) => `packs/${name}`), 'e2e/demo/pack'])('%s: nothing in it is wrong or odd', (folder) => {
  expect(reading(folder).reading).toMatchObject({ ok: true, manifest: { warnings: [] } });
});

test.each(names)('pack %s: what it is called is where it is, and its README names each action', (name) => {
  const { reading: read, text } = reading(`packs/${name}`);
  if (!read.ok) throw new Error('it is not valid');
  const { manifest } = read;
  expect(manifest.ref).toBe(name);
  const actions = manifest.resources.filter(({ kind }) => kind === 'Action' || kind === 'Workflow');
  const readme = text('README.md') ?? '';
  const called = actions.map(({ spec }) => String(spec['ref']).slice(name.length + 1));
  expect(called.filter((action) => !new RegExp(`\`(${name}\\.)?${action}\``).test(readme))).toEqual([]);
});

test.each(names)('pack %s: every file of Python and shell begins with what it is', (name) => {
  const { files, text } = reading(`packs/${name}`);
  const code = files.filter((file) => /\.(py|sh|js|ts)$/.test(file));
  const unlabelled = code.filter((file) => !text(file)?.slice(0, 300).includes(` packs/${name}/${file} — `));
  expect(unlabelled).toEqual([]);
});

test('a trigger of StackStorm is in the pack core, or its README tells that it comes later', () => {
  const { reading: read, text } = reading('packs/core');
  if (!read.ok) throw new Error('it is not valid');
  const here = read.manifest.resources.filter(({ kind }) => kind === 'TriggerType').map(({ spec }) => spec['ref']);
  expect(here).toContain('core.st2.webhook');
  expect(LATER_TRIGGERS.filter((ref) => here.includes(ref))).toEqual([]);
  const later = text('README.md')?.split('## Not here yet')[1] ?? '';
  const told = new Set([...later.matchAll(/`(core\.st2\.[\w.]+)`/g)].map(([, ref]) => ref));
  expect(told).toEqual(new Set(LATER_TRIGGERS));
});

test('waiting are the kinds that come later, and nothing else', () => {
  const waiting = names.flatMap((name) => {
    const { reading: read } = reading(`packs/${name}`);
    return read.ok ? read.manifest.waiting.map(({ kind }) => kind) : ['invalid'];
  });
  expect(waiting.filter((kind) => !['Sensor', 'ActionAlias', 'Policy'].includes(kind))).toEqual([]);
});
