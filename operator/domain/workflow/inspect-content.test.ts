// operator/domain/workflow/inspect-content.test.ts — actions that a definition calls: those that are not there, input that does not fit, what cannot be done here.
import { expect, test } from 'vitest';
import { action } from '../execution/builders.setup.ts';
import type { Finding } from './engine.ts';
import { lookupIn } from './inspect-content.ts';
import { inspectDefinition, type InspectionRequest, openDefinition } from './inspect.ts';

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

test('names that objects of the language have are parameters like others', () => {
  const definition = { value: { tasks: { t: { action: 'core.noop', input: { constructor: 1, toString: 2 } } } } };
  const { findings } = inspectDefinition({ engine: 'orquesta', definition, lookup });
  expect(findings.map(({ message }) => message)).toEqual([
    'Action "core.noop" has unexpected input "constructor".',
    'Action "core.noop" has unexpected input "toString".',
  ]);
});
