// operator/domain/workflow/inspect.test.ts — one inspection for all engines: which engine, what is wrong, where it stands.
import { expect, test } from 'vitest';
import { action } from '../execution/builders.setup.ts';
import { openYamlText } from '../pack/yaml-text.ts';
import type { Finding } from './engine.ts';
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
    [
      '4:5 semantic chain[0].on-success Unable to find node with name "two" referenced in "on-success" in task "one".',
      expect.stringMatching(/^8:7 expression chain\[1\]\.parameters\.cmd /) as string,
    ],
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
      'later: chain[1].ref Task "b": The action "core.nope" is not registered in the database.',
      'later: chain[2].parameters Task "c": Action "core.local" is missing required input "cmd".',
      'later: chain[2].parameters.cdm Task "c": Action "core.local" has unexpected input "cdm".',
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
      'actions.shout.base-input Action "core.local" is missing required input "cmd".',
      'actions.shout.base-input.cdm Action "core.local" has unexpected input "cdm".',
      'later: workflows.main.tasks.b.action The action "core.nope" is not registered in the database.',
      'later: workflows.main.tasks.f.workflow The action "p.other" is not registered in the database.',
      'later: workflows.main.tasks.h.input.ref The action "core.gone" is not registered in the database.',
    ],
  ],
])('actions that are not there, and input that does not fit: %s', (_, { engine, definition }, expected) => {
  const { findings, contents } = openDefinition(engine, { definition });
  expect(findings).toEqual([]);
  const { refusals, warnings } = contents(lookup);
  const told = (prefix: string) => (one: Finding) => `${prefix}${one.spec_path} ${one.message}`;
  expect([...refusals.map(told('')), ...warnings.map(told('later: '))]).toEqual(expected);
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
  expect(contents(() => undefined).warnings.map(({ spec_path, message }) => `${spec_path} ${message}`)).toEqual([
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

/** `line place: message`, of the first 70 characters. */
const brief = (definition: string, ref?: string) =>
  inspectDefinition({ engine: 'mistral', definition, ref }).findings.map(
    ({ line, spec_path, message }) => `${line} ${spec_path}: ${message.slice(0, 70)}`,
  );

test('of a workbook all is told that is wrong, whatever comes first', () => {
  const definition = `version: '2.0'
name: p.a
other: 1
actions:
  shout: {base: std.nope}
  mute: {bsae: std.noop}
workflows:
  main:
    tasks:
      a: {action: std.http, input: {uri: "http://h"}, retry: {delay: 1}, on-success: [z]}
      b: {actions: std.noop, publish: {x: "<% $. %>"}}
      c: {action: shout, on-success: [d, y]}
      d: {action: mute}
      e: {workflow: sub}
    output: {o: "{{ _. }}"}
  sub:
    type: reverse
    tasks:
      a: {action: core.noop, requires: [x]}
  none: 7
`;
  expect(brief(definition, 'p.b')).toEqual([
    "3 other: Invalid DSL: Additional properties are not allowed ('other' was unexpe",
    "6 actions.mute.bsae: Invalid DSL: Additional properties are not allowed ('bsae' was unexpec",
    "6 actions.mute: Invalid DSL: 'base' is a required property",
    "15 workflows.main.output.o: Syntax error 'expected name or number'.",
    "10 workflows.main.tasks.a.retry: Invalid DSL: 'count' is a required property",
    "11 workflows.main.tasks.b.actions: Invalid DSL: Additional properties are not allowed ('actions' was unex",
    '11 workflows.main.tasks.b.publish.x: Parse error: unexpected end of statement',
    "10 workflows.main.tasks.a.on-success: Task 'z' not found.",
    "12 workflows.main.tasks.c.on-success: Task 'y' not found.",
    "19 workflows.sub.tasks.a.requires: Task 'x' not found.",
    '20 workflows.none: A specification with polymorphic key must be backed by a dictionary [s',
    '2 name: Name of the workbook must be the same as the fully qualified action na',
    '10 workflows.main.tasks.a.input: Action "std.http" is missing required input "url".',
    '10 workflows.main.tasks.a.input.uri: Action "std.http" has unexpected input "uri".',
    '5 actions.shout.base: The action "std.nope" is not registered in the database.',
  ]);
});

const wf = (text: string) => `version: '2.0'\nwf:\n${text}`;
test.each<[string, string, string[]]>([
  [
    'a version and a kind of workflow that there are not',
    "version: '3.0'\nname: p.a\nworkflows: {main: {type: odd, tasks: {t: {action: std.noop, on-success: u}}}}\n",
    [
      '1 version: Unsupported DSL version: 3.0',
      "3 workflows.main.type: Invalid DSL: 'odd' is not one of ['reverse', 'direct']",
      "3 workflows.main.tasks.t.on-success: Task 'u' not found.",
    ],
  ],
  [
    'a workbook without a name',
    "version: '2.0'\nworkflows: {m: {tasks: {t: {action: std.noop}}}}\n",
    ["1 : Invalid DSL: 'name' is a required property"],
  ],
  [
    'workflows that are none',
    "version: '2.0'\nname: p.a\nworkflows: [x]\n",
    ["3 workflows: Invalid DSL: ['x'] is not of type 'object'"],
  ],
  [
    'a task that is none, and others lead to it',
    wf('  tasks: {a: {on-success: b}, b: 7, c: {join: 2}}\n'),
    ["3 wf.tasks.b: Invalid DSL: 7 is not of type 'object'"],
  ],
  [
    'an action that is none',
    wf('  tasks:\n    a: {action: 5, input: {x: 1}, with-items: 3}\n'),
    [
      '4 wf.tasks.a.with-items: Invalid DSL: 3 is not valid under any of the given schemas',
      "4 wf.tasks.a.action: Invalid DSL: 5 is not of type 'string'",
    ],
  ],
  [
    'defaults that cannot be read',
    wf('  task-defaults: {on-error: 5}\n  tasks:\n    a: {join: all}\n'),
    ['3 wf.task-defaults.on-error: Invalid DSL: 5 is not valid under any of the given schemas'],
  ],
  [
    'what follows in any case',
    wf('  tasks:\n    a: {on-complete: [z, "", y]}\n'),
    [
      "4 wf.tasks.a.on-complete.1: Invalid DSL: '' is not valid under any of the given schemas",
      "4 wf.tasks.a.on-complete: Task 'z' not found.",
      "4 wf.tasks.a.on-complete: Task 'y' not found.",
    ],
  ],
  [
    'an action under a wrong key',
    wf('  tasks:\n    a: {actoin: core.noop, input: {x: 1}, with-items: [5, "", i in <% $.l %>]}\n'),
    [
      "4 wf.tasks.a.actoin: Invalid DSL: Additional properties are not allowed ('actoin' was unexp",
      "4 wf.tasks.a.with-items.0: Invalid DSL: 5 is not of type 'string'",
    ],
  ],
  ['no workflow at all', "version: '2.0'\nwf: 5\n", ["2 wf: Invalid DSL: 5 is not of type 'object'"]],
  [
    'a key beside the workflow',
    wf('  tasks: {t: {action: std.nope}}\nextra: 1\n'),
    [
      "4 extra: Invalid DSL: 1 is not of type 'object'",
      '3 wf.tasks.t.action: The action "std.nope" is not registered in the database.',
    ],
  ],
  [
    'two workflows in a file',
    wf('  tasks: {t: {on-success: u}}\nxy:\n  tasks: {t: {on-error: v}}\n'),
    [
      '4 xy: Workflow (not workbook) definition is detected. Multiple workflows is ',
      "3 wf.tasks.t.on-success: Task 'u' not found.",
      "5 xy.tasks.t.on-error: Task 'v' not found.",
    ],
  ],
])('each fault is told once, and not what follows from it: %s', (_, definition, expected) => {
  expect(brief(definition)).toEqual(expected);
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
