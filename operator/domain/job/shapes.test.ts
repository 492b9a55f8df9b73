// operator/domain/job/shapes.test.ts — what is taken from Jobs, also from those that other versions or people made.
import { expect, test } from 'vitest';
import type { KubeObject } from '../../api/meta.ts';
import { container, execution, settings, T0 } from '../execution/builders.setup.ts';
import { jobFor } from './job.ts';
import { projectJob, projectPod } from './shapes.ts';

const meta = { name: 'e-1', namespace: 'prod', uid: 'u', resourceVersion: '1' };

test.each([
  [{ PASSWORD: '{{ password }}', MODE: 'fast' }, true],
  [{ MODE: 'fast' }, false],
])('a Job that is made for variables %j: it has secrets: %s', (env, hasSecrets) => {
  const action = container({
    container: { image: 'busybox', env },
    parameters: { password: { type: 'string', secret: true } },
  });
  const parameters = { password: { valueFrom: { secretKeyRef: { name: 'db', key: 'password' } } } };
  const made = jobFor(execution({ request: { parameters } }), action, 1, settings, T0);
  if (!made.ok) throw new Error(made.message);
  expect(projectJob({ ...made.job, metadata: meta } as KubeObject).hasSecrets).toBe(hasSecrets);
});

const specOf = (...containers: unknown[]) => ({ template: { spec: { containers } } });
test.each<[unknown, boolean]>([
  [specOf({ env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } }] }), true],
  [specOf({}, { env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } }] }), true],
  [specOf({ envFrom: [{ secretRef: { name: 's' } }] }), true],
  [specOf({ env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'x' } } }] }), false],
  [specOf({ env: 5 }, null), false],
  [undefined, false],
])('of %j it is known whether it takes secrets: %s', (spec, hasSecrets) => {
  const raw: KubeObject = { apiVersion: 'batch/v1', kind: 'Job', metadata: meta, spec };
  expect(projectJob(raw).hasSecrets).toBe(hasSecrets);
});

test.each(['runner', 'action'])('of several containers the state of %s counts: others were injected', (name) => {
  const statuses = [
    { name: 'a-proxy', state: { running: { startedAt: '2026-03-01T10:00:00Z' } } },
    { name, state: { terminated: { exitCode: 3 } } },
    { name: 'z-proxy', state: { running: { startedAt: '2026-03-01T10:00:00Z' } } },
  ];
  const raw = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', uid: 'u', resourceVersion: '1' } };
  const { container } = projectPod({ ...raw, status: { containerStatuses: statuses } }).status;
  expect(container).toMatchObject({ is: 'terminated', exitCode: 3 });
});
