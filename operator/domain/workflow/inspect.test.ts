// operator/domain/workflow/inspect.test.ts — one inspection for all engines: which engine, what is wrong, where it stands.
import { expect, test } from 'vitest';
import { action } from '../execution/builders.setup.ts';
import { openYamlText } from '../pack/yaml-text.ts';
import { lookupIn } from './inspect-content.ts';
import { located, stepsTo } from './inspect-places.ts';
import { engineOf, inspectDefinition, type InspectionRequest, openDefinition, valueOf } from './inspect.ts';

const told = (request: InspectionRequest) =>
  inspectDefinition(request).findings.map(
    ({ type, message, spec_path, line, column }) => `${line}:${column} ${type} ${spec_path ?? '-'} ${message}`,
  );

test.each([
  ['chain: []', 'action-chain'],
  ["version: '2.0'\na.b: {}", 'mistral'],
  ['version: 2.0\na.b: {}', 'mistral'],
  ['version: 2\na.b: {}', 'mistral'],
  ['name: x\nworkflows: {}', 'mistral'],
  ['version: 1.0\ntasks: {}', 'orquesta'],
  ["version: '2.0'\ntasks: {}", 'orquesta'],
  ['- list', 'orquesta'],
  ['a: [', 'orquesta'],
])('%j is written for %s', (text, engine) => {
  expect(engineOf(valueOf(text))).toBe(engine);
});

const ORQUESTA = `version: 1.0
tasks:
  t1:
    action: core.noop
    next:
      - do: [t2, t3]
  t2:
    action: core.local
    input:
      cmd: <% ctx(x) %>
`;
const CHAIN = `chain:
  - name: one
    ref: core.noop
    on-success: two
  - name: three
    ref: core.local
    parameters:
      cmd: '{{ x'
`;
const MISTRAL = `version: '2.0'
acme.m:
  tasks:
    t1:
      action: core.noop
      on-success:
        - t2
`;

test.each<[string, InspectionRequest, string[]]>([
  [
    "Orquesta's, sorted as StackStorm lists them",
    { engine: 'orquesta', definition: ORQUESTA },
    [
      '9:5 context tasks.t2.input Variable "x" is referenced before assignment.',
      '6:9 semantic tasks.t1.next[0].do The task "t3" is not defined.',
    ],
  ],
  [
    "a chain's refusals",
    { engine: 'action-chain', definition: CHAIN },
    ['4:5 semantic chain[0].on-success Unable to find node with name "two" referenced in "on-success" in task "one".'],
  ],
  [
    'what would go wrong later in a chain',
    { engine: 'action-chain', definition: CHAIN.replace('two', 'three') },
    [expect.stringMatching(/^8:7 expression chain\[1\]\.parameters\.cmd /) as string],
  ],
  [
    "Mistral's, though the workflow's name has a dot",
    { engine: 'mistral', definition: MISTRAL },
    ["6:7 semantic acme.m.tasks.t1.on-success Task 't2' not found."],
  ],
  [
    'a name other than the reference',
    { engine: 'mistral', definition: MISTRAL.replace('- t2', '- noop'), ref: 'acme.other' },
    ['2:1 content acme.m Name of the workflow must be the same as the fully qualified action name "acme.other".'],
  ],
])('%s', (_, request, expected) => {
  expect(told(request)).toEqual(expected);
});

test.each(['orquesta', 'action-chain', 'mistral'] as const)('what is no YAML is told with its line: %s', (engine) => {
  const [finding, ...more] = inspectDefinition({ engine, definition: 'a: 1\nb: [' }).findings;
  expect(more).toEqual([]);
  expect(finding?.line).toBeGreaterThanOrEqual(1);
  expect(finding?.column).toBeGreaterThanOrEqual(1);
  expect(finding?.message).toMatch(/must be sufficiently indented/);
});

const WORKBOOK =
  "version: '2.0'\nname: p.a\nworkflows:\n  x: {tasks: {t: {action: std.noop}}}\n  y: {tasks: {t: {action: std.noop}}}\n";
test.each<[Partial<InspectionRequest>, string[]]>([
  [{ workflow: 'y' }, []],
  [{ workflow: 'p.a.y' }, []],
  [{ isNamedLater: true }, []],
  [{ workflow: 'z' }, ['3:1 content workflows Unable to find the workflow "z" in the workbook.']],
  [{}, ['3:1 content workflows Workbook definition is detected. Default workflow cannot be determined.']],
])('the workflow that a workbook begins with: %j', (more, expected) => {
  expect(told({ engine: 'mistral', definition: WORKBOOK, ...more })).toEqual(expected);
});

const ACTIONS = new Map([
  ['core.noop', action({ parameters: {} })],
  [
    'core.local',
    action({ parameters: { cmd: { type: 'string', required: true }, note: { required: true, default: '' } } }),
  ],
]);
const lookup = lookupIn((ref) => ACTIONS.get(ref));

test.each<[string, Pick<InspectionRequest, 'engine'> & { definition: string }, string[]]>([
  [
    'Orquesta',
    {
      engine: 'orquesta',
      definition: `tasks:
  a: {action: core.local, input: {cmd: date}}
  b: {action: core.local, input: {cdm: date}}
  c: {action: core.nope}
  d: {action: <% ctx().st2.x %>}
  e: {action: core.local, input: '<% {} %>'}
`,
    },
    [
      'tasks.b.input Action "core.local" is missing required input "cmd".',
      'tasks.b.input.cdm Action "core.local" has unexpected input "cdm".',
      'tasks.c.action The action "core.nope" is not registered in the database.',
    ],
  ],
  [
    'a chain',
    {
      engine: 'action-chain',
      definition: `chain:
  - {name: a, ref: core.local, params: {cmd: date, timeout: 5}, on-success: b}
  - {name: b, ref: core.nope, on-success: c}
  - {name: c, ref: core.local, parameters: {cdm: date}}
`,
    },
    [
      'chain[1].ref The action "core.nope" is not registered in the database.',
      'chain[2].parameters Action "core.local" is missing required input "cmd".',
      'chain[2].parameters.cdm Action "core.local" has unexpected input "cdm".',
    ],
  ],
  [
    'Mistral',
    {
      engine: 'mistral',
      definition: `version: '2.0'
name: p.a
actions:
  shout: {base: core.local, base-input: {cdm: date}}
workflows:
  main:
    tasks:
      a: {action: shout}
      b: {action: core.nope}
      c: {action: std.noop}
      d: {workflow: sub}
      e: {workflow: p.a.sub}
      f: {workflow: p.other}
      g: {action: <% $.x %>}
      h: {action: st2.action, input: {ref: core.gone, parameters: {}}}
  sub:
    tasks:
      a: {action: core.local cmd="date"}
`,
    },
    [
      'workflows.main.tasks.b.action The action "core.nope" is not registered in the database.',
      'workflows.main.tasks.f.workflow The action "p.other" is not registered in the database.',
      'workflows.main.tasks.h.input.ref The action "core.gone" is not registered in the database.',
      'actions.shout.base-input Action "core.local" is missing required input "cmd".',
      'actions.shout.base-input.cdm Action "core.local" has unexpected input "cdm".',
    ],
  ],
])('actions that are not there, and input that does not fit: %s', (_, { engine, definition }, expected) => {
  const { findings, contents } = openDefinition(engine, { definition });
  expect(findings).toEqual([]);
  expect(contents(lookup).map(({ spec_path, message }) => `${spec_path} ${message}`)).toEqual(expected);
});

test("what Mistral's own actions cannot do here is found in the definition, and what does them is named", () => {
  const definition = `version: '2.0'
name: p.a
actions:
  tell: {base: std.email, base-input: {from_addr: a@b, to_addrs: c@d, smtp_server: s, smtp_password: x}}
workflows:
  main:
    tasks:
      a: {action: tell}
      b: {action: std.mistral_http url="http://h"}
      c: {action: std.nope}
      d: {action: std.http, input: {uri: "http://h"}}
      e: {action: std.ssh, input: {cmd: ls, host: h, username: u, password: clear, private_key_filename: null}}
      f: {action: std.ssh, input: {cmd: ls, host: h, username: u, password: <% $.word %>}}
      g: {action: std.ssh, input: <% $.all %>}
      h: {action: std.async_noop}
      i: {action: std.ssh_proxied cmd="ls" host="h" username="u" gateway_host="g" gateway_username="v"}
      j: {action: std.javascript script="return 1"}
      k: {action: tell}
      l: {action: std.wait_ssh host="h" username="u"}
      m: {action: <% $.which %>}
`;
  const { findings, contents } = openDefinition('mistral', { definition });
  expect(findings.map(({ line, spec_path, message }) => `${line} ${spec_path} ${message}`)).toEqual([
    expect.stringMatching(
      /^9 workflows\.main\.tasks\.b\.action Action "std\.mistral_http" cannot be run here: it waits/,
    ),
    '10 workflows.main.tasks.c.action The action "std.nope" is not registered in the database.',
    '11 workflows.main.tasks.d.input Action "std.http" is missing required input "url".',
    '11 workflows.main.tasks.d.input.uri Action "std.http" has unexpected input "uri".',
    '12 workflows.main.tasks.e.input.password Action "std.ssh" takes "password" as a secret only: make it a secret parameter of the workflow, and hand it on whole, as <% $.password %>.',
    expect.stringMatching(/^15 workflows\.main\.tasks\.h\.action Action "std\.async_noop" cannot be run here/),
    expect.stringMatching(
      /^16 workflows\.main\.tasks\.i\.input\.gateway_username Action "std\.ssh_proxied" cannot heed/,
    ),
    expect.stringMatching(
      /^4 actions\.tell\.base-input\.smtp_password Action "std\.email" cannot heed "smtp_password" here/,
    ),
  ]);
  expect(contents(() => undefined).map(({ spec_path, message }) => `${spec_path} ${message}`)).toEqual([
    ...Object.entries({
      d: 'http',
      e: 'remote',
      f: 'remote',
      g: 'remote',
      i: 'remote',
      j: 'javascript',
      l: 'remote',
    }).map(
      ([task, name]) =>
        `workflows.main.tasks.${task}.action The action "core.${name}" is not registered in the database.`,
    ),
    'actions.tell.base The action "core.sendmail" is not registered in the database.',
  ]);
});

test('names that objects of the language have are parameters like others', () => {
  const definition = { value: { tasks: { t: { action: 'core.noop', input: { constructor: 1, toString: 2 } } } } };
  const { findings } = inspectDefinition({ engine: 'orquesta', definition, lookup });
  expect(findings.map(({ message }) => message)).toEqual([
    'Action "core.noop" has unexpected input "constructor".',
    'Action "core.noop" has unexpected input "toString".',
  ]);
});

test.each([
  ['a.b.c[1].d', { 'a.b': { c: [0, { d: 1 }] } }, ['a.b', 'c', 1, 'd']],
  ['a.b.c', { a: { b: { c: 1 } }, 'a.b': { c: 1 } }, ['a.b', 'c']],
  ['a.0.b', { a: [{ b: 1 }] }, ['a', 0, 'b']],
  ['a.x.y', { a: { b: 1 } }, ['a']],
  ['', { a: 1 }, []],
  ['ab', { a: 1 }, []],
])('the steps to %j', (path, value, steps) => {
  expect(stepsTo(value, path)).toEqual(steps);
});

test('a definition in a manifest has the places of the manifest', () => {
  const text = 'spec:\n  definition:\n    tasks:\n      t:\n        action: a.b\n';
  const page = { text: openYamlText(text), value: { tasks: { t: { action: 'a.b' } } }, within: ['spec', 'definition'] };
  expect(located([{ type: 'content', message: 'm', spec_path: 'tasks.t.action' }], page)).toMatchObject([
    { line: 5, column: 9 },
  ]);
});
