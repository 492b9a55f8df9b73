// operator/domain/job/job.test.ts
import { describe, expect, test } from 'vitest';
import { secretMark, Task } from '../../api/envelope.ts';
import type { Action, Execution } from '../../api/kinds.ts';
import { action, container, execution, settings, sha256, T0 } from '../execution/builders.setup.ts';
import { scriptArguments } from './arguments.ts';
import { withoutExpansion } from './container.ts';
import { jobFor } from './job.ts';
import { fitting, jobName } from './names.ts';
import { chunksOf } from './task.ts';

interface PodSpec {
  readonly containers: readonly [
    {
      env: { name: string; value?: string; valueFrom?: object }[];
      args?: string[];
      command?: string[];
      [field: string]: unknown;
    },
  ];
  readonly [field: string]: unknown;
}
const build = (self: Execution, of: Action, attempt = 1) => {
  const made = jobFor(self, of, attempt, settings, T0);
  if (!made.ok) throw new Error(made.message);
  const spec = made.job['spec'] as {
    template: { metadata: { labels: object }; spec: PodSpec };
    [field: string]: unknown;
  };
  return { job: made.job, spec, pod: spec.template.spec, main: spec.template.spec.containers[0] };
};
/** As the kubelet reads a variable: $$ is $, and $(NAME) would be replaced. */
const expanded = (text: string) => text.replaceAll(/\$\$|\$\((\w+)\)/g, (m) => (m === '$$' ? '$' : '<expanded>'));
const taskOf = ({ main }: ReturnType<typeof build>) =>
  Task.parse(
    JSON.parse(
      main.env
        .filter(({ name }) => name.startsWith('SQUALL_TASK'))
        .map(({ value }) => expanded(value ?? ''))
        .join(''),
    ),
  );
const cmd = (text: string, rest: object = {}) => execution({ request: { parameters: { cmd: text }, ...rest } });

describe('the Job', () => {
  test('is named, owned, labelled and limited', () => {
    const { job, spec } = build(execution(), action({ pendingTimeoutSeconds: 30, timeoutSeconds: 20 }), 2);
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
    expect(taskOf(built)).toEqual({
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
    expect(taskOf(build(cmd(text), action())).command).toBe(text);
  });
  test('a long task is cut into variables and reads back', () => {
    const text = `echo ${'€😀"$('.repeat(30_000)}`;
    const built = build(cmd(text), action());
    expect(built.main.env.filter(({ name }) => name.startsWith('SQUALL_TASK_')).length).toBeGreaterThan(2);
    expect(taskOf(built).command).toBe(text);
  });
  test('secrets are files; the task has their marks only', () => {
    const self = execution({
      request: { parameters: { token: { valueFrom: { secretKeyRef: { name: 's', key: 'k' } } } } },
    });
    const built = build(self, action({ parameters: { token: { secret: true }, cmd: { default: 'x {{ token }}' } } }));
    expect(taskOf(built)).toMatchObject({ command: `x ${secretMark('token')}`, secrets: ['token'] });
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

describe('the pod of a container', () => {
  const spec = {
    image: 'img',
    command: ['run'],
    args: ['--name={{ n }}', '$(HOSTNAME)', '${{ n }}'],
    env: { A: '{{ n }}', T: '{{ token }}' },
    workingDir: '/w',
  };
  const of = (more: object = {}, parameters: object = {}) =>
    container({ container: { ...spec, ...more }, parameters: { n: {}, token: { secret: true }, ...parameters } });
  const given = (n: unknown) =>
    execution({ request: { parameters: { n, token: { valueFrom: { secretKeyRef: { name: 's', key: 'k' } } } } } });
  test('runs the image itself, parameters filled in, secrets by reference', () => {
    const { main, pod, job } = build(given('x'), of());
    expect(main).toMatchObject({
      name: 'action',
      image: 'img',
      command: ['run'],
      args: ['--name=x', '$(HOSTNAME)', '$$x'],
      workingDir: '/w',
    });
    expect(main.env).toContainEqual({ name: 'A', value: 'x' });
    expect(main.env).toContainEqual({ name: 'T', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } });
    expect(main.env).toContainEqual({ name: 'SQUALL_IDEMPOTENCY_KEY', value: 'e-uid' });
    expect(pod).not.toHaveProperty('volumes');
    expect(main['securityContext']).not.toHaveProperty('readOnlyRootFilesystem');
    expect(job.metadata.annotations).toMatchObject({
      'squall.dev/mode': 'container',
      'squall.dev/timeout-seconds': '100',
    });
  });
  test.each(['$(T)', '(T)', '$$(T)', '$'])('a value cannot read a secret variable: %s', (value) => {
    const [first, , last] = build(given(value), of()).main.args ?? [];
    expect(expanded(first ?? '')).toBe(`--name=${value}`);
    expect(expanded(last ?? '')).toBe(`$${value}`);
  });
  test.each<[string, string, string, string]>([
    ['price: $({{ n }} USD)', 'API_KEY) (', 'price: $(API_KEY) ( USD)', 'price: $$(API_KEY) ( USD)'],
    ['$({{ n }})', 'T', '$(T)', '$$(T)'],
    ['$(T{{ n }})', '', '$(T)', '$$(T)'],
    ['$(A$({{ n }})', 'T', '$(A$(T)', '$$(A$$(T)'],
    ['$({{ n }}', 'T)', '$(T)', '$$(T)'],
  ])("the author's $( does not join with a value: %s with %s", (word, value, shown, written) => {
    const [first] = build(given(value), of({ args: [word] })).main.args ?? [];
    expect(first).toBe(written);
    expect(expanded(first ?? '')).toBe(shown);
  });
  test('what is beside a value may still be replaced', () => {
    expect(build(given('x'), of({ args: ['{{ n }}$(T){{ n }} $$(T) $(T'] })).main.args).toEqual(['x$(T)x $$(T) $$(T']);
  });
  test.each(['\ue000\ue001', 'icon \ue100\ue101', '\ue000$(T)\ue001'])('a value stays as it is: %j', (value) => {
    const [first] = build(given(value), of()).main.args ?? [];
    expect(expanded(first ?? '')).toBe(`--name=${value}`);
  });
  test.each<[object, RegExp]>([
    [{ args: ['{{ token }}'] }, /spec\.container\.args\[0\].*whole value of a variable/],
    [{ env: { T: 'x{{ token }}' } }, /spec\.container\.env\.T/],
    [{ args: ['{{ nope }}'] }, /'nope' is undefined/],
  ])('%j is refused', (more, message) => {
    expect(jobFor(given('x'), of(more), 1, settings, T0)).toMatchObject({
      ok: false,
      reason: 'RenderFailed',
      message: expect.stringMatching(message),
    });
  });
});

describe('arguments of a script', () => {
  test('the example of StackStorm', () => {
    const schemas = { n: { type: 'integer', position: 0 }, l: { type: 'array', position: 1 } } as const;
    expect(scriptArguments({ n: 3, l: [1, 2], name: 'a b', verbose: true, dry: false }, schemas, '--')).toEqual([
      '--name=a b',
      '--verbose',
      '3',
      '1,2',
    ]);
  });
  test.each<[unknown, string[]]>([
    [null, []],
    ['', []],
    [0, ['-x=0']],
    [['a', 1], ["-x=['a', 1]"]],
    [{ k: true }, ["-x={'k': True}"]],
  ])('named %j', (value, words) => {
    expect(scriptArguments({ x: value }, {}, '-')).toEqual(words);
  });
  test.each<[string | undefined, unknown, string]>([
    ['string', null, ''],
    ['string', 'a b', 'a b'],
    ['number', 3, '3.0'],
    ['number', 1.5, '1.5'],
    ['boolean', true, '1'],
    ['boolean', false, '0'],
    ['boolean', null, ''],
    ['array', ['a', 1, null], 'a,1,None'],
    ['object', { a: [1] }, '{"a":[1]}'],
    ['null', 5, ''],
    ['integer', 0, ''],
    ['integer', 7, '7'],
    [undefined, 0, ''],
    [undefined, [], ''],
    [undefined, 'x', 'x'],
  ])('positional %s %j', (type, value, word) => {
    const schema = { position: 0, ...(type === undefined ? {} : { type }) } as never;
    expect(scriptArguments({ x: value }, { x: schema }, '--')).toEqual([word]);
  });
  test('in the task, defaults included', () => {
    const of = action({
      runner: 'local-shell-script',
      script: '#!/bin/sh',
      parameters: { a: { position: 0, default: 'one' }, b: {}, kwarg_op: { default: '-' } },
    });
    const task = taskOf(build(execution({ request: { parameters: { b: 'x' } } }), of));
    expect(task).toMatchObject({ runner: 'local-shell-script', script: '#!/bin/sh', arguments: ['-b=x', 'one'] });
  });
});

test('chunks are cut between characters', () => {
  expect(chunksOf('aé😀b', 4)).toEqual(['aé', '😀', 'b']);
  expect(chunksOf('', 4)).toEqual(['']);
  expect(withoutExpansion('$(A)$$')).toBe('$$(A)$$$$');
});
