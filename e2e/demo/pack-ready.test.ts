// e2e/demo/pack-ready.test.ts — a pack is waited for in the version that was asked for, and its errors are told at once.
import { expect, test } from 'vitest';
import { KINDS } from '../../operator/api/kinds.ts';
import { ScriptedTransport } from '../../operator/kube/scripted.ts';
import { packReady } from './pack-ready.ts';

const pack = (generation: number, status: object) => ({
  apiVersion: 'squall.dev/v1alpha1',
  kind: 'Pack',
  metadata: { namespace: 'shop', name: 'demo', generation },
  spec: {},
  status,
});
const serverWith = (...states: Parameters<typeof pack>) => new ScriptedTransport([pack(...states)], KINDS);
const condition = (type: string, status: string, message: string) => ({ type, status, message, reason: 'Told' });
const READY = condition('Ready', 'True', 'Version 1.0.0 is installed.');

test('that the version before is ready does not count', async () => {
  const api = serverWith(2, { observedGeneration: 2, install: { step: 'Build' }, conditions: [READY] });
  const told: string[] = [];
  await packReady(api, 'shop', 'demo', (detail) => {
    told.push(detail);
    api.put(pack(2, { observedGeneration: 2, install: { step: 'Done' }, conditions: [READY] }));
  });
  expect(told).toEqual(['Build: Version 1.0.0 is installed.']);
});

test('what is wrong in its files is told at once', async () => {
  const findings = [{ file: 'actions/free_disk.yaml', line: 3, message: 'runner_type: there is no "nothing"' }];
  const conditions = [condition('Valid', 'False', '1 file is wrong'), READY];
  const api = serverWith(1, { observedGeneration: 1, install: { step: 'Failed' }, findings, conditions });
  await expect(packReady(api, 'shop', 'demo', () => undefined)).rejects.toThrow(
    'Pack demo: actions/free_disk.yaml:3: runner_type: there is no "nothing"',
  );
});
