// operator/domain/workflow/orquesta/inspect.test.ts — findings of every type: what is told, where, in which order and how often.
import { expect, test } from 'vitest';
import { inspect, type InspectSettings } from './inspect.ts';

const told = (definition: string, settings: InspectSettings = {}) =>
  inspect(definition, settings).findings.map(
    ({ type, spec_path, message, expression }) => `${type} ${spec_path ?? '-'} ${expression ?? message}`,
  );

/** A definition whose one task has these fields. */
const task = (fields: string) => `tasks:\n  t:\n    action: a.b\n${fields.replaceAll(/^/gm, '    ')}\n`;

test.each([
  ['tasks: {t: {action: a.b}}\nversion: 2.0', ["syntax version 2.0 is not one of ['1.0', 1.0]"]],
  ['vars: []\ntasks: {t: {action: a.b}}', ['syntax vars [] should be non-empty']],
  [
    'vars: [{d: 2020-01-01}]\ntasks: {t: {action: a.b}}',
    ['syntax vars[0].d datetime.date(2020, 1, 1) is not valid under any of the given schemas'],
  ],
  [task('join: any'), ["syntax tasks.t.join 'any' is not valid under any of the given schemas"]],
  [task('retry: {delay: 1}'), ["syntax tasks.t.retry 'count' is a required property"]],
  [
    task('next: [{do: [noop, noop]}]'),
    ["syntax tasks.t.next[0].do ['noop', 'noop'] is not valid under any of the given schemas"],
  ],
  [task("name: 'é\\n'"), ["syntax tasks.t Additional properties are not allowed ('name' was unexpected)"]],
])('syntax of %j', (definition, expected) => {
  expect(told(definition)).toEqual(expected);
});

test.each([
  ['tasks: {t: {with: "<% [1] %>"}}', ['semantic tasks.t The action property is required for with items task.']],
  ['tasks: {fail: {action: a.b}}', ['semantic tasks.fail The task name "fail" is reserved with special function.']],
  [task('next: [{do: "x, t"}]'), [expect.stringMatching(/^semantic tasks Unable to identify any tasks to start/)]],
  [
    task('next: [{do: x}, {do: "noop, y, y"}]'),
    [
      'semantic tasks.t.next[0].do The task "x" is not defined.',
      'semantic tasks.t.next[1].do The task "y" is not defined.',
      'semantic tasks.t.next[1].do The task "y" is not defined.',
    ],
  ],
])('semantics of %j', (definition, expected) => {
  expect(told(definition).sort()).toEqual(expected);
});

test('a join behind different splits is unreachable', () => {
  const definition = `
tasks:
  a: {next: [{do: [s, b]}]}
  b: {next: [{do: [s, j]}]}
  s: {next: [{do: j}]}
  j: {join: all}
`;
  expect(told(definition)).toEqual([
    expect.stringMatching(/^semantic tasks.j The join task "j" is unreachable. A join/),
  ]);
});

test('expressions of both languages, keys included', () => {
  const definition = task('input: {"<% 1 + %>": "{{ ( }}", both: "<% 1 %>{{ 2 }}"}');
  expect(told(definition)).toEqual([
    'expression tasks.t.input <% 1 + %>',
    'expression tasks.t.input {{ ( }}',
    'expression tasks.t.input <% 1 %>{{ 2 }}',
  ]);
  expect(inspect(definition).findings.map(({ language }) => language)).toEqual(['yaql', 'jinja', undefined]);
});

test.each([
  [
    'what is given first is known',
    'input: [a]\nvars: [{b: <% ctx().a %>}]\ntasks: {t: {action: a.b}}\noutput: [{o: <% ctx().b %>}, {p: <% ctx().o %>}]',
    [],
  ],
  [
    'later is too late',
    'vars: [{a: <% ctx().b %>}, {b: 1}]\ntasks: {t: {action: a.b}}',
    ['context vars[0] <% ctx().b %>'],
  ],
  [
    'private',
    'tasks: {t: {action: a.b}}\noutput: [{o: "<% ctx(__x) %>"}]',
    ['expression output <% ctx(__x) %>', 'context output[0] <% ctx(__x) %>', 'context output[0] <% ctx(__x) %>'].sort(),
  ],
  [
    'publish leads along',
    task('next: [{publish: x=1, do: u}]') + '  u:\n    action: <% ctx().x %>\n    input: {y: <% ctx().y %>}\n',
    ['context tasks.u.input <% ctx().y %>'],
  ],
  [
    'once for each target',
    task('next: [{when: <% ctx().x %>, do: [noop, u]}]') + '  u: {action: a.b}\n',
    ['context tasks.t.next[0].when <% ctx().x %>', 'context tasks.t.next[0].when <% ctx().x %>'],
  ],
  ['a comparison reads like a parameter and hides the rest', task('next: [{when: <% ctx().x=1 %>, do: noop}]'), []],
  [
    'the branch without it',
    'tasks:\n  a: {next: [{when: <% 1 %>, publish: x=1, do: c}, {do: b}]}\n  b: {next: [{do: c}]}\n  c: {join: all, action: a.b m=<% ctx().x %>}\n',
    [],
  ],
])('context: %s', (_, definition, expected) => {
  expect(told(definition).sort()).toEqual(expected);
});

test('the context from outside is known', () => {
  const definition = 'tasks: {t: {action: a.b}}\noutput: [{o: <% ctx().st2.user %>}]';
  expect(told(definition)).toEqual(['context output[0] <% ctx().st2.user %>']);
  expect(told(definition, { context: ['st2', 'parent'] })).toEqual([]);
});

test('actions are looked up where somebody can', () => {
  const terms = (isRequired: boolean, hasDefault: boolean) => ({ isRequired, hasDefault });
  const known = new Map([
    [
      'p.x',
      new Map([
        ['need', terms(true, false)],
        ['has', terms(true, true)],
        ['may', terms(false, false)],
      ]),
    ],
  ]);
  const definition = `
tasks:
  a: {action: nodot}
  b: {action: p.none}
  c: {action: p.x z=1 b=2}
  d: {action: p.x, input: <% ctx() %>}
  e: {action: "<% 'p.' + 'none' %>"}
  f: {action: p.x need=1 may=2}
  g: {next: [{do: noop}]}
`;
  expect(told(definition, { actions: (ref) => known.get(ref) })).toEqual([
    'content tasks.a.action The action reference "nodot" is not formatted correctly.',
    'content tasks.b.action The action "p.none" is not registered in the database.',
    'content tasks.c.input Action "p.x" is missing required input "need".',
    'content tasks.c.input.b Action "p.x" has unexpected input "b".',
    'content tasks.c.input.z Action "p.x" has unexpected input "z".',
  ]);
});

test.each([
  ['', 'The spec cannot be type of None.'],
  ['just text', 'The spec is not type of json or yaml.'],
  ['tasks: {t: {with: 5}}', 'Failed to load workflow definition because a string or stream input is required.'],
  ['tasks: {t: {next: {do: u}}}', 'The spec is not type of list.'],
  ['tasks: {t: {next: [{}]}}', 'The spec cannot be type of None.'],
  [
    '<<: {a: 1}\ntasks: {}',
    'Failed to load workflow definition because could not determine a constructor for the tag \'tag:yaml.org,2002:merge\'\n  in "<unicode string>", line 1, column 1.',
  ],
  [
    'tasks: {t: {action: {{ x }}}}',
    'Failed to load workflow definition because while constructing a mapping\n  in "<unicode string>", line 1, column 21\nfound unacceptable key (unhashable type: \'dict\')\n  in "<unicode string>", line 1, column 22.',
  ],
])('refused as orquesta refuses it: %j', (definition, message) => {
  expect(inspect(definition).refusal).toMatchObject({ message, isRecorded: true });
});

test.each([
  '5',
  '- a',
  'tasks: [a]',
  'tasks: {t: null}',
  'tasks: {t: []}',
  'tasks: {t: {retry: [1]}}',
  'tasks: {t: {next: [{do: 5}]}}',
  '# nothing',
])('refused in our own words: %j', (definition) => {
  const { refusal, findings } = inspect(definition);
  expect(refusal?.isRecorded).toBe(false);
  expect(findings[0]?.message).toBe(refusal?.message);
});

test('a task may be called as Python or JavaScript call something', () => {
  const names = ['items', 'keys', '__proto__', 'constructor', '1'];
  const definition = `tasks:\n${names.map((name) => `  "${name}": {action: a.b, next: [{do: noop}]}\n`).join('')}`;
  expect([...(inspect(definition).workflow?.tasks.keys() ?? [])]).toEqual(names);
});

test('joins that follow on joins are visited a limited number of times', () => {
  const rung = (i: number) =>
    [`x${i}`, `y${i}`].map((n) => `  ${n}: {join: all, next: [{when: <% ctx().q %>, do: [x${i + 1}, y${i + 1}]}]}\n`);
  const definition = `tasks:\n${Array.from({ length: 40 }, (_, i) => rung(i).join('')).join('')}  x40: {join: all}\n  y40: {join: all}\n`;
  expect(told(definition).length).toBeLessThan(10_000);
});
