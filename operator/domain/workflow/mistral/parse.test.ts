// operator/domain/workflow/mistral/parse.test.ts — definitions and what is wrong with them, in Mistral's words.
import { describe, expect, test } from 'vitest';
import { parseCall } from './inline.ts';
import { parseMistral } from './parse.ts';

const workflow = (tasks: string, more = '') => `version: '2.0'\nwf:\n${more}  tasks:\n${tasks}`;
const first = (text: string, reference?: string) => parseMistral(text, reference).findings[0];

describe('what is right', () => {
  test.each([
    ['a workflow', workflow('    t1: {action: std.noop}\n')],
    ['a task with nothing', workflow('    t1: {description: x}\n')],
    [
      'a transition in each of its ways',
      workflow(
        '    t1:\n      on-success: [t2, noop, {t3: <% true %>}, \'fail msg="x y"\', fail(msg="x")]\n    t2: {on-success: t3}\n    t3: {}\n'.replace(
          '{}',
          '{action: a.b}',
        ),
      ),
    ],
    ['keys of a workflow that nobody knows', workflow('    t1: {action: a.b}\n', '  foo: bar\n')],
    [
      'a workbook',
      "version: '2.0'\nname: p.a\nactions:\n  x: {base: std.noop}\nworkflows:\n  main: {tasks: {t1: {action: x}}}\n",
    ],
    [
      'publishing in a clause',
      workflow(
        '    t1:\n      on-success: {publish: {branch: {a: 1}, global: {b: 2}, atomic: {c: 3}}, next: t2}\n    t2: {action: a.b}\n',
      ),
    ],
  ])('%s', (_, text) => {
    expect(parseMistral(text).findings).toEqual([]);
  });
});

describe('what is wrong', () => {
  test.each([
    ['no version', 'wf: {tasks: {t: {action: a.b}}}', 'syntax', "Invalid DSL: 'version' is a required property", 1],
    ['no tasks', "version: '2.0'\nwf: {type: direct}", 'syntax', "Invalid DSL: 'tasks' is a required property", 2],
    [
      'an unknown key of a task',
      workflow('    t1:\n      actions: a.b\n'),
      'syntax',
      "Invalid DSL: Additional properties are not allowed ('actions' was unexpected)",
      5,
    ],
    [
      'an action and a workflow',
      workflow('    t1: {action: a.b, workflow: c}\n'),
      'syntax',
      /^Invalid DSL: \{'action': 'a.b', 'workflow': 'c', .*\} is valid under each of/,
      4,
    ],
    [
      'a retry without a count',
      workflow('    t1:\n      retry: {delay: 1}\n'),
      'syntax',
      "Invalid DSL: 'count' is a required property",
      5,
    ],
    [
      'a condition that is no expression',
      workflow('    t1:\n      on-success:\n        - t2: yes sir\n    t2: {action: a.b}\n'),
      'syntax',
      /^Invalid DSL: /,
      6,
    ],
    [
      'with-items without in',
      workflow('    t1:\n      with-items: x of <% $.y %>\n'),
      'syntax',
      /^Wrong format of 'with-items' property\. Please use format 'var in/,
      5,
    ],
    ['a target that is no task', workflow('    t1:\n      on-success: [t2]\n'), 'semantic', "Task 't2' not found.", 5],
    [
      'a target in task-defaults',
      workflow('    t1: {action: a.b}\n', '  task-defaults:\n    on-error: [t9]\n'),
      'semantic',
      "Task 't9' not found.",
      4,
    ],
    [
      'no task to start with',
      workflow('    t1: {on-success: t2}\n    t2: {on-success: t1}\n'),
      'semantic',
      /^Failed to find start tasks in direct workflow/,
      3,
    ],
    [
      'a join of none',
      workflow('    t1: {join: all}\n'),
      'semantic',
      "No inbound tasks for task with 'join: all' [task_name=t1]",
      4,
    ],
    [
      'a join of too few',
      workflow('    t1: {on-success: t2}\n    t2: {join: 2}\n'),
      'semantic',
      "Not enough inbound tasks for task with 'join' [task_name=t2, join=2, inbound_tasks=1]",
      5,
    ],
    [
      'a requirement that is no task',
      "version: '2.0'\nwf:\n  type: reverse\n  tasks:\n    t1: {requires: [t2]}\n",
      'semantic',
      "Task 't2' not found.",
      5,
    ],
    [
      'YAQL',
      workflow('    t1:\n      publish:\n        x: <% $. %>\n'),
      'expression',
      'Parse error: unexpected end of statement',
      6,
    ],
    ['Jinja', workflow('    t1:\n      publish:\n        x: "{{ _. }}"\n'), 'expression', /^Syntax error '/, 6],
    [
      'both languages in one text',
      workflow("    t1:\n      publish:\n        x: '<% $.a %> {{ _.b }}'\n"),
      'expression',
      /^The line already contains an expression of type 'jinja'/,
      6,
    ],
    ['st2.callback', workflow('    t1:\n      action: st2.callback\n'), 'content', 'st2.callback is deprecated.', 5],
    ['YAML', 'a: [', 'content', /^Definition could not be parsed: /, 1],
    [
      'two workflows in a file',
      "version: '2.0'\na: {tasks: {t: {action: a.b}}}\nb: {tasks: {t: {action: a.b}}}\n",
      'content',
      /Multiple workflows is not supported/,
      3,
    ],
    [
      'a workbook without workflows',
      "version: '2.0'\nname: x\nactions: {a: {base: b.c}}\n",
      'content',
      'There are no workflows in the workbook.',
      1,
    ],
    ['a list', '- a', 'syntax', "Invalid DSL: ['a'] is not of type 'object'", 1],
  ] as const)('%s', (_, text, type, message, line) => {
    const finding = first(text);
    expect(finding).toMatchObject({ type, line });
    expect(finding?.message).toMatch(message);
  });

  test('a name other than that of the Action', () => {
    const text = workflow('    t1: {action: a.b}\n');
    expect(first(text, 'wf')).toBeUndefined();
    expect(first(text, 'p.a')?.message).toBe(
      'Name of the workflow must be the same as the fully qualified action name "p.a".',
    );
  });

  test('names that objects of the language have are names', () => {
    const { definition, findings } = parseMistral(
      workflow('    __proto__: {on-success: constructor}\n    constructor: {action: a.b}\n'),
    );
    expect(findings).toEqual([]);
    expect([...(definition?.workflows.get('wf')?.tasks.keys() ?? [])]).toEqual(['__proto__', 'constructor']);
  });
});

test.each([
  ['std.noop', 'std.noop', {}],
  [
    'a.b x=1 y="two words" z=[1, 2] n=null e=<% $.a + 1 %> j={{ _.a }} q=\'s\'',
    'a.b',
    { x: 1, y: 'two words', z: [1, 2], n: null, e: '<% $.a + 1 %>', j: '{{ _.a }}', q: 's' },
  ],
  ['fail msg="no good"', 'fail', { msg: 'no good' }],
  ['fail(msg="no")', 'fail', { msg: 'no' }],
  ['fail(msg=<% task().result %>)', 'fail', { msg: '<% task().result %>' }],
  ['<% $.action %> x=true', '<% $.action %>', { x: true }],
  ['a.b x=word y=1', 'a.b', { y: 1 }],
  ['count=3 delay=1', 'count', { count: 3, delay: 1 }],
])('%s is a call', (text, name, parameters) => {
  expect(parseCall(text)).toEqual({ name, parameters });
});

test('a text that starts with no name is no call', () => {
  expect(parseCall('"a" b')).toBeUndefined();
});
