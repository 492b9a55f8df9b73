// e2e/stories/pack-image.test.ts — packs whose programs are in no image of ours: one comes in an image, another names an image for its pods.
import { expect, test } from 'vitest';
import { apply, kubectl, kubectlRefusal, ours, stage } from '../harness.ts';
import { conditionOf, type Files, packsIn } from './pack-shop.ts';
import { scratchNamespace } from './scratch.ts';

const { name: namespace } = scratchNamespace('pack-image');
const { settled, result } = packsIn(namespace);
const image = stage.images.packImage;

/** The program `weigh` is only in the image; the package only in the environment, which fits the image's interpreter. */
const SCALES: Files = {
  'pack.yaml': 'ref: scales\nname: Scales\ndescription: Weighs\nversion: 1.0.0\nauthor: Ann\nemail: ann@example.org\n',
  'requirements.txt': 'decorator==5.2.1\n',
  'actions/weigh.yaml':
    'name: weigh\nrunner_type: python-script\nentry_point: weigh.py\nparameters: {what: {type: string, required: true}}\n',
  'actions/weigh.py': [
    'import subprocess',
    'import sys',
    '',
    'import decorator',
    'from st2common.runners.base_action import Action',
    '',
    '',
    'class Weigh(Action):',
    '    def run(self, what):',
    '        said = subprocess.run(["weigh", what], check=True, capture_output=True, text=True).stdout',
    '        return [said.strip(), decorator.__version__, sys.prefix]',
    '',
  ].join('\n'),
  'actions/script.yaml': 'name: script\nrunner_type: local-shell-script\nentry_point: script.sh\n',
  'actions/script.sh': '#!/bin/sh\nweigh "$(basename "$0")"\n',
};
const scales = (pod?: object) => ours('Pack', namespace, 'scales', { source: { inline: SCALES }, ...(pod && { pod }) });

/** The latest install Job of a pack. */
async function installJob(pack: string): Promise<unknown> {
  const by = ['-l', `squall.dev/install=${pack}`, '--sort-by=.metadata.creationTimestamp', '-o', 'json'];
  return (JSON.parse(await kubectl(['-n', namespace, 'get', 'jobs', ...by])) as { items: unknown[] }).items.at(-1);
}

test('a pack comes in an image with its program, and its actions start from it', { timeout: 180_000 }, async () => {
  await apply(ours('Pack', namespace, 'boxed', { source: { image } }));
  const pack = await settled('boxed');
  expect(conditionOf(pack, 'Ready')).toMatchObject({ status: 'True' });
  expect(pack.status).toMatchObject({ version: '1.0.0', installed: { image }, counts: { actions: 2 } });
  expect(await result('boxed.weigh', { what: 'a feather' })).toMatchObject({
    phase: 'Succeeded',
    result: { result: 'weighed a feather' },
  });
  expect(await result('boxed.where')).toMatchObject({
    phase: 'Succeeded',
    result: { stdout: '/opt/stackstorm/packs/boxed/actions/where.sh' },
  });
});

test('a missing program is told with the remedy, and an image that the Pack names for its pods has it', {
  timeout: 240_000,
}, async () => {
  await apply(scales());
  await settled('scales');
  const remedy = expect.stringMatching(/if a program is missing: .*requirements\.txt.*spec\.pod\.image/);
  expect(await result('scales.weigh', { what: 'a feather' })).toMatchObject({ phase: 'Failed', message: remedy });
  expect(await result('scales.script')).toMatchObject({
    phase: 'Failed',
    message: remedy,
    result: { return_code: 127 },
  });

  await apply(scales({ image }));
  const pack = await settled('scales', ({ status }) => status?.installed?.podImage === image);
  expect(conditionOf(pack, 'Ready')).toMatchObject({ status: 'True' });
  expect(await result('scales.weigh', { what: 'a feather' })).toMatchObject({
    phase: 'Succeeded',
    result: { result: ['weighed a feather', '5.2.1', '/opt/stackstorm/virtualenvs/scales'] },
  });
  expect(await result('scales.script')).toMatchObject({ phase: 'Succeeded', result: { stdout: 'weighed script.sh' } });

  const action = JSON.parse(await kubectl(['-n', namespace, 'get', 'action', 'scales.weigh', '-o', 'json'])) as object;
  expect(action).toMatchObject({ spec: { content: { image, files: expect.stringMatching(/^sha256:/) } } });
  const job = await installJob('scales');
  expect(job).toMatchObject({ spec: { template: { spec: { containers: [{ image }] } } } });
  // What the namespace keeps for all is not for an image that a pack names.
  expect(JSON.stringify(job)).not.toMatch(/squall-ssh|squall-git/);
});

test('one of both is enough: the pods of a pack in an image have no other', async () => {
  const both = ours('Pack', namespace, 'both', { source: { image }, pod: { image } });
  expect(await kubectlRefusal(['create', '--dry-run=server', '-f', '-'], JSON.stringify(both))).toContain(
    'leave spec.pod.image out',
  );
});
