// operator/domain/workflow/inspect-mistral.test.ts — all that is wrong with a definition of Mistral is told, each fault once.
import { expect, test } from 'vitest';
import { inspectDefinition } from './inspect.ts';

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
