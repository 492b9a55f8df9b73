// e2e/stories/attempts.test.ts — an attempt fails, times out, is canceled or cannot start; each end says which.
import { expect, test } from 'vitest';
import {
  apply,
  createExecution,
  ended,
  eventually,
  getExecution,
  kubectl,
  list,
  ours,
  ready,
  run,
  stage,
} from '../harness.ts';
import { scratchNamespace } from './scratch.ts';

const { name: namespace } = scratchNamespace('attempts');
const jobs = { apiVersion: 'batch/v1', plural: 'jobs' };
const pods = { apiVersion: 'v1', plural: 'pods' };

test('a failure is tried again, under the same idempotency key, until it works', async () => {
  await apply(
    ours('Action', namespace, 'flaky.third-time', {
      runner: 'local-shell-script',
      script: '#!/bin/bash\necho "$SQUALL_ATTEMPT $SQUALL_IDEMPOTENCY_KEY"\n[ "$SQUALL_ATTEMPT" -ge 3 ]\n',
      retry: { limit: 5, delaySeconds: 1 },
    }),
  );
  await ready(namespace, 'action/flaky.third-time');
  const execution = await ended(namespace, await createExecution(namespace, 'flaky.third-time'));
  expect(execution.status).toMatchObject({ phase: 'Succeeded', attempt: 3 });
  expect(execution.status.attempts?.map(({ number, phase, reason }) => ({ number, phase, reason }))).toEqual([
    { number: 1, phase: 'Failed', reason: 'ActionFailed' },
    { number: 2, phase: 'Failed', reason: 'ActionFailed' },
    { number: 3, phase: 'Succeeded', reason: 'ActionSucceeded' },
  ]);
  expect((execution.status.result as { stdout: string }).stdout).toBe(`3 ${execution.metadata.uid}`);
});

test('the last failure stands when no attempt is left', async () => {
  await apply(
    ours('Action', namespace, 'flaky.never', {
      runner: 'local-shell-script',
      script: '#!/bin/sh\necho no >&2\nexit 7\n',
      retry: { limit: 1 },
    }),
  );
  await ready(namespace, 'action/flaky.never');
  const execution = await ended(namespace, await createExecution(namespace, 'flaky.never'));
  expect(execution.status).toMatchObject({ phase: 'Failed', reason: 'ActionFailed', attempt: 2 });
  expect(execution.status.result).toMatchObject({ return_code: 7, stderr: 'no', failed: true });
});

test('a run that takes too long ends as TimedOut with what it printed, and nothing of it lives on', async () => {
  const name = await createExecution(namespace, 'core.local', {
    cmd: 'echo before; sleep 600 & sleep 600',
    timeout: 2,
  });
  const execution = await ended(namespace, name);
  expect(execution.status).toMatchObject({ phase: 'TimedOut', reason: 'ActionTimedOut' });
  expect(execution.status.result).toMatchObject({
    stdout: 'before',
    return_code: -9,
    error: 'Action failed to complete in 2 seconds',
  });
  await eventually(
    'its Job is gone',
    async () => (await list(jobs, namespace, `squall.dev/execution=${name}`)).length === 0,
    40,
  );
});

test('cancel ends a running execution, stops its pod, and cannot be taken back', async () => {
  const name = await createExecution(namespace, 'core.local', { cmd: 'trap "" TERM; sleep 600', timeout: 700 });
  await eventually('it runs', async () => (await getExecution(namespace, name))?.status?.phase === 'Running');
  await kubectl(['-n', namespace, 'patch', 'execution', name, '--type=merge', '-p', '{"spec":{"control":"cancel"}}']);
  const execution = await ended(namespace, name, 40);
  expect(execution.status).toMatchObject({ phase: 'Canceled', reason: 'CancelRequested' });
  await eventually(
    'its pod is gone',
    async () => (await list(pods, namespace, `squall.dev/execution=${name}`)).length === 0,
    60,
  );
  await expect(
    kubectl(['-n', namespace, 'patch', 'execution', name, '--type=merge', '-p', '{"spec":{"control":"run"}}']),
  ).rejects.toThrow('a cancel cannot be taken back');
});

test('an execution that is canceled before it starts never gets a Job', async () => {
  const name = await createExecution(namespace, 'core.local', { cmd: 'echo no' }, { control: 'cancel' });
  const execution = await ended(namespace, name);
  expect(execution.status.phase).toBe('Canceled');
  expect(await list(jobs, namespace, `squall.dev/execution=${name}`)).toEqual([]);
});

test.each([
  ['an unknown parameter', 'core.local', { cmd: 'date', colour: 'red' }, 'ParametersInvalid', /colour/],
  ['a missing parameter', 'core.echo', {}, 'ParametersInvalid', /message/],
  ['a value of the wrong type', 'core.local', { cmd: 'date', timeout: 'soon' }, 'ParametersInvalid', /timeout/],
  ['an action that is not there', 'core.nothing', {}, 'ActionNotFound', /core\.nothing/],
])('%s ends the execution with a reason that names it', async (_, action, parameters, reason, message) => {
  const execution = await ended(namespace, await createExecution(namespace, action, parameters));
  expect(execution.status).toMatchObject({ phase: 'Failed', reason });
  expect(execution.status.message).toMatch(message);
});

test('an image that cannot be pulled, and one that needs root, are named as such', async () => {
  await apply(
    ours('Action', namespace, 'image.missing', {
      runner: 'container',
      container: { image: 'registry.invalid/none:1' },
      pendingTimeoutSeconds: 5,
    }),
    ours('Action', namespace, 'image.bad-name', { runner: 'container', container: { image: 'UPPER CASE' } }),
  );
  await ready(namespace, 'action/image.missing', 'action/image.bad-name');
  const [missing, badName] = await Promise.all(
    ['image.missing', 'image.bad-name'].map(async (action) =>
      ended(namespace, await createExecution(namespace, action), 120),
    ),
  );
  expect(missing!.status).toMatchObject({ phase: 'Failed', reason: 'ImagePullFailed' });
  expect(missing!.status.message).toContain('registry.invalid/none:1');
  expect(badName!.status).toMatchObject({ phase: 'Failed', reason: 'ImagePullFailed' });
});

test('a process that eats too much memory is named OutOfMemory', async () => {
  await apply(
    ours('Action', namespace, 'memory.eater', {
      runner: 'container',
      container: {
        image: stage.images.runnerNode,
        command: ['node', '-e', 'const a=[];for(;;)a.push(Buffer.alloc(1e6,1))'],
      },
      pod: { resources: { limits: { memory: '48Mi' } } },
    }),
  );
  await ready(namespace, 'action/memory.eater');
  const execution = await ended(namespace, await createExecution(namespace, 'memory.eater'));
  expect(execution.status).toMatchObject({ phase: 'Failed', reason: 'OutOfMemory' });
});

test('a Job and a pod that somebody deletes end the execution with the reason, and it is not run twice', async () => {
  const names = await Promise.all(
    [1, 2].map(() => createExecution(namespace, 'core.local', { cmd: 'sleep 300', timeout: 400 })),
  );
  await eventually('both run', async () => {
    const phases = await Promise.all(names.map(async (name) => (await getExecution(namespace, name))?.status?.phase));
    return phases.every((phase) => phase === 'Running');
  });
  await kubectl(['-n', namespace, 'delete', 'job', '-l', `squall.dev/execution=${names[0]}`, '--wait=false']);
  await kubectl([
    '-n',
    namespace,
    'delete',
    'pod',
    '-l',
    `squall.dev/execution=${names[1]}`,
    '--wait=false',
    '--grace-period=1',
  ]);
  const [job, pod] = await Promise.all(names.map((name) => ended(namespace, name, 60)));
  expect(['JobDeleted', 'ActionAbandoned']).toContain(job!.status.reason);
  expect(['PodDeleted', 'ActionAbandoned']).toContain(pod!.status.reason);
  expect([job!.status.attempt, pod!.status.attempt]).toEqual([1, 1]);
});

test('a container action returns exit code, termination message and log', async () => {
  await apply(
    ours('Action', namespace, 'container.report', {
      runner: 'container',
      container: {
        image: stage.images.runnerNode,
        command: ['sh', '-c'],
        args: ['echo working on {{ host }}; echo "{\\"freed\\": $FREED}" > /dev/termination-log'],
        env: { FREED: '{{ megabytes }}' },
      },
      parameters: { host: { type: 'string', required: true }, megabytes: { type: 'integer', default: 5 } },
    }),
  );
  await ready(namespace, 'action/container.report');
  const execution = await ended(
    namespace,
    await createExecution(namespace, 'container.report', { host: 'db-1', megabytes: 42 }),
  );
  expect(execution.status).toMatchObject({ phase: 'Succeeded' });
  expect(execution.status.result).toMatchObject({ exit_code: 0, message: { freed: 42 } });
  expect((execution.status.result as { log: string }).log).toContain('working on db-1');
});

test('the log of a container ends with its last words; with a secret in a variable nothing of it is kept', async () => {
  const password = 'hunter2-not-for-the-record';
  await kubectl(['-n', namespace, 'create', 'secret', 'generic', 'database', `--from-literal=password=${password}`]);
  const chatty = (env: object, args: string) => ({
    runner: 'container',
    container: { image: stage.images.runnerNode, command: ['sh', '-c'], args: [args], env },
  });
  await apply(
    ours(
      'Action',
      namespace,
      'container.long-lines',
      chatty({}, 'for i in 1 2 3; do head -c 1000000 /dev/zero | tr "\\0" x; echo; done; echo the last words; exit 3'),
    ),
    ours('Action', namespace, 'container.secret', {
      ...chatty({ PASSWORD: '{{ password }}' }, 'echo "$PASSWORD"; echo "$PASSWORD" > /dev/termination-log'),
      parameters: { password: { type: 'string', secret: true, required: true } },
    }),
  );
  await ready(namespace, 'action/container.long-lines', 'action/container.secret');
  const reference = { valueFrom: { secretKeyRef: { name: 'database', key: 'password' } } };
  const [long, secret] = await Promise.all([
    createExecution(namespace, 'container.long-lines').then((name) => ended(namespace, name)),
    createExecution(namespace, 'container.secret', { password: reference }).then((name) => ended(namespace, name)),
  ]);
  expect(long.status).toMatchObject({ phase: 'Failed', reason: 'ActionFailed' });
  const words = ['-n', namespace, 'execution', 'get', long.metadata.name, '-o', 'json'];
  const read = await run(process.execPath, ['cli/squall.js', ...words]);
  const { log } = (JSON.parse(read.stdout) as { status: { result: { log: string } } }).status.result;
  expect(log.endsWith('x\nthe last words\n')).toBe(true);
  expect(secret.status).toMatchObject({ phase: 'Succeeded', result: { exit_code: 0 } });
  expect(JSON.stringify(secret)).not.toContain(password);
  expect((secret.status.result as { log: string }).log).toContain('kubectl logs');
});

test('a result too large for the status is kept whole in the result store', async () => {
  const name = await createExecution(namespace, 'core.local', { cmd: 'head -c 200000 /dev/zero | tr "\\0" x' });
  const execution = await ended(namespace, name);
  expect(execution.status).toMatchObject({
    phase: 'Succeeded',
    resultRef: { digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) },
  });
  expect(execution.status.resultRef!.bytes).toBeGreaterThan(200_000);
  expect(execution.status.result).toBeUndefined();
});
