// operator/domain/execution/poison.test.ts — Executions that fit no schema end with the field named, and a status always fits its own, and its size.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ExecutionStatus } from '../../api/execution.ts';
import type { KubeObject } from '../../api/meta.ts';
import { projectJob, projectPod } from '../job/shapes.ts';
import {
  action,
  container,
  deleted,
  execution,
  job,
  plan,
  pod,
  settings,
  T0,
  terminated,
  waiting,
} from './builders.setup.ts';
import { planExecution } from './plan.ts';

describe('poison', () => {
  const bad = (spec: unknown, status?: unknown): KubeObject => ({ ...execution(), spec, status });
  test('ends as SpecInvalid, names the field, stops its Job', () => {
    const made = plan({ self: bad({ request: { action: 7 } }), jobs: [job()] }, 5);
    expect(made.status).toMatchObject({
      phase: 'Failed',
      reason: 'SpecInvalid',
      message: expect.stringContaining('spec.request.action'),
    });
    expect(deleted(made)).toEqual(['Job/e-1']);
    expect(plan({ self: bad({ request: { action: 7 } }, made.status) }, 6).status).toBeUndefined();
    expect(deleted(plan({ self: bad({ request: { action: 7 } }, made.status) }, 90_000))).toEqual(['Execution/e']);
  });
  test('too deep a cause is a loop', () => {
    const made = plan({ self: bad({ request: { action: 'a.b', cause: { depth: 17 } } }) }, 5);
    expect(made.status).toMatchObject({ reason: 'DepthExceeded', message: expect.stringContaining('17 events') });
  });
  test('a status that is none is replaced', () => {
    expect(plan({ self: bad(execution().spec, { phase: 'Gone' }) }, 5).status).toMatchObject({
      phase: 'Failed',
      attempt: 1,
    });
  });
  test('no JSON makes it throw, and what it says fits the schema', () => {
    const json = fc.jsonValue() as fc.Arbitrary<unknown>;
    const around = (spec: unknown, status: unknown) => fc.oneof(json, fc.constant(spec), fc.constant(status));
    fc.assert(
      fc.property(
        around(execution().spec, {}),
        around({}, execution().status),
        json,
        json,
        json,
        fc.integer({ min: 0, max: 1e6 }),
        (spec, status, a, j, p, seconds) => {
          const made = planExecution(
            {
              self: bad(spec, status),
              action: { ...action(), spec: { ...action().spec, parameters: a } },
              jobs: [projectJob({ ...job(), status: j })],
              pods: [projectPod({ ...pod(), status: p })],
              settings,
            },
            new Date(T0.getTime() + seconds),
          );
          if (made.status) expect(ExecutionStatus.safeParse(made.status).error).toBeUndefined();
        },
      ),
      { numRuns: 300, seed: 1 },
    );
  });
});

test('a status without its result stays below 1.5 KiB', () => {
  const long = plan({ jobs: [job()], pods: [pod(waiting('InvalidImageName', 'x'.repeat(5000)))] }, 60).status;
  expect(JSON.stringify(long).length).toBeLessThan(1536);
  expect(
    JSON.stringify(
      plan(
        {
          action: container(),
          jobs: [job({}, { mode: 'container' })],
          pods: [pod(terminated(0))],
          stored: { inline: 1 },
        },
        60,
      ).status,
    ).length,
  ).toBeLessThan(1024);
});
