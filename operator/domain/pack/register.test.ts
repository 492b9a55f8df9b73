// operator/domain/pack/register.test.ts — a pack's files become objects with the pack's exact reference.
import { expect, test } from 'vitest';
import { ActionFile, TriggerFile } from '../../api/pack-file.ts';
import { actionOf, triggerTypeOf } from './register.ts';

const origin = { pack: 'my_pack', namespace: 'squall' };

test('an action keeps its exact reference beside a name that Kubernetes takes', () => {
  const file = ActionFile.parse({
    name: 'Free_disk',
    runner_type: 'local_shell_cmd',
    parameters: { cmd: { default: 'df' } },
  });
  expect(actionOf(file, origin)).toEqual({
    apiVersion: 'squall.dev/v1alpha1',
    kind: 'Action',
    metadata: { name: 'my-pack.free-disk', namespace: 'squall', labels: { 'squall.dev/pack': 'my_pack' } },
    spec: {
      ref: 'my_pack.Free_disk',
      enabled: true,
      runner: 'local-shell-cmd',
      parameters: { cmd: { default: 'df' } },
    },
  });
});

test('the text of an entry point becomes the script', () => {
  const file = ActionFile.parse({ name: 'run', runner_type: 'local-shell-script', entry_point: 'run.sh' });
  expect(actionOf(file, origin, '#!/bin/sh\n').spec).toMatchObject({
    runner: 'local-shell-script',
    script: '#!/bin/sh\n',
  });
});

test('a runner that does not exist is refused by name', () => {
  const file = ActionFile.parse({ name: 'run', runner_type: 'cloudslang' });
  expect(() => actionOf(file, origin)).toThrow(/runner/);
});

test('a trigger brings its two schemas', () => {
  const file = TriggerFile.parse({
    name: 'alert',
    payload_schema: { type: 'object' },
    parameters_schema: { type: 'object' },
  });
  expect(triggerTypeOf(file, origin).spec).toEqual({
    ref: 'my_pack.alert',
    payloadSchema: { type: 'object' },
    parametersSchema: { type: 'object' },
  });
});
