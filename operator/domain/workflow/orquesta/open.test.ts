// operator/domain/workflow/orquesta/open.test.ts — definitions as they are written: the workflow that comes of them, and where findings stand.
import { expect, test } from 'vitest';
import { Float } from '../../expression/python/values.ts';
import { openWorkflow } from './open.ts';

const places = (definition: string) =>
  openWorkflow(definition).findings.map(({ line, column, message }) => `${line}:${column} ${message}`);

test('short forms are written out, texts stay as they are', () => {
  const { workflow, findings } = openWorkflow(`
version: 1.0
input: [a, {b: <% ctx().a %>}, {c: 2.0}]
vars: [{n: null}]
tasks:
  one:
    with: "x, y in <% ctx(a) %>"
    action: core.local cmd="date" timeout=10
    input: {cmd: replaced}
    next: [{publish: p=<% result() %> q="1", do: "two, noop"}, {when: <% failed() %>}]
  two: {with: {items: "{{ ctx().a }}", concurrency: 2}, action: core.echo, delay: 3, join: all}
output: [{o: 1}]
`);
  expect(findings).toEqual([]);
  expect(workflow?.input).toEqual([
    { name: 'a', default: null },
    { name: 'b', default: '<% ctx().a %>' },
    { name: 'c', default: new Float(2) },
  ]);
  expect(workflow?.tasks.get('one')).toMatchObject({
    action: 'core.local',
    input: { cmd: 'date', timeout: 10 },
    with: { names: ['x', 'y'], expression: '<% ctx(a) %>', concurrency: undefined },
    join: undefined,
    next: [
      {
        when: undefined,
        publish: [
          { name: 'p', value: '<% result() %>' },
          { name: 'q', value: '1' },
        ],
        do: ['two', 'noop'],
      },
      { when: '<% failed() %>', publish: [], do: ['continue'] },
    ],
  });
  expect(workflow?.tasks.get('two')).toMatchObject({
    with: { names: undefined, expression: '{{ ctx().a }}', concurrency: 2 },
    delay: 3,
    join: 'all',
  });
});

test('a value from a custom resource is read like a text, without places', () => {
  const task = { action: 'core.noop', next: [{ do: 'nope' }] };
  expect(openWorkflow({ version: 1, tasks: { t: { action: 'core.noop' } } }).graph?.roots).toEqual(['t']);
  expect(openWorkflow({ version: '1.0', tasks: { t: task } }).findings).toEqual([
    {
      type: 'semantic',
      message: 'The task "nope" is not defined.',
      spec_path: 'tasks.t.next[0].do',
      schema_path: 'properties.tasks.patternProperties.^\\w+$.properties.next.items.properties.do',
    },
  ]);
});

test.each([
  ['tasks:\n  t:\n    next:\n      - do: t2\n', ['4:9 The task "t2" is not defined.']],
  ['tasks:\n  t:\n    action: a.b\n    foo: 1\n', ["2:3 Additional properties are not allowed ('foo' was unexpected)"]],
  ['tasks:\n  t:\n    with: <% ctx().x %>\n    action: a.b\n', ['3:5 Variable "x" is referenced before assignment.']],
  [
    'vars:\n  - a: 1\n  - b: <% ctx().z %>\ntasks:\n  t: {action: a.b}\n',
    ['3:5 Variable "z" is referenced before assignment.'],
  ],
  [
    'tasks:\n  t:\n    action: a.b\ntasks: {}\n',
    ['4:1 Failed to load workflow definition because found duplicate key "tasks".'],
  ],
  ['tasks:\n  t: {}\n', ['2:3 The task "t" is empty. Give it an action, or a "next".']],
  ['tasks:\n  a-b:\n    action: a.b\n', ['2:3 The task name "a-b" is not allowed. Use letters, digits and "_" only.']],
  ['tasks:\n  1:\n    action: a.b\n', ['2:3 The task name 1 is no text. Put it in quotes.']],
])('%j', (definition, expected) => {
  expect(places(definition)).toEqual(expected);
});

test('what is refused is told with what the schema says of it', () => {
  expect(openWorkflow('tasks: 5\n').findings.map(({ message, line }) => [message, line])).toEqual([
    ['Failed to load workflow definition because a string or stream input is required.', 1],
    ["5 is not of type 'object'", 1],
  ]);
});

test.each([
  [
    'aliases that multiply',
    `a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n${'bcdefg'.replace(
      /./g,
      (c) =>
        `${c}: &${c} [${Array(10)
          .fill(`*${String.fromCharCode(c.charCodeAt(0) - 1)}`)
          .join(', ')}]\n`,
    )}`,
  ],
  ['brackets', `tasks: ${'['.repeat(5000)}`],
  ['a long text', 'x'.repeat(2_000_000)],
])('too much is refused: %s', (_, definition) => {
  const { workflow, findings } = openWorkflow(definition);
  expect(workflow).toBeUndefined();
  expect(findings[0]?.message).toMatch(/too large|nests too deeply|nested too deeply/);
});
