// operator/domain/pack/read-kinds.test.ts — files of triggers, sensors, rules, aliases, policies, and the schema of the configuration.
import { describe, expect, test } from 'vitest';
import { findingsOf, manifestOf, specOf } from './tree.setup.ts';

describe('triggers', () => {
  test('a trigger brings its two schemas; what else it says is passed over', () => {
    const text =
      'name: alert\ndescription: d\nnonsense: 1\npayload_schema: {type: object}\nparameters_schema: {type: object}\n';
    expect(specOf({ 'triggers/t.yaml': text })).toEqual({
      ref: 'acme.alert',
      description: 'd',
      payloadSchema: { type: 'object' },
      parametersSchema: { type: 'object' },
    });
  });

  const sensor = (name: string, more = '') => `class_name: ${name}\nentry_point: s.py\n${more}`;
  const types = 'trigger_types:\n  - name: message\n    payload_schema: {type: object}\n';

  test('sensors may share a type', () => {
    const files = { 'sensors/a.yaml': sensor('A', types), 'sensors/b.yaml': sensor('B', types), 'sensors/s.py': '' };
    const { resources, warnings, counts } = manifestOf(files);
    expect([resources.length, warnings, counts['sensors'], counts['triggers']]).toEqual([1, [], 2, 0]);
  });

  test('where they describe it otherwise, the last description counts', () => {
    const other = types.replace('object', 'array');
    const files = { 'sensors/a.yaml': sensor('A', types), 'sensors/b.yaml': sensor('B', other), 'sensors/s.py': '' };
    const { resources, warnings } = manifestOf(files);
    expect(resources).toMatchObject([{ file: 'sensors/b.yaml', spec: { payloadSchema: { type: 'array' } } }]);
    expect(warnings).toEqual([
      'sensors/b.yaml:4: acme.message is described otherwise in sensors/a.yaml; this description counts',
    ]);
  });

  test('poll_interval: 0 is none, as in StackStorm', () => {
    expect(findingsOf({ 'sensors/a.yaml': sensor('A', 'poll_interval: 0'), 'sensors/s.py': '' })).toEqual([]);
  });

  test.each([
    ['poll_interval: 1', 'sensors/a.yaml:3: poll_interval: Minimum possible poll_interval is 4 seconds'],
    ['trigger_types:\n  - description: x', 'sensors/a.yaml:4: trigger_types[0].name: it is missing; write it'],
    [
      'trigger_types:\n  - name: "a b"',
      /^sensors\/a\.yaml:4: trigger_types\[0\]\.name: it cannot be part of a reference/,
    ],
  ])('%s is refused', (more, message) => {
    const [finding] = findingsOf({ 'sensors/a.yaml': sensor('A', more), 'sensors/s.py': '' });
    expect(finding).toMatch(message);
  });

  test('two sensors of one class are two of one name', () => {
    const files = { 'sensors/a.yaml': sensor('A'), 'sensors/b.yaml': sensor('A'), 'sensors/s.py': '' };
    expect(findingsOf(files).join()).toMatch(/"acme\.A" is in sensors\/a\.yaml too/);
  });
});

describe('rules', () => {
  const rule = (more: string) => ({
    'rules/r.yaml': `name: r\ntrigger:\n  type: core.st2.webhook\n  parameters: {url: x}\naction:\n  ref: core.local\n${more}`,
  });

  test('a rule on a trigger that comes later is registered, and told of', () => {
    const file = 'name: r\ntrigger:\n  type: core.st2.CronTimer\naction:\n  ref: core.local\n';
    const { resources, warnings } = manifestOf({ 'rules/r.yaml': file });
    expect([resources.length, warnings]).toEqual([
      1,
      [expect.stringMatching(/^rules\/r\.yaml:3: "core\.st2\.CronTimer" .* not here yet: /)],
    ]);
    expect(manifestOf(rule('')).warnings).toEqual([]);
  });

  test('a rule keeps enabled; one that does not say so is not', () => {
    expect(specOf(rule('enabled: true\n'))).toMatchObject({ enabled: true });
    expect(specOf(rule('context: {a: 1}\ntags: [{name: x, value: 1}]\ntype: {ref: backstop}\n'))).toEqual({
      ref: 'acme.r',
      enabled: false,
      type: 'backstop',
      trigger: { type: 'core.st2.webhook', parameters: { url: 'x' } },
      criteria: {},
      action: { ref: 'core.local' },
      tags: [{ name: 'x', value: '1' }],
    });
  });

  test.each([
    ['criteria: {trigger.a: {pattern: x}}', /^rules\/r\.yaml:7: Operator not specified for field: trigger\.a/],
    [
      'criteria: {trigger.a: {type: equal, pattern: x}}',
      /operator equal not in list of allowed operators: .* Did you mean "equals"\?/,
    ],
    ['criteria: {trigger.a: {type: equals}}', /For field: trigger\.a, no pattern specified for operator equals/],
    ['criteria: {trigger.a: x}', /trigger\.a is no mapping/],
    ['type: {ref: other}', /^rules\/r\.yaml:7: type\.ref: there are the types standard and backstop/],
    ['when: now', /when: there is no such key/],
  ])('%s is refused', (more, message) => {
    expect(findingsOf(rule(`${more}\n`)).join('\n')).toMatch(message);
  });

  test.each([
    'criteria: {trigger.a: {type: exists}}',
    'criteria: {trigger.a: {type: nexists, pattern: null}}',
    'criteria:',
  ])('%s is taken', (more) => {
    expect(findingsOf(rule(`${more}\n`))).toEqual([]);
  });

  test('one that can never match is registered, with a warning', () => {
    const { resources, warnings } = manifestOf(rule('criteria: {body.a: {type: exists}}\n'));
    expect(resources).toHaveLength(1);
    expect(warnings).toEqual([expect.stringMatching(/^rules\/r\.yaml:7: criteria\["body\.a"\]/)]);
  });

  test('an action without a pack is taken, though there is none', () => {
    const text = 'name: r\ntrigger: {type: acme.t}\naction: {ref: check}\n';
    expect(specOf({ 'rules/r.yaml': text })).toMatchObject({ action: { ref: 'check' } });
  });
});

describe('aliases and policies', () => {
  test.each([
    ['aliases/x.yaml', 'name: x\nformats: [a]\n', 'aliases/x.yaml:1: action_ref: it is missing; write it'],
    ['aliases/x.yaml', 'name: x\naction_ref: a.b\nformats: [1]\n', /formats\[0\]: write a text, or a mapping/],
    [
      'aliases/x.yaml',
      'name: x\naction_ref: a.b\nformat: [a]\n',
      /format: there is no such key; Did you mean "formats"\?/,
    ],
    [
      'policies/x.yaml',
      'name: x\nresource_ref: a.b\npolicy_type: action.retri\n',
      /^policies\/x\.yaml:3: Referenced policy_type "action\.retri" doesnt exist\. Did you mean "action\.retry"\?/,
    ],
    [
      'policies/x.yaml',
      'name: x\nresource_ref: a.b\npolicy_type: action.retry\nparameters:\n  retry_on: failure\n  max_retry_count: 6\n',
      /^policies\/x\.yaml:6: parameters\.max_retry_count: 6 is greater than the maximum of 5/,
    ],
  ])('%s %#', (file, text, message) => {
    expect(findingsOf({ [file]: text }).join('\n')).toMatch(message);
  });
});

describe('config.schema.yaml', () => {
  const schema = (text: string) => ({ 'config.schema.yaml': text });
  test.each([
    ['', 1, /Config schema is empty and invalid/],
    ['{}', 1, /Config schema is empty and invalid/],
    ['- a', 1, /no mapping/],
    ['a: text', 1, /^a: it is no mapping/],
    ['a:\n  type: list', 2, /^a\.type: .*did you mean "array"\?$/],
    [
      'a:\n  type: object\n  properties:\n    b: {type: int}',
      4,
      /^a\.properties\.b\.type: .*did you mean "integer"\?$/,
    ],
    ['a:\n  type: [string, "null"]', 2, /^a\.type: write one type/],
    ['a:\n  requried: true', 2, /^a\.requried: .*Did you mean "required"\?/],
    ['a-b: {type: string}', 1, /"a-b" is no name/],
  ])('%j is refused', (text, line, message) => {
    const [finding = ''] = findingsOf(schema(text));
    expect(finding).toMatch(new RegExp(`^config\\.schema\\.yaml:${line}: `));
    expect(finding.replace(/^config\.schema\.yaml:\d+: /, '')).toMatch(message);
  });

  test.each([
    'a: {}',
    'a: {type: object, patternProperties: {"^x": {$ref: "#/properties/b"}}}\nb: {type: string}',
    'a: {type: object, properties: {b: {type: string, roles: [x]}}}',
    'a: {type: object, patternproperties: 1}'.replace(
      'patternproperties: 1',
      'properties: {b: {patternproperties: {}}}',
    ),
    'a: {type: integer, position: 1, immutable: false}',
  ])('%j is taken, as StackStorm 3.9 does', (text) => {
    expect(findingsOf(schema(text))).toEqual([]);
  });
});
