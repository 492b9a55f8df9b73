// operator/domain/job/runner-pod.test.ts — the pod of a runner: what it may do, and the task that it is given.
import { describe, expect, test } from 'vitest';
import { secretMark } from '../../api/envelope.ts';
import type { Action } from '../../api/kinds.ts';
import { action, execution, settings, T0 } from '../execution/builders.setup.ts';
import { withoutExpansion } from './container.ts';
import { jobFor } from './job.ts';
import { build, taskIn } from './task.setup.ts';
import { chunksOf } from './task.ts';

const cmd = (text: string, rest: object = {}) => execution({ request: { parameters: { cmd: text }, ...rest } });

describe('the pod of a runner', () => {
  test('meets Pod Security restricted and has no API token', () => {
    const { pod, main } = build(execution(), action());
    expect(pod).toMatchObject({
      restartPolicy: 'Never',
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      terminationGracePeriodSeconds: 10,
      securityContext: { runAsNonRoot: true, runAsUser: 65532, seccompProfile: { type: 'RuntimeDefault' } },
    });
    expect(main['securityContext']).toEqual({
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      readOnlyRootFilesystem: true,
    });
    expect(JSON.stringify(pod)).toContain('"audience":"results.squall.dev"');
  });
  test('follows the settings of the Action', () => {
    const { pod, main } = build(
      execution(),
      action({
        pod: {
          serviceAccountName: 'sa',
          runAsUser: 1000,
          nodeSelector: { a: 'b' },
          tolerations: [{ key: 'k' }],
          imagePullSecrets: ['p'],
          resources: { limits: { memory: '1Gi' }, requests: { 'nvidia.com/gpu': '1' } },
        },
      }),
    );
    expect(pod).toMatchObject({
      serviceAccountName: 'sa',
      automountServiceAccountToken: true,
      nodeSelector: { a: 'b' },
      tolerations: [{ key: 'k' }],
      imagePullSecrets: [{ name: 'p' }],
      securityContext: { runAsUser: 1000 },
    });
    expect(main['resources']).toEqual({ requests: { cpu: '10m', 'nvidia.com/gpu': '1' }, limits: { memory: '1Gi' } });
  });
  test('gets its task, result address and identity', () => {
    const built = build(
      cmd('echo {{ message }}', {
        parameters: {
          cmd: 'echo {{ message }}',
          message: 'hi',
          env: { A: 'b', N: 3, ST2_ACTION_PACK_NAME: 'x' },
          cwd: '/d',
          timeout: 9,
        },
        context: { trace: { id: 't', tag: 'story' } },
      }),
      action({ parameters: { message: {} } }),
    );
    expect(taskIn(built)).toEqual({
      version: 1,
      execution: { namespace: 'prod', name: 'e', uid: 'e-uid' },
      attempt: 1,
      action: 'ops.clean',
      runner: 'local-shell-cmd',
      command: 'echo hi',
      arguments: [],
      environment: {
        A: 'b',
        N: '3',
        ST2_ACTION_PACK_NAME: 'ops',
        ST2_ACTION_EXECUTION_ID: 'e-uid',
        ST2_ACTION_API_URL: 'https://squall.squall.svc/ns/prod/api/v1',
        ST2_ACTION_DEBUG: 'False',
        SQUALL_EXECUTION: 'e',
        SQUALL_NAMESPACE: 'prod',
        SQUALL_ATTEMPT: '1',
        SQUALL_IDEMPOTENCY_KEY: 'e-uid',
        SQUALL_TRACE_ID: 't',
        SQUALL_TRACE_TAG: 'story',
      },
      directory: '/d',
      sudo: false,
      secrets: [],
      timeoutSeconds: 9,
      deliverySeconds: 1800,
    });
    const address = (variable: string) => built.main.env.find(({ name }) => name === variable)?.value;
    const base = 'https://squall.squall.svc/internal/v1/namespaces/prod/executions/e';
    expect([address('SQUALL_START_URL'), address('SQUALL_RESULT_URL')]).toEqual([`${base}/start`, `${base}/result`]);
  });
  test.each(['echo $$ $(HOME) ${x}', '$$$', '$(SQUALL_CA)'])('Kubernetes expands nothing in %s', (text) => {
    expect(taskIn(build(cmd(text), action())).command).toBe(text);
  });
  test('a long task is cut into variables and reads back', () => {
    const text = `echo ${'€😀"$('.repeat(30_000)}`;
    const built = build(cmd(text), action());
    expect(built.main.env.filter(({ name }) => name.startsWith('SQUALL_TASK_')).length).toBeGreaterThan(2);
    expect(taskIn(built).command).toBe(text);
  });
  test('secrets are files; the task has their marks only', () => {
    const self = execution({
      request: { parameters: { token: { valueFrom: { secretKeyRef: { name: 's', key: 'k' } } } } },
    });
    const built = build(self, action({ parameters: { token: { secret: true }, cmd: { default: 'x {{ token }}' } } }));
    expect(taskIn(built)).toMatchObject({ command: `x ${secretMark('token')}`, secrets: ['token'] });
    expect(JSON.stringify(built.pod['volumes'])).toContain(
      '{"secret":{"name":"s","items":[{"key":"k","path":"token"}]}}',
    );
  });
  test.each<[string, object, Action, RegExp]>([
    ['no command', {}, action({ parameters: {} }), /'cmd' is a required property/],
    ['a NUL', { cmd: 'a\0b' }, action(), /parameters\.cmd contains a NUL/],
    ['a bad variable', { env: { 'A=B': 'c' } }, action(), /parameters\.env: "A=B"/],
  ])('%s is refused', (_, parameters, of, message) => {
    const made = jobFor(execution({ request: { parameters } }), of, 1, settings, T0);
    expect(made).toMatchObject({ ok: false, reason: 'ParametersInvalid', message: expect.stringMatching(message) });
  });
});

test('chunks are cut between characters', () => {
  expect(chunksOf('aé😀b', 4)).toEqual(['aé', '😀', 'b']);
  expect(chunksOf('', 4)).toEqual(['']);
  expect(withoutExpansion('$(A)$$')).toBe('$$(A)$$$$');
});
