// e2e/stories/node-pack.test.ts — actions in TypeScript: as text in their Action, and in a pack with a package of npm; and Python as text.
import { expect, test } from 'vitest';
import { type Execution, KeyValue, type Pack } from '../../operator/api/kinds.ts';
import { apply, createExecution, ended, eventually, kubectl, list, ours, ready, stage } from '../harness.ts';
import { squallIn } from '../squall.ts';
import { scratchNamespace } from './scratch.ts';

const { name: namespace } = scratchNamespace('node-pack');
const SECRET = 'correct-horse-battery';

const action = (name: string, spec: object) => ours('Action', namespace, name, spec);
const node = (name: string, script: string, more: object = {}) =>
  action(name, { runner: 'node-script', script, ...more });

interface Outcome {
  readonly phase: string;
  readonly message?: string;
  readonly result?: Readonly<Record<string, unknown>>;
}

async function outcome(ref: string, parameters: Readonly<Record<string, unknown>> = {}): Promise<Outcome> {
  const execution: Pick<Execution, 'status'> = await ended(
    namespace,
    await createExecution(namespace, ref, parameters),
  );
  return execution.status as Outcome;
}

test('an action of one file in TypeScript comes with kubectl apply', async () => {
  const greet = `
    import { basename } from 'node:path';
    interface Given { readonly name: string; readonly count: number; readonly more: string | null }
    export default async function ({ name, count, more }: Given, { logger, execution, config }: any): Promise<object> {
      console.log('greeting');
      logger.info('for %s', execution.user);
      return { said: Array(count).fill(\`Hello \${name}!\`).join(' '), more, config, action: execution.action, base: basename('/a/b') };
    }`;
  const parameters = {
    name: { type: 'string', required: true },
    count: { type: 'integer', default: 1 },
    more: { type: 'string' },
  };
  await apply(node('inline.greet', greet, { parameters }));
  await ready(namespace, 'action/inline.greet');
  const { phase, result } = await outcome('inline.greet', { name: 'Bob', count: 2 });
  expect([phase, result]).toMatchObject([
    'Succeeded',
    {
      exit_code: 0,
      stdout: 'greeting\n',
      stderr: expect.stringMatching(/^inline\.greet: INFO {5}for \S+\n$/),
      result: { said: 'Hello Bob! Hello Bob!', more: null, config: {}, action: 'inline.greet', base: 'b' },
    },
  ]);
});

test('what is thrown is the message, a time limit ends it, and the signal lets it say how far it came', async () => {
  const wait = `
    export const run = async ({ limit }, { signal }) => {
      if (limit === 0) throw new RangeError('no limit');
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      return { reached: 7 };
    };`;
  await apply(node('inline.wait', wait, { parameters: { limit: { type: 'integer', default: 0 } } }));
  await ready(namespace, 'action/inline.wait');
  const thrown = await outcome('inline.wait');
  expect(thrown).toMatchObject({
    phase: 'Failed',
    message: expect.stringContaining('RangeError: no limit'),
    result: { exit_code: 1, result: null, error: 'RangeError: no limit' },
  });
  expect(thrown.result?.['stderr']).toContain('wait.ts:3');
  expect(await outcome('inline.wait', { limit: 1, timeout: 3 })).toMatchObject({
    phase: 'TimedOut',
    result: { exit_code: -9, result: { reached: 7 } },
  });
});

test('a secret parameter is known to the function and to nobody else', async () => {
  const leak = `
    export default ({ token }, { logger, fail }) => {
      logger.warn(token);
      fail(\`not \${token}\`, { length: token.length, token });
    };`;
  await apply(node('inline.leak', leak, { parameters: { token: { type: 'string', secret: true, required: true } } }), {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { namespace, name: 'vault' },
    stringData: { token: SECRET },
  });
  await ready(namespace, 'action/inline.leak');
  const token = { valueFrom: { secretKeyRef: { name: 'vault', key: 'token' } } };
  expect(await outcome('inline.leak', { token })).toMatchObject({
    phase: 'Failed',
    message: expect.stringContaining('not ********'),
    result: { result: { length: SECRET.length, token: '********' }, error: 'not ********' },
  });
  const everything = await kubectl(['-n', namespace, 'get', 'executions,jobs,pods,events', '-o', 'yaml']);
  const log = await kubectl(['-n', stage.namespace, 'logs', 'deploy/squall', '--tail=2000']);
  for (const place of [everything, log]) expect(place).not.toContain(SECRET);
});

test('the datastore keeps what an action leaves for the next one', async () => {
  const count = `
    export default async (_, { datastore }) => {
      const before = Number((await datastore.get('count')) ?? 0);
      await datastore.set('count', String(before + 1), { ttlSeconds: 600 });
      await datastore.set('shared', 'all may read it', { local: false });
      const entries = await datastore.list();
      const gone = [await datastore.delete('no-such-entry'), await datastore.get('no-such-entry')];
      return { before, names: entries.map(({ name }) => name), gone: gone.map(String) };
    };`;
  await apply(node('inline.count', count));
  await ready(namespace, 'action/inline.count');
  const result = (before: number) => ({
    phase: 'Succeeded',
    result: { result: { before, names: ['inline.count:count'], gone: ['false', 'undefined'] } },
  });
  expect(await outcome('inline.count')).toMatchObject(result(0));
  expect(await outcome('inline.count')).toMatchObject(result(1));
  const keys = (await list(KeyValue, namespace)).map(({ spec }) => (spec as { key: string }).key);
  expect(keys.toSorted()).toEqual(['inline.count:count', 'shared']);
});

test('a Python action of one file comes with kubectl apply, and its integers keep their digits', async () => {
  const script = [
    'from st2common.runners.base_action import Action',
    '',
    '',
    'class Twice(Action):',
    '    def run(self, n):',
    "        return {'twice': 2 * n, 'long': 2 ** 53 + 1}",
    '',
  ].join('\n');
  await apply(action('inline.twice', { runner: 'python-script', script, parameters: { n: { type: 'integer' } } }));
  await ready(namespace, 'action/inline.twice');
  const name = await createExecution(namespace, 'inline.twice', { n: 21 });
  const { status } = await ended(namespace, name);
  expect(status).toMatchObject({ phase: 'Succeeded', result: { exit_code: 0, result: { twice: 42 } } });
  const text = await kubectl(['-n', namespace, 'get', 'execution', name, '-o', 'json']);
  expect(text).toContain('"long": 9007199254740993');
  const shown = await squallIn(namespace)('execution', 'get', name, '-o', 'json');
  expect([shown.code, shown.stdout]).toEqual([0, expect.stringContaining('9007199254740993')]);
});

test('an integer of many digits is a BigInt in TypeScript, and so is what it returns', async () => {
  const script = 'export default ({ n }: { n: bigint }) => ({ kind: typeof n, more: n + 2n });';
  await apply(node('inline.long', script, { parameters: { n: { type: 'integer' } } }));
  await ready(namespace, 'action/inline.long');
  const name = await createExecution(namespace, 'inline.long', { n: '9007199254740993' });
  const { status } = await ended(namespace, name);
  expect(status).toMatchObject({ phase: 'Succeeded', result: { exit_code: 0, result: { kind: 'bigint' } } });
  expect(await kubectl(['-n', namespace, 'get', 'execution', name, '-o', 'json'])).toContain(
    '"more": 9007199254740995',
  );
});

/** `ms` turns "2 days" into milliseconds; it needs no other package. */
const MS = {
  version: '2.1.3',
  integrity: 'sha512-6FlzubTLZG3J2a/NVCAleEhjzq5oxgHyaCU9yYXvcLsvoVaHJq/s5xXI6/XXP6tz7R9xAOtHnSO/tXtF3WRTlA==',
};

const CLOCK: Readonly<Record<string, string>> = {
  'pack.yaml':
    'ref: clock\nname: Clock\ndescription: Tells times\nversion: 1.0.0\nauthor: Ann\nemail: ann@example.org\n',
  'config.schema.yaml': 'unit: {type: string, default: ms}\n',
  'package.json': JSON.stringify({ name: 'clock', private: true, dependencies: { ms: '2.1.3' } }),
  'package-lock.json': JSON.stringify({
    name: 'clock',
    lockfileVersion: 3,
    requires: true,
    packages: { '': { name: 'clock', dependencies: { ms: '2.1.3' } }, 'node_modules/ms': MS },
  }),
  'actions/duration.yaml': [
    'name: duration',
    'runner_type: node-script',
    'entry_point: duration.ts',
    'parameters: {text: {type: string, required: true}}',
    '',
  ].join('\n'),
  'actions/duration.ts': [
    "import ms from 'ms';",
    "import { labelled } from './lib/labelled.ts';",
    'export default ({ text }: { text: string }, { config, logger }: any) => {',
    "  logger.info('reading %s', text);",
    '  return labelled(ms(text) as number, config.unit);',
    '};',
    '',
  ].join('\n'),
  'actions/lib/labelled.ts': 'export const labelled = (value: number, unit: string) => ({ value, unit });\n',
  'actions/python.yaml': 'name: python\nrunner_type: python-script\nentry_point: python.py\n',
  'actions/python.py':
    "from st2common.runners.base_action import Action\n\n\nclass Python(Action):\n    def run(self):\n        return self.config['unit']\n",
};

const settled = async (wanted: string): Promise<Pack> =>
  await eventually(
    `pack clock is ${wanted}`,
    async () => {
      const pack = JSON.parse(await kubectl(['-n', namespace, 'get', 'pack', 'clock', '-o', 'json'])) as Pack;
      const isSeen = pack.status?.observedGeneration === pack.metadata.generation;
      return isSeen && pack.status?.install?.step === wanted ? pack : undefined;
    },
    180,
  );

test('a pack brings packages of npm, its configuration and its neighbours; its Python runs beside', {
  timeout: 300_000,
}, async () => {
  await apply(ours('Pack', namespace, 'clock', { source: { inline: CLOCK }, config: { values: { unit: 'milli' } } }));
  await settled('Done');
  expect(await outcome('clock.duration', { text: '2 days' })).toMatchObject({
    phase: 'Succeeded',
    result: {
      exit_code: 0,
      stderr: 'clock.duration: INFO     reading 2 days\n',
      result: { value: 172_800_000, unit: 'milli' },
    },
  });
  expect(await outcome('clock.python')).toMatchObject({ phase: 'Succeeded', result: { result: 'milli' } });
});

test("a package that does not exist is told in npm's words, and what is installed stays", {
  timeout: 300_000,
}, async () => {
  const wrong = JSON.stringify({ name: 'clock', private: true, dependencies: { ms: '999.0.0' } });
  const { 'package-lock.json': _, ...files } = CLOCK;
  await apply(ours('Pack', namespace, 'clock', { source: { inline: { ...files, 'package.json': wrong } } }));
  const { status } = await settled('Failed');
  const condition = status?.conditions?.find(({ type }) => type === 'EnvironmentReady');
  expect(condition).toMatchObject({
    status: 'False',
    message: expect.stringMatching(/npm install:\n[\s\S]*ms@999\.0\.0/),
  });
  expect(await outcome('clock.duration', { text: '1s' })).toMatchObject({ phase: 'Succeeded' });
});
