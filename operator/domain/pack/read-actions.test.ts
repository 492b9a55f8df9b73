// operator/domain/pack/read-actions.test.ts — files of actions: every runner, parameters and what may be changed of a runner's, entry points.
import { describe, expect, test } from 'vitest';
import { findingsOf, manifestOf, specOf } from './tree.setup.ts';

const action = (text: string, more: Readonly<Record<string, string>> = {}) => ({ 'actions/a.yaml': text, ...more });
const parameters = (text: string, runner = 'local-shell-cmd') =>
  action(`name: a\nrunner_type: ${runner}\nparameters:\n${text.replaceAll(/^/gm, '  ')}\n`);

test('an action keeps its exact reference, and its file', () => {
  const text =
    'name: Free_disk\nrunner_type: local_shell_cmd\ndescription: d\nenabled: false\nparameters:\n  cmd: {default: df}\n';
  expect(specOf(action(text))).toEqual({
    ref: 'acme.Free_disk',
    description: 'd',
    enabled: false,
    runner: 'local-shell-cmd',
    parameters: { cmd: { default: 'df' } },
  });
});

test.each([
  ['run-local', 'local-shell-cmd'],
  ['run_local', 'local-shell-cmd'],
  ['noop', 'noop'],
])('runner %s is %s', (written, runner) => {
  expect(specOf(action(`name: a\nrunner_type: ${written}\n`))).toMatchObject({ runner });
});

test.each([
  ['run-local-script', 'local-shell-script'],
  ['local-shell-script', 'local-shell-script'],
  ['run-python', 'python-script'],
  ['python_script', 'python-script'],
  ['node-script', 'node-script'],
])('runner %s is %s, with a file', (written, runner) => {
  const text = `name: a\nrunner_type: ${written}\nentry_point: lib/a.x\n`;
  expect(specOf(action(text, { 'actions/lib/a.x': '' }))).toMatchObject({ runner, entryPoint: 'actions/lib/a.x' });
});

test.each(['inquirer', 'announcement', 'winrm-cmd', 'winrm-ps-cmd', 'windows-cmd'])(
  'runner %s waits, and is counted',
  (runner) => {
    const { counts, waiting, resources } = manifestOf(action(`name: a\nrunner_type: ${runner}\n`));
    expect([counts['actions'], waiting[0]?.kind, resources]).toEqual([1, 'Action', []]);
  },
);

test.each([
  ['orquesta', 'orquesta', 'version: 1.0\ntasks: {a: {action: core.noop}}\n'],
  ['orchestra', 'orquesta', 'version: 1.0\ntasks: {a: {action: core.noop}}\n'],
  ['action-chain', 'action-chain', 'chain: [{name: a, ref: core.noop}]\n'],
  ['mistral-v2', 'mistral', 'version: "2.0"\nacme.a:\n  tasks: {a: {action: std.noop}}\n'],
])('runner %s is a Workflow', (runner, engine, definition) => {
  const text = `name: a\nrunner_type: ${runner}\nentry_point: workflows/a.yaml\n`;
  const { resources, warnings } = manifestOf(action(text, { 'actions/workflows/a.yaml': definition }));
  expect(resources).toMatchObject([{ kind: 'Workflow', file: 'actions/a.yaml', spec: { ref: 'acme.a', engine } }]);
  expect(warnings).toEqual([]);
});

test('a secret of an output_schema is warned of: results are not masked by it', () => {
  const warned = (schema: string) =>
    manifestOf(action(`name: a\nrunner_type: noop\noutput_schema: ${schema}\n`)).warnings;
  const secret = '{type: string, secret: true}';
  for (const schema of [`{type: object, properties: {token: ${secret}}}`, `{token: ${secret}}`])
    expect(warned(schema)).toEqual([expect.stringMatching(/^actions\/a\.yaml:3: output_schema: results are kept/)]);
  expect(warned('{type: object, properties: {secret: {type: string}}}')).toEqual([]);
});

describe('workflows', () => {
  const flow = (definition: string) =>
    action('name: a\nrunner_type: orquesta\nentry_point: w.yaml\nenabled: false\n', { 'actions/w.yaml': definition });

  // w.yaml lies in actions/ here, so that it is read as an action too.
  const inFolder = (definition: string) =>
    action('name: a\nrunner_type: orquesta\nentry_point: workflows/w.yaml\n', {
      'actions/workflows/w.yaml': definition,
    });

  test('a definition outside of a folder of its own is taken for an action', () => {
    expect(findingsOf(flow('version: 1.0\ntasks: {a: {action: core.noop}}\n')).join()).toMatch(
      /actions\/w\.yaml:1: version: there is no such key/,
    );
  });

  test('what is wrong with it is a warning with its line: it is registered, as in StackStorm', () => {
    const { warnings, resources } = manifestOf(
      inFolder('version: 1.0\ntasks:\n  a:\n    action: core.noop\n    next:\n      - do: b\n'),
    );
    expect(resources).toHaveLength(1);
    expect(warnings).toEqual([expect.stringMatching(/^actions\/workflows\/w\.yaml:\d+: .*"b"/)]);
  });

  test.each([
    ['a: [', /^actions\/workflows\/w\.yaml:\d+: .*bracket/],
    ['just text', /^actions\/workflows\/w\.yaml:1: the definition of a workflow is a mapping/],
    [`version: 1.0\nx: "${'x'.repeat(520 * 1024)}"`, /larger than 512 KiB/],
  ])('%# what is no definition is a finding', (definition, message) => {
    expect(findingsOf(inFolder(definition)).join()).toMatch(message);
  });

  test('one without its file waits, with a warning', () => {
    const { waiting, warnings, counts } = manifestOf(
      action('name: a\nrunner_type: orquesta\nentry_point: workflows/w.yaml\n'),
    );
    expect(waiting).toMatchObject([{ kind: 'Action', name: 'a' }]);
    expect([counts['actions'], warnings.join()]).toEqual([
      1,
      expect.stringMatching(/there is no file actions\/workflows\/w\.yaml/),
    ]);
  });
});

describe('parameters', () => {
  test.each([
    ['a-b: {}', 4, /"a-b" is no name/],
    [
      Array.from({ length: 513 }, (_, i) => `p${i}: {}`).join('\n'),
      3,
      /there are 513 parameters; an action has at most 512/,
    ],
    ['a: {requird: true}', 4, /parameters\.a\.requird: there is no such attribute; Did you mean "required"\?/],
    ['a: {format: email}', 4, /parameters\.a\.format: .*use pattern/],
    ['a:\n  type: [string, integer]', 5, /parameters\.a\.type: write one type/],
    ['a: {type: dict}', 4, /did you mean "object"\?/],
    ['a: {type: array, items: {type: str}}', 4, /parameters\.a\.items\.type: .*did you mean "string"\?/],
    ['a: {enum: []}', 4, /parameters\.a\.enum/],
    ['a: {required: "yes"}', 4, /parameters\.a\.required: 'yes' is not of type 'boolean'/],
    ['a: {immutable: true}', 4, /Immutable param a requires a default value/],
    [
      'a: {position: 0}\nb: {position: 0}',
      5,
      /Parameters b and a have same position 0\. Position values have to be unique\./,
    ],
    ['a: {position: 0}\nb: {position: 2}', 3, /Positions supplied \[0, 2\] for parameters are not contiguous/],
    [
      'cmd: {type: integer}',
      4,
      /^The attribute "type" for the runner parameter "cmd" in action "acme\.a" cannot be overridden/,
    ],
  ])('%j is refused', (text, line, message) => {
    const [finding = ''] = findingsOf(parameters(text));
    expect(finding.slice(0, `actions/a.yaml:${line}: `.length)).toBe(`actions/a.yaml:${line}: `);
    expect(finding.slice(`actions/a.yaml:${line}: `.length)).toMatch(message);
  });

  test.each([
    ['required with default', 'a: {required: true, default: 1}'],
    ['no type', 'a: {description: x}'],
    ['positions from 3 on', 'a: {position: 3}\nb: {position: 4}'],
    ['a default of null for what cannot be set', 'a: {immutable: true, default: null}'],
    [
      "a runner's parameter, with its own type again",
      'timeout: {type: integer, default: 5}\nsudo_password: {immutable: true}',
    ],
    ['list of types and format deeper down', 'a: {items: {type: [string, "null"], format: email}}'],
    ['a default that is no value of its type', 'a: {type: integer, default: x}'],
  ])('%s is taken', (_, text) => {
    expect(findingsOf(parameters(text))).toEqual([]);
  });

  test('deeper down, a word that nobody knows is a warning', () => {
    expect(manifestOf(parameters('a: {type: array, items: {type: array, item: {}}}')).warnings).toEqual([
      expect.stringMatching(/^actions\/a\.yaml:4: parameters\.a\.items: .*'item' was unexpected/),
    ]);
  });

  test('runners that come later have parameters too', () => {
    const text = parameters('host: {type: array}\nport: {default: 1}', 'winrm-cmd');
    expect(findingsOf(text)).toEqual([
      expect.stringMatching(/^actions\/a\.yaml:4: The attribute "type" for the runner parameter "host"/),
    ]);
  });

  test('a description of pages is taken', () => {
    expect(findingsOf(parameters(`a: {description: "${'long '.repeat(2500)}"}`))).toEqual([]);
    const [cut] = [specOf(parameters(`a: {description: "${'long '.repeat(5000)}"}`))];
    expect(JSON.stringify(cut).length).toBeLessThan(17_000);
  });
});

describe('entry points', () => {
  const script = (entryPoint: string) =>
    action(`name: a\nrunner_type: local-shell-script\nentry_point: ${entryPoint}\n`, { 'actions/x.sh': '' });
  test.each([
    '/etc/passwd',
    '../rules/x.sh',
    'lib/../x.sh',
    './x.sh',
    'lib//x.sh',
    '/opt/stackstorm/packs/other/x.sh',
    "'a\\b'",
  ])('%s is refused', (entryPoint) => {
    expect(findingsOf(script(entryPoint)).join()).toMatch(/^actions\/a\.yaml:3: entry_point: /);
  });

  test('one of the pack may be absolute', () => {
    expect(specOf(script('/opt/stackstorm/packs/acme/actions/x.sh'))).toMatchObject({ entryPoint: 'actions/x.sh' });
  });

  test('a file that is not there is a warning', () => {
    const { warnings, resources } = manifestOf(script('y.sh'));
    expect(resources).toHaveLength(1);
    expect(warnings).toEqual(['actions/a.yaml:3: entry_point: there is no file actions/y.sh; its runs will fail']);
  });

  test('a runner without files passes over it; one that needs a file says so', () => {
    expect(specOf(action('name: a\nrunner_type: noop\nentry_point: x\n'))).not.toHaveProperty('entryPoint');
    expect(findingsOf(action('name: a\nrunner_type: python-script\n')).join()).toMatch(/runner python-script needs it/);
  });
});

test.each([
  ['cloudslnag', /RunnerType cloudslnag is not found\. Did you mean "cloudslang"\?/],
  ['container', /RunnerType container is not found/],
  ['constructor', /RunnerType constructor is not found/],
])('runner %s is unknown', (runner, message) => {
  expect(findingsOf(action(`name: a\nrunner_type: ${runner}\n`)).join()).toMatch(message);
});

test('whom its end is told is part of an action and of a workflow; null stands for nothing', () => {
  const notify =
    'notify:\n  on-failure: {message: "{{ action_parameters.cmd }}", routes: [ops], data: null}\n  on-success:\n';
  const wanted = { notify: { 'on-failure': { message: '{{ action_parameters.cmd }}', routes: ['ops'] } } };
  expect(specOf(action(`name: a\nrunner_type: noop\n${notify}`))).toMatchObject(wanted);
  const text = `name: a\nrunner_type: action-chain\nentry_point: workflows/a.yaml\n${notify}`;
  const more = { 'actions/workflows/a.yaml': 'chain: [{name: a, ref: core.noop}]\n' };
  expect(manifestOf(action(text, more)).resources).toMatchObject([{ kind: 'Workflow', spec: wanted }]);
  expect(specOf(action('name: a\nrunner_type: noop\nnotify: {on-complete: null}\n'))).not.toHaveProperty('notify');
});

test('a notify that fits no schema is a finding at its line', () => {
  const long = 'x'.repeat(201);
  const findings = findingsOf(action(`name: a\nrunner_type: noop\nnotify:\n  on-complete:\n    routes: [${long}]\n`));
  expect(findings).toEqual([expect.stringMatching(/^actions\/a\.yaml:5: notify\.on-complete\.routes/)]);
});
