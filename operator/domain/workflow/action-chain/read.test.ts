// operator/domain/workflow/action-chain/read.test.ts
import { describe, expect, test } from 'vitest';
import { inspectChain } from './inspect.ts';
import { readChain } from './read.ts';

const read = (definition: string) => readChain({ definition, file: 'chains/c.yaml', name: 'c' });
const first = (definition: string) => read(definition).refusals[0]?.message;

describe('what StackStorm does not start', () => {
  test.each([
    ['- a', 'Failed to parse action chain definition from "chains/c.yaml": Expected "dict", got "list"'],
    ['', 'Failed to parse action chain definition from "chains/c.yaml": Expected "dict", got "NoneType"'],
    ['{}', "'chain' is a required property"],
    ['chain:', "None is not of type 'array'"],
    ['chain: [{ref: core.noop}]', "'name' is a required property"],
    ['chain: [{name: a}]', "'ref' is a required property"],
    ['chain: [{name: a, ref: b, when: c}]', "Additional properties are not allowed ('when' was unexpected)"],
    ['{chain: [{name: a, ref: b}], other: 1}', "Additional properties are not allowed ('other' was unexpected)"],
    ['{chain: [{name: a, ref: b}], vars: null}', "None is not of type 'object'"],
    ['chain: [{name: a, ref: b, on-success: null}]', "None is not of type 'string'"],
    [
      'chain: [{name: a, ref: b, notify: {on-start: {}}}]',
      "Additional properties are not allowed ('on-start' was unexpected)",
    ],
    ['chain: [{name: a, ref: b}, c]', "'c' is not of type 'object'"],
    ['chain: []', 'Failed to find default node in c.'],
    ['{chain: [], default: a}', 'Unable to find node with name "a" referenced in "default".'],
    [
      'chain: [{name: a, ref: b, on-success: x}]',
      'Unable to find node with name "x" referenced in "on-success" in task "a".',
    ],
    [
      'chain: [{name: a, ref: b, on-failure: x}]',
      'Unable to find node with name "x" referenced in "on-failure" in task "a".',
    ],
    ['{chain: [{name: a, ref: b}], default: x}', 'Unable to find node with name "x" referenced in "default".'],
    [
      'chain: [{name: a, ref: b, params: {x: 1}, parameters: {y: 2}}]',
      'Either "params" or "parameters" attribute needs to be provided, but not both',
    ],
    ['chain: [{name: a, ref: b}, {name: c, ref: d, on-success: [a]}]', "unhashable type: 'list'"],
  ])('%s', (definition, message) => {
    expect(first(definition)).toBe(message);
  });

  test('a text that is no YAML is told with its place', () => {
    const { refusals, placeOf } = read('chain:\n  - name: "a');
    expect(refusals[0]?.message).toMatch(/^Failed to parse action chain definition from "chains\/c\.yaml": /);
    expect(placeOf([])?.line).toBe(2);
  });
});

describe('what StackStorm starts', () => {
  test.each([
    ['fields that are not known, after the first task', 'chain: [{name: a, ref: b}, {name: c, ref: d, when: e}]'],
    ['empty parameters beside others', 'chain: [{name: a, ref: b, params: {}, parameters: {y: 2}}]'],
    ['a way that is a template', "chain: [{name: a, ref: b, on-success: '{{ x }}'}]"],
    ['a start that is a template', "{chain: [{name: a, ref: b}], default: '{{ x }}'}"],
    ['names that are numbers', 'chain: [{name: a, ref: b}, {name: 1, ref: d, on-success: 1}]'],
    [
      'names that JavaScript has given to its objects',
      'chain: [{name: __proto__, ref: b, on-success: constructor}, {name: constructor, ref: d}]',
    ],
  ])('%s', (_, definition) => {
    expect(read(definition).refusals).toEqual([]);
  });
});

describe('the first task', () => {
  test.each([
    ['the one that is told', '{chain: [{name: a, ref: x}, {name: b, ref: x}], default: b}', 'b'],
    ['the one that nothing leads to', 'chain: [{name: a, ref: x}, {name: b, ref: x, on-success: a}]', 'b'],
    ['of several such, the first', 'chain: [{name: a, ref: x}, {name: b, ref: x}]', 'a'],
    ['in a circle, the first', 'chain: [{name: a, ref: x, on-success: b}, {name: b, ref: x, on-failure: a}]', 'a'],
  ])('%s', (_, definition, name) => {
    expect(read(definition).chain?.start).toBe(name);
  });
});

describe('inspection', () => {
  test('all that is wrong is told, with its line', () => {
    const text =
      'chain:\n  - name: a\n    ref: core.noop\n    on-success: x\n  - name: b\n    ref: core.noop\n    on-failure: y\n';
    expect(inspectChain({ definition: text, file: 'f', name: 'c' }).refusals).toMatchObject([
      { type: 'semantic', spec_path: 'chain[0].on-success', place: { line: 4 } },
      { type: 'semantic', spec_path: 'chain[1].on-failure', place: { line: 7 } },
    ]);
  });

  const found = (text: string) => {
    const { refusals, warnings } = inspectChain({ definition: text, file: 'f', name: 'c' });
    return [...refusals, ...warnings].map(
      ({ spec_path, message, place }) => `${place?.line} ${spec_path}: ${message.slice(0, 60)}`,
    );
  };

  test('one kind of faults does not hide the others', () => {
    const text = [
      'vars: {v: "{{ 1 + }}"}',
      'other: 1',
      'chain:',
      '  - {name: a, ref: core.noop, when: c, on-success: x}',
      '  - {name: b, ref: noop, params: {x: 1}, parameters: {y: "{{ a.b }"}}',
      '  - {name: c, ref: core.noop, on-failure: y}',
      'default: z',
    ].join('\n');
    expect(found(text)).toEqual([
      "2 other: Additional properties are not allowed ('other' was unexpecte",
      "4 chain[0].when: Additional properties are not allowed ('when' was unexpected",
      '5 chain[1].params: Either "params" or "parameters" attribute needs to be provid',
      '4 chain[0].on-success: Unable to find node with name "x" referenced in "on-success"',
      '6 chain[2].on-failure: Unable to find node with name "y" referenced in "on-failure"',
      '7 default: Unable to find node with name "z" referenced in "default".',
      "1 vars.v: unexpected 'end of print statement'",
      '5 chain[1].ref: The action reference "noop" is not formatted correctly.',
      "5 chain[1].parameters.y: unexpected '}'",
    ]);
  });

  test.each([
    [
      'a task without a name',
      'chain: [{ref: core.noop, on-success: b}]',
      ["1 chain[0].name: 'name' is a required property"],
    ],
    [
      'a task that is none',
      'chain: [{name: a, ref: core.noop, on-success: b}, b]',
      ["1 chain[1]: 'b' is not of type 'object'"],
    ],
    ['tasks that are none', 'chain: a\ndefault: b', ["1 chain: 'a' is not of type 'array'"]],
    [
      'fields of another type',
      'chain: [{name: a, ref: 1, params: x, publish: y, on-success: [b]}]\ndefault: 1\nvars: 7',
      [
        "3 vars: 7 is not of type 'object'",
        "2 default: 1 is not of type 'string'",
        "1 chain[0].on-success: ['b'] is not of type 'string'",
        "1 chain[0].params: 'x' is not of type 'object'",
        "1 chain[0].publish: 'y' is not of type 'object'",
        "1 chain[0].ref: 1 is not of type 'string'",
      ],
    ],
    [
      'a way that is a list',
      'chain: [{name: a, ref: core.noop}, {name: b, ref: core.noop, on-success: [a]}]',
      ["1 chain[1].on-success: unhashable type: 'list'"],
    ],
  ])('each fault is told once, and not what follows from it: %s', (_, text, expected) => {
    expect(found(text).toSorted()).toEqual(expected.toSorted());
  });

  test('what goes wrong only when a task is reached is a warning', () => {
    const text = [
      'vars: {v: "{{ 1 + }}"}',
      'chain:',
      '  - {name: a, ref: noop, parameters: {p: "{{ a.b }", q: ok}}',
      '  - {name: b, ref: core.gone, publish: {p: ["{{ r[\\"x\\"] }}"]}}',
      '  - {name: c, ref: core.noop, params: [1]}',
    ].join('\n');
    const found = inspectChain({ definition: text, file: 'f', name: 'c' }, (ref) =>
      ref === 'core.noop' ? {} : undefined,
    );
    expect(found.refusals).toEqual([]);
    expect(
      found.warnings.map(({ type, spec_path, message, place }) => [type, spec_path, message, place?.line]),
    ).toEqual([
      ['expression', 'vars.v', "unexpected 'end of print statement'", 1],
      ['content', 'chain[0].ref', 'The action reference "noop" is not formatted correctly.', 3],
      ['expression', 'chain[0].parameters.p', "unexpected '}'", 3],
      ['content', 'chain[1].ref', 'The action "core.gone" is not registered in the database.', 4],
      ['expression', 'chain[1].publish.p', "unexpected char '\\\\' at 7", 4],
      ['syntax', 'chain[2].params', "[1] is not of type 'object'", 5],
    ]);
  });
});
