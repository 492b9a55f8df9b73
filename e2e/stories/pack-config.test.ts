// e2e/stories/pack-config.test.ts — a pack is configured by the command line: explained, given from a file, shown without secrets, and reached by its actions.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { Pack } from '../../operator/api/kinds.ts';
import { apply, createExecution, ended, eventually, kubectl, ours } from '../harness.ts';
import { squallIn } from '../squall.ts';
import { scratchNamespace } from './scratch.ts';

const { name: namespace } = scratchNamespace('pack-config');
const SECRET = 'correct-horse-battery';
const home = mkdtempSync(join(tmpdir(), 'squall-config-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));

const LAMP: Readonly<Record<string, string>> = {
  'pack.yaml': 'ref: lamp\nname: Lamp\ndescription: Shines\nversion: 1.0.0\nauthor: Ann\nemail: ann@example.org\n',
  'config.schema.yaml': [
    'host: {type: string, required: true, description: Where it is.}',
    'token: {type: string, required: true, secret: true}',
    'watts: {type: integer, default: 5}',
    '',
  ].join('\n'),
  'actions/shine.yaml': 'name: shine\nrunner_type: node-script\nentry_point: shine.ts\n',
  'actions/shine.ts': 'export default (_: object, { config }: any) => ({ ...config, letters: config.token.length });\n',
};

const squall = squallIn(namespace);

/** The Pack once a condition has this status. */
const having = async (type: string, wanted: string): Promise<Pack> =>
  await eventually(
    `pack lamp has ${type}=${wanted}`,
    async () => {
      const pack = JSON.parse(await kubectl(['-n', namespace, 'get', 'pack', 'lamp', '-o', 'json'])) as Pack;
      const isSeen = pack.status?.observedGeneration === pack.metadata.generation;
      const condition = pack.status?.conditions?.find((one) => one.type === type);
      return isSeen && condition?.status === wanted ? pack : undefined;
    },
    180,
  );

test('a missing value is told, every key is explained, and what does not fit is not saved', {
  timeout: 300_000,
}, async () => {
  await apply(ours('Pack', namespace, 'lamp', { source: { inline: LAMP } }));
  await having('Registered', 'True');
  await having('ConfigValid', 'False');
  expect((await squall('pack', 'get', 'lamp')).stdout).toMatch(/ConfigValid:[\s\S]*False: [\s\S]*host/);
  const explained = await squall('pack', 'config', 'lamp', '--explain');
  expect(explained.stdout).toContain('  host  <string>  -required-\n      Where it is.\n');
  expect(explained.stdout).toContain('  token  <string>  -required-  -secret-\n');
  const wrong = await squall('pack', 'config', 'lamp', '--set', 'host=h', 'watts=many');
  expect(wrong).toMatchObject({ code: 2, stderr: 'squall: watts: "many" is no integer: write a number\n' });
  const secret = await squall('pack', 'config', 'lamp', '--set', `token=${SECRET}`);
  expect(secret).toMatchObject({ code: 2, stderr: expect.stringContaining('token=@secret:NAME/KEY') });
});

test('values of a file reach the next action; the secret one is in a Secret, and nowhere else', async () => {
  const file = join(home, 'lamp.yaml');
  writeFileSync(file, `host: lamp.example.org\ntoken: ${SECRET}\n`);
  const saved = await squall('pack', 'config', 'lamp', '--from-file', file);
  expect(saved).toMatchObject({
    code: 0,
    stdout: 'Configuration of pack lamp saved to Pack lamp, spec.config, token to a Secret.\n',
  });
  await having('ConfigValid', 'True');
  const { status } = await ended(namespace, await createExecution(namespace, 'lamp.shine', {}));
  expect(status).toMatchObject({
    phase: 'Succeeded',
    result: { result: { host: 'lamp.example.org', token: '********', watts: 5, letters: SECRET.length } },
  });
  const shown = await squall('pack', 'config', 'lamp', '--show');
  expect(shown.stdout).toContain('host: lamp.example.org\n');
  expect(shown.stdout).toContain('@secret:squall-config-lamp/token');
  const everything = await kubectl(['-n', namespace, 'get', 'packs,configmaps,executions,events', '-o', 'yaml']);
  for (const place of [everything, shown.stdout, saved.stdout]) expect(place).not.toContain(SECRET);
});

test('kubectl shows version, author and content of packs; a pack that was removed is told as such', async () => {
  const listed = await kubectl(['-n', namespace, 'get', 'packs']);
  expect(listed).toMatch(
    /^NAME +REF +VERSION +COMMIT +AUTHOR +READY +REASON +CONTENT +AGE\nlamp +lamp +1\.0\.0 .*Ann +True /,
  );
  expect(await squall('pack', 'remove', 'lamp')).toMatchObject({ code: 0, stdout: 'Pack lamp removed.\n' });
  expect(await squall('pack', 'get', 'lamp')).toMatchObject({
    code: 1,
    stderr: `squall: Pack lamp: there is none in namespace ${namespace}; see squall pack list, or choose another -n\n`,
  });
});
