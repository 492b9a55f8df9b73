// operator/domain/job/pack-parts.test.ts — the pod of an action of a pack: its image, its files, and what its runner is told.
import { describe, expect, test } from 'vitest';
import { secretMark } from '../../api/envelope.ts';
import type { Action, Execution } from '../../api/kinds.ts';
import { action, execution, settings, T0 } from '../execution/builders.setup.ts';
import { jobFor } from './job.ts';
import { build, type BuiltJob, taskIn } from './task.setup.ts';

describe('the pod of an action of a pack', () => {
  const digest = (letter: string) => `sha256:${letter.repeat(64)}`;
  const python = (spec: object = {}) =>
    action({
      ref: 'demo.hello',
      runner: 'python-script',
      entryPoint: 'actions/hello.py',
      content: { files: digest('a'), environment: digest('b') },
      parameters: { name: { type: 'string', required: true }, size: { type: 'number' }, more: { type: 'object' } },
      ...spec,
    });
  const given = (parameters: object, context?: object) =>
    execution({ request: { parameters, ...(context && { context }) } });
  const config = { key: 'value', nested: { list: [1] } };
  const buildWith = (self: Execution, of: Action, schema = {}) => {
    const readable = { config: { pack: 'shop', schema, values: config, references: [] } };
    const built = build(self, of, { readable });
    return { ...built, task: taskIn(built) };
  };
  const foldersOf = ({ main }: BuiltJob) =>
    main.volumeMounts.map(({ mountPath }) => mountPath).filter((path) => path.startsWith('/opt'));

  test('has the Python image, its folders, and where the content is', () => {
    const built = buildWith(given({ name: 'x' }), python());
    expect(built.main.image).toBe('squall/runner-python:1');
    expect(built.main.env).toContainEqual({
      name: 'SQUALL_CONTENT_URL',
      value: 'https://squall.squall.svc/internal/v1/namespaces/prod/content',
    });
    expect(foldersOf(built)).toEqual(['packs', 'virtualenvs', 'configs'].map((name) => `/opt/stackstorm/${name}`));
    expect(built.pod.volumes).toContainEqual({ name: 'virtualenvs', emptyDir: {} });
    expect(built.pod['securityContext']).toMatchObject({
      runAsNonRoot: true,
      sysctls: [{ name: 'net.ipv4.ping_group_range', value: '0 2147483647' }],
    });
  });
  test('has its files in memory where they take at most an eighth of it', () => {
    const memoryOf = (unpackedBytes: number | undefined, limits?: object) => {
      const content = { files: digest('a'), environment: digest('b'), unpackedBytes };
      const { pod } = buildWith(
        given({ name: 'x' }),
        python({ content, ...(limits && { pod: { resources: { limits } } }) }),
      );
      return (pod.volumes as readonly { readonly name: string; readonly emptyDir?: { readonly medium?: string } }[])
        .filter(({ emptyDir }) => emptyDir?.medium === 'Memory')
        .map(({ name }) => name);
    };
    const all = ['packs', 'virtualenvs', 'configs'];
    expect(memoryOf(2 ** 26, { memory: '512Mi' })).toEqual(all);
    expect(memoryOf(2 ** 26 + 1, { memory: '512Mi' })).toEqual(['configs']);
    expect(memoryOf(2 ** 26 + 1, { memory: '1Gi' })).toEqual(all);
    expect(memoryOf(2 ** 26, { memory: 'much' })).toEqual(['configs']);
    expect(memoryOf(undefined)).toEqual(['configs']);
  });
  test('runs with every parameter, the configuration and the user', () => {
    const { task } = buildWith(given({ name: 'x', size: 2 }, { user: 'ann' }), python());
    expect(task).toMatchObject({
      runner: 'python-script',
      entryPoint: 'actions/hello.py',
      content: { pack: 'demo', files: digest('a'), environment: digest('b'), config },
      python: {
        parameters: { name: 'x', size: 2, more: null },
        types: { size: 'number' },
        user: 'ann',
        logLevel: 'DEBUG',
      },
      environment: { ST2_API_URL: 'https://squall.squall.svc/ns/prod/api/v1', ST2_ACTION_PACK_NAME: 'demo' },
      timeoutSeconds: 600,
      arguments: [],
    });
  });
  test('is told where its configuration has secrets in clear text', () => {
    expect(buildWith(given({ name: 'x' }), python()).task.content).not.toHaveProperty('secret');
    const schema = { nested: { type: 'object', properties: { list: { type: 'array', items: { secret: true } } } } };
    const { task } = buildWith(given({ name: 'x' }), python(), schema);
    expect(task.content).toMatchObject({ config, secret: [['nested', 'list', 0]] });
  });
  test('has long integers of its configuration with every digit, beside secrets and templates too', () => {
    const values = { account: 1234567890123456789n, greeting: 'Hi {{ st2kv.system.name }}' };
    for (const references of [[], [{ path: 'token', secret: { name: 'shop', key: 'token' } }]]) {
      const { main } = build(given({ name: 'x' }), python(), {
        readable: { config: { pack: 'shop', schema: {}, values, references } },
      });
      expect(main.env).toContainEqual({
        name: 'SQUALL_TASK',
        value: expect.stringContaining('"account":1234567890123456789,"greeting":"Hi "'),
      });
    }
  });
  test('keeps the parameters of the runner for itself', () => {
    const env = { A: 'b', PythonPath: '/x' };
    const { task } = buildWith(given({ name: 'x', env, log_level: 'INFO', debug: true, timeout: 5 }), python());
    expect(task.python).toMatchObject({ parameters: { name: 'x', size: null, more: null }, logLevel: 'INFO' });
    expect(task.environment).toMatchObject({ A: 'b', ST2_ACTION_DEBUG: 'True' });
    expect(task.environment).not.toHaveProperty('PythonPath');
    expect(task.timeoutSeconds).toBe(5);
  });
  test('is told the type of a secret that is no text', () => {
    const secret = { valueFrom: { secretKeyRef: { name: 's', key: 'k' } } };
    const { task } = buildWith(
      given({ name: secret, more: secret }),
      python({ parameters: { name: { type: 'string', secret: true }, more: { type: 'object', secret: true } } }),
    );
    expect(task.python).toMatchObject({
      parameters: { name: secretMark('name'), more: secretMark('more') },
      types: { more: 'object' },
    });
  });
  test('sees the configuration in templates', () => {
    const of = python({ parameters: { name: { type: 'string', default: '{{ config_context.key }}' } } });
    expect(buildWith(given({}), of).task.python?.parameters).toEqual({ name: 'value' });
  });
  test('does not hide what its own image brings', () => {
    const built = buildWith(given({ name: 'x' }), python({ content: { image: 'me/pack:1' } }));
    expect(built.main.image).toBe('me/pack:1');
    expect(foldersOf(built)).toEqual(['/opt/stackstorm/configs']);
    expect(built.task.content).toEqual({ pack: 'demo', config });
  });
  test('fetches its files and environment into the image that its Pack names', () => {
    const content = { files: digest('a'), environment: digest('b'), image: 'me/tools:1' };
    for (const runner of ['python-script', 'local-shell-script', 'node-script']) {
      const built = buildWith(given({ name: 'x' }), python({ content, runner }));
      expect(built.main.image).toBe('me/tools:1');
      expect(foldersOf(built)).toEqual(['packs', 'virtualenvs', 'configs'].map((name) => `/opt/stackstorm/${name}`));
      expect(built.task.content).toMatchObject({ files: digest('a'), environment: digest('b') });
    }
  });
  test('of Node has the Node image, unless the pack brings one, and its call', () => {
    const of = (content: object) => python({ runner: 'node-script', entryPoint: 'actions/hello.ts', content });
    const built = buildWith(given({ name: 'x', log_level: 'ERROR' }, { user: 'ann' }), of({ files: digest('a') }));
    expect(built.main.image).toBe('squall/runner-node:1');
    expect(built.task).toMatchObject({
      runner: 'node-script',
      entryPoint: 'actions/hello.ts',
      content: { pack: 'demo', files: digest('a'), config },
      node: { parameters: { name: 'x', size: null, more: null }, user: 'ann', logLevel: 'ERROR' },
      environment: { ST2_API_URL: 'https://squall.squall.svc/ns/prod/api/v1' },
      timeoutSeconds: 600,
    });
    expect(built.task).not.toHaveProperty('python');
    expect(buildWith(given({ name: 'x' }), of({ image: 'me/pack:1' })).main.image).toBe('me/pack:1');
  });
  test.each([
    ['python-script', 'python', 'squall/runner-python:1'],
    ['node-script', 'node', 'squall/runner-node:1'],
  ])('of runner %s may come as text, without files', (runner, field, image) => {
    const built = buildWith(
      given({ name: 'x' }),
      action({ ref: 'demo.s', runner, script: 'text', parameters: { name: { type: 'string' } } }),
    );
    expect(built.main.image).toBe(image);
    expect(foldersOf(built)).toEqual(['/opt/stackstorm/configs']);
    expect(built.task).toMatchObject({
      script: 'text',
      content: { pack: 'demo', config },
      [field]: { parameters: { name: 'x' } },
    });
    expect(built.task).not.toHaveProperty('entryPoint');
  });
  test('gets an integer beyond 2^53 with all its digits, as text that its type is told of', () => {
    const of = python({ parameters: { id: { type: 'integer', default: '{{ 2 ** 60 + 1 }}' } } });
    expect(buildWith(given({}), of).task.python).toMatchObject({
      parameters: { id: '1152921504606846977' },
      types: { id: 'integer' },
    });
  });
  test('runs a script where it is, and a command beside the files', () => {
    const content = { files: digest('a') };
    const script = buildWith(
      given({ x: 'y' }),
      action({
        ref: 'demo.s',
        runner: 'local-shell-script',
        entryPoint: 'actions/s.sh',
        content,
        parameters: { x: { type: 'string' } },
      }),
    );
    expect(script.task).toMatchObject({ entryPoint: 'actions/s.sh', arguments: ['--x=y'], content: { pack: 'demo' } });
    expect(script.task).not.toHaveProperty('script');
    expect(script.task).not.toHaveProperty('python');
    const command = buildWith(execution(), action({ ref: 'demo.c', content }));
    expect(command.task).toMatchObject({ command: 'date', content: { pack: 'demo' } });
    expect(command.main.image).toBe('squall/runner-python:1');
  });
  test('is not made for another version of the content', () => {
    expect(jobFor(given({ name: 'x', content_version: 'v1' }), python(), 1, settings, T0)).toMatchObject({
      ok: false,
      reason: 'ParametersInvalid',
      message: expect.stringContaining('parameters.content_version'),
    });
  });
});
