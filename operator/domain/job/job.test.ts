// operator/domain/job/job.test.ts — the Job of an attempt: its name, its owner, its labels and limits.
import { describe, expect, test } from 'vitest';
import { action, execution, settings, sha256, T0 } from '../execution/builders.setup.ts';
import { jobFor } from './job.ts';
import { fitting, jobName } from './names.ts';
import { build } from './task.setup.ts';

describe('the Job', () => {
  test('is named, owned, labelled and limited', () => {
    const { job, spec } = build(execution(), action({ pendingTimeoutSeconds: 30, timeoutSeconds: 20 }), { attempt: 2 });
    expect(job.metadata).toMatchObject({
      name: 'e-2',
      namespace: 'prod',
      labels: {
        'squall.dev/execution': 'e',
        'squall.dev/attempt': '2',
        'squall.dev/action': 'ops.clean',
        'app.kubernetes.io/managed-by': 'squall',
      },
      ownerReferences: [{ kind: 'Execution', name: 'e', uid: 'e-uid', controller: true }],
      annotations: { 'squall.dev/timeout-seconds': '20', 'squall.dev/pending-timeout-seconds': '30' },
    });
    expect(spec).toMatchObject({
      backoffLimit: 0,
      podReplacementPolicy: 'Failed',
      activeDeadlineSeconds: 30 + 20 + 1800,
    });
    expect(spec).not.toHaveProperty('ttlSecondsAfterFinished');
    expect(spec.template.metadata.labels).toEqual(job.metadata.labels);
  });
  test('is the same for the same attempt', () => {
    expect(jobFor(execution(), action(), 1, settings, T0)).toEqual(jobFor(execution(), action(), 1, settings, T0));
  });
  test('names longer than a label are cut, and stay different', () => {
    const long = 'x'.repeat(100);
    expect(jobName(long, 1, sha256)).toHaveLength(63);
    expect(jobName(long, 1, sha256)).not.toBe(jobName(long, 2, sha256));
    expect(fitting(`${'a'.repeat(53)}.${'b'.repeat(50)}`, sha256)).toMatch(/^a{53}-[0-9a-f]{8}$/);
    const { job } = build(execution({}, {}, { name: long }), action());
    expect(job.metadata.annotations).toMatchObject({ 'squall.dev/execution': long });
  });
});
