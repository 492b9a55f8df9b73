// operator/domain/pack/read.test.ts — packs as a whole: what is registered, all that is wrong at once, and packs that mean harm.
import { describe, expect, test } from 'vitest';
import { Manifest } from '../../api/install.ts';
import { readPack } from './read.ts';
import { findingsOf, manifestOf, treeOf } from './tree.setup.ts';

const WHOLE = {
  'actions/hello.yaml': 'name: hello\nrunner_type: python-script\nentry_point: hello.py\n',
  'actions/hello.py': 'x',
  'actions/away.yaml': 'name: away\nrunner_type: inquirer\n',
  'actions/flow.yaml': 'name: flow\nrunner_type: orquesta\nentry_point: workflows/flow.yaml\n',
  'actions/workflows/flow.yaml': 'version: 1.0\ntasks:\n  a:\n    action: core.noop\n',
  'actions/config.yaml': 'not: an action\n',
  'actions/deep/other.yaml': 'not: an action\n',
  'triggers/alert.yaml': 'name: alert\n',
  'sensors/queue.yaml':
    'class_name: Queue\nentry_point: queue.py\npolling_interval: 3\ntrigger_types:\n  - name: message\n    payload_info: [x]\n',
  'sensors/queue.py': 'x',
  'rules/on_alert.yaml': 'name: on alert\ntrigger:\n  type: acme.alert\naction:\n  ref: acme.hello\n',
  'rules/on_alert.yaml.disabled': ':',
  'aliases/hi.yaml':
    'name: hi\naction_ref: acme.hello\nformats:\n  - "hi {{ name }}"\n  - display: hi\n    representation: [hi]\n',
  'policies/one.yaml':
    'name: one\nresource_ref: acme.hello\npolicy_type: action.concurrency\nparameters:\n  threshold: 1\n',
  'config.schema.yaml': 'token:\n  type: string\n  secret: true\n  required: true\n',
};

test('a whole pack becomes objects, and what waits; it is counted as StackStorm counts', () => {
  const manifest = manifestOf(WHOLE);
  expect(Manifest.parse(manifest)).toEqual(manifest);
  expect(manifest.counts).toEqual({
    actions: 3,
    sensors: 1,
    rules: 1,
    aliases: 1,
    policies: 1,
    triggers: 1,
    config_schema: 1,
  });
  expect(manifest.resources.map(({ kind, spec }) => `${kind} ${String(spec['ref'])}`)).toEqual([
    'TriggerType acme.alert',
    'TriggerType acme.message',
    'Workflow acme.flow',
    'Action acme.hello',
    'Rule acme.on alert',
  ]);
  expect(manifest.waiting.map(({ kind, name, file }) => `${kind} ${name} ${file}`)).toEqual([
    'Sensor Queue sensors/queue.yaml',
    'Action away actions/away.yaml',
    'ActionAlias hi aliases/hi.yaml',
    'Policy one policies/one.yaml',
  ]);
  expect(manifest.waiting[1]?.content).toMatchObject({ runner_type: 'inquirer' });
  expect(manifest.configSchema).toEqual({ token: { type: 'string', secret: true, required: true } });
  expect(manifest.files).toHaveLength(16);
});

test('everything that is wrong is told at once, with file and line', () => {
  const findings = findingsOf({
    'pack.yaml': 'name: acme\ndescription: d\nversion: 1.0\nauthor: a\n',
    'actions/a.yaml': 'name: a\nrunner_type: noop\nenabeld: true\n',
    'actions/b.yaml': 'name: b\nrunner_type: noop\nparameters:\n  x:\n    type: list\n',
    'rules/r.yaml': 'name: r\nenabled: maybe\naction: {}\n',
  });
  expect(findings).toEqual([
    'actions/a.yaml:3: enabeld: there is no such key; Did you mean "enabled"? Remove or rename it',
    expect.stringMatching(/^actions\/b.yaml:5: parameters\.x\.type: 'list' is not .*; did you mean "array"\?$/),
    'pack.yaml:3: version: Pack version "1" doesn\'t follow a valid semver format. Valid versions and formats include: 0.1.0, 0.2.1, 1.1.0, etc.',
    'rules/r.yaml:1: trigger: it is missing; write it',
    'rules/r.yaml:2: enabled: Invalid input: expected boolean, received string',
    'rules/r.yaml:3: action.ref: it is missing; write it',
  ]);
});

describe('pack.yaml', () => {
  const packYaml = (more: string, name = 'name: acme') => ({
    'pack.yaml': `${name}\ndescription: d\nversion: 1.2.3\nauthor: a\n${more}`,
  });
  const refOf = (more: string, name: string, directory?: string) => {
    const read = readPack(treeOf(packYaml(more, name), directory));
    return read.ok ? read.manifest.ref : read.findings.map(({ message }) => message).join();
  };

  test.each([
    ['ref: other', 'name: acme', 'dir', 'other'],
    ['', 'name: acme', 'dir', 'dir'],
    ['', 'name: acme', 'not-a-name', 'acme'],
    ['', 'name: acme', undefined, 'acme'],
  ])('%j, %j in folder %j', (more, name, directory, ref) => {
    expect(refOf(more, name, directory)).toBe(ref);
  });

  test.each([
    [
      'ref: a-b',
      /^Pack ref \/ name can only contain valid word characters \(a-z, 0-9 and _\), dashes are not allowed\./,
    ],
    ['ref: a.b', /^Pack name "a\.b" contains reserved character "\."/],
    ['ref: _global', /^Pack name _global is a reserved name, and cannot be used/],
    ['stackstorm_version: three', /^stackstorm_version: write comparisons/],
    ['python_versions: [3]', /^python_versions\[0\]: write the versions in quotes/],
    ['keywords: cloud', /^keywords: .*array/],
  ])('%s is refused', (more, message) => {
    expect(refOf(more, 'name: acme')).toMatch(message);
  });

  test('a name that is none needs ref', () => {
    expect(refOf('', 'name: Acme Cloud')).toMatch(
      /^Pack name "Acme Cloud" contains invalid characters and "ref" attribute is not available/,
    );
  });

  test('what it says is kept, unknown keys are not in the way, Python 2 is a warning', () => {
    const more =
      'email: a@b\nkeywords: [x]\nruntime: y\nstackstorm_version: ">=3.2.0, <4.0.0"\npython_versions: ["2"]\ndependencies: [core]\n';
    const manifest = manifestOf(packYaml(more));
    expect(manifest.pack).toEqual({
      name: 'acme',
      description: 'd',
      version: '1.2.3',
      author: 'a',
      email: 'a@b',
      keywords: ['x'],
      contributors: [],
      dependencies: ['core'],
      stackstormVersion: '>=3.2.0, <4.0.0',
      pythonVersions: ['2'],
    });
    expect(manifest.warnings).toEqual([
      expect.stringMatching(/^DEPRECATION WARNING: Pack acme only supports Python 2\.x/),
    ]);
  });

  test('without it nothing is a pack', () => {
    const tree = { files: ['README.md'], text: () => undefined };
    expect(readPack(tree)).toMatchObject({ ok: false, findings: [{ file: 'pack.yaml' }] });
  });
});

describe('hostile files', () => {
  const lol = ['a: &a [x, x, x, x, x, x, x, x, x]'];
  for (const [from, to] of ['ab', 'bc', 'cd', 'de', 'ef', 'fg', 'gh'])
    lol.push(`${to}: &${to} [${Array.from({ length: 9 }, () => `*${from}`).join(', ')}]`);
  test.each([
    ['a bomb of aliases', lol.join('\n'), /aliases make the file larger than/],
    ['nesting', '['.repeat(20_000), /too large or too deep|nests too deeply|bracket/],
    ['a Python object', 'name: !!python/object/apply:os.system ["id"]', /remove the tag/],
    ['much text', `name: ${'x'.repeat(1024 * 1024)}`, /more than 1048576 characters/],
    ['a loop', 'a: &a [*a]', /alias/],
    ['a long list', `a: [${'x,'.repeat(30_000)}x]`, /more than 20000 lines and entries/],
    ['many aliases', `a: &a x\nb: [${'*a, '.repeat(3000)}*a]`, /aliases make the file larger/],
    ['a staircase', '- '.repeat(100_000), /too large or too deep/],
  ])('%s is refused by name', (_, text, message) => {
    const [finding] = findingsOf({ 'actions/bad.yaml': text });
    expect(finding).toMatch(/^actions\/bad\.yaml:\d+: /);
    expect(finding).toMatch(message);
  });

  test('of a file with very many mistakes, as many are told as anybody reads', () => {
    const text = `name: a\nrunner_type: noop\n${Array.from({ length: 1000 }, (_, i) => `bad${i}: 1`).join('\n')}`;
    expect(findingsOf({ 'actions/a.yaml': text })).toHaveLength(100);
  });

  test('what cannot be read as text is a finding', () => {
    const tree = treeOf({ 'actions/a.yaml': 'x' });
    const text = (path: string) => (path === 'actions/a.yaml' ? undefined : tree.text(path));
    expect(readPack({ ...tree, text })).toMatchObject({ ok: false, findings: [{ file: 'actions/a.yaml' }] });
  });

  test('__proto__ is a key like others', () => {
    const findings = findingsOf({
      'actions/a.yaml': 'name: a\nrunner_type: noop\nparameters:\n  __proto__: {type: string}\n',
    });
    expect(findings.join()).toMatch(/"__proto__" is no name/);
  });
});

describe('names', () => {
  const noop = (name: string) => `name: ${name}\nrunner_type: noop\n`;
  test('two of one reference', () => {
    expect(findingsOf({ 'actions/a.yaml': noop('x'), 'actions/b.yaml': noop('x') })).toEqual([
      'actions/b.yaml:-: "acme.x" is in actions/a.yaml too; rename one of them, or remove it',
    ]);
  });

  test('two that the cluster cannot hold apart', () => {
    expect(findingsOf({ 'actions/a.yaml': noop('x_y'), 'actions/b.yaml': noop('X-y') }).join()).toMatch(
      /"acme\.X-y" and "acme\.x_y" of actions\/a\.yaml would both be called "acme\.x-y"/,
    );
  });

  test('an action and a rule may share a name', () => {
    const rule = 'name: x\ntrigger: {type: acme.t}\naction: {ref: acme.x}\n';
    expect(findingsOf({ 'actions/a.yaml': noop('x'), 'rules/r.yaml': rule })).toEqual([]);
  });

  test('the pack that a file names has to be its own', () => {
    expect(findingsOf({ 'actions/a.yaml': `${noop('x')}pack: other\n` })).toEqual([
      'actions/a.yaml:3: Model is in pack "acme" but field "pack" is different: other; remove the field',
    ]);
  });
});
