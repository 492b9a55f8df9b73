// operator/domain/pack/override-file.test.ts — files of overrides: StackStorm's are read as they are, mistakes are told with their place.
import { expect, test } from 'vitest';
import { GLOBAL_FILE, readOverrideFile } from './override-file.ts';

const read = (text: string, file = 'acme.yaml') => {
  const { overrides, isClear, warnings } = readOverrideFile(text, file);
  return { types: overrides.types, isClear, warnings };
};
const REST = 'ConfigMap squall-overrides, acme.yaml: until that is corrected, it stays enabled or disabled as it is';

test('defaults and exceptions of each type, with what YAML 1.1 takes for true and false', () => {
  const text = `---
actions:
  defaults: {enabled: no}
  exceptions:
    list_vms: {enabled: True}
    nothing: {}
sensors:
  exceptions:
    AcmeSensor: {enabled: false}
rules: {defaults: {}}
`;
  expect(read(text)).toEqual({
    types: {
      actions: { defaults: false, exceptions: { list_vms: true } },
      sensors: { defaults: undefined, exceptions: { AcmeSensor: false } },
      rules: { defaults: undefined, exceptions: {} },
    },
    isClear: true,
    warnings: [],
  });
});

test.each(['', '# nothing\n', 'actions:\n', 'actions: {defaults: , exceptions: }\n'])('%j says nothing', (text) => {
  const { types, ...rest } = read(text);
  expect(rest).toEqual({ isClear: true, warnings: [] });
  expect(Object.values(types).flatMap(({ defaults, exceptions }) => [defaults, exceptions])).toSatisfy(
    (all: unknown[]) => all.every((one) => one === undefined || JSON.stringify(one) === '{}'),
  );
});

test('exceptions in the file that is for all packs do not count, whatever they are', () => {
  const text = 'sensors:\n  defaults: {enabled: false}\n  exceptions: {S: {rubbish: 1}}\n';
  expect(read(text, GLOBAL_FILE)).toEqual({
    types: { sensors: { defaults: false, exceptions: {} } },
    isClear: true,
    warnings: [
      'ConfigMap squall-overrides, _global.yaml:3:3: sensors.exceptions: they do not count in the file that is for all packs; write them in the file of a pack',
    ],
  });
});

test.each([
  ['policies: {}', ':1:1: policies: it does not count. There are actions, rules, sensors, aliases'],
  ['action: {}', ':1:1: action: it does not count. Did you mean "actions"? There are actions, rules, sensors, aliases'],
  [
    'actions:\n  default: {enabled: false}',
    ':2:3: actions.default: it does not count. Did you mean "defaults"? There are defaults and exceptions',
  ],
  [
    'actions: {defaults: {enabled: true}, defaults: {}}',
    ':1:38: the key "defaults" is there twice; the last one counts; remove one of them',
  ],
])('%j is told, and the rest counts', (text, warning) => {
  const { isClear, warnings } = read(text);
  expect({ isClear, warnings }).toEqual({
    isClear: true,
    warnings: [`ConfigMap squall-overrides, acme.yaml${warning}`],
  });
});

const ALL = ['actions', 'rules', 'sensors', 'aliases'];
const defaults = 'unclear';
test.each<[string, string, object]>([
  ['- actions', ':1:1: it must be a mapping of actions, rules, sensors, aliases', {}],
  ['actions: [', ':1:11: ', {}],
  ['actions: {exceptions: {1: {enabled: true}}}', ':1:24: the key "1" is no text', {}],
  ['actions: off', ':1:1: actions: it must be a mapping of defaults', { actions: { defaults, exceptions: {} } }],
  [
    'actions: {defaults: false}',
    ':1:11: actions.defaults: write {enabled: true} or {enabled: false}',
    { actions: { defaults, exceptions: {} } },
  ],
  [
    'actions: {defaults: {enabled: 1}, exceptions: {a: {enabled: true}}}',
    ':1:22: actions.defaults.enabled: it must be true or false',
    { actions: { defaults, exceptions: { a: true } } },
  ],
  [
    'actions: {defaults: {enabled: false}, exceptions: {a: {enabled: }}}',
    ':1:56: actions.exceptions.a.enabled: it must be true or false',
    { actions: { defaults: false, exceptions: { a: 'unclear' } } },
  ],
  [
    'actions: {exceptions: {a: {enabled: false, timeout: 5}}}',
    ':1:44: actions.exceptions.a.timeout: only enabled can be overridden; take it out',
    { actions: { defaults: undefined, exceptions: { a: 'unclear' } } },
  ],
  [
    'actions: {defaults: {enabled: false}, exceptions: [a]}',
    ':1:39: actions.exceptions: it must be a mapping of names',
    { actions: { defaults, exceptions: {} } },
  ],
])('%j leaves unclear what it concerns', (text, warning, types) => {
  const found = read(text);
  expect(found.warnings).toEqual([expect.stringContaining(`ConfigMap squall-overrides, acme.yaml${warning}`), REST]);
  expect(found.isClear).toBe(false);
  const all = Object.fromEntries(ALL.map((type) => [type, { defaults, exceptions: {} }]));
  expect(found.types).toEqual(Object.keys(types).length > 0 ? types : all);
});

test('of many faults some are told, and that it stays as it is', () => {
  const names = Array.from({ length: 40 }, (_, i) => `n${i}: {enabled: 1}`).join(', ');
  const { warnings } = read(`rules: {exceptions: {${names}}}`);
  expect(warnings).toHaveLength(17);
  expect(warnings.at(-1)).toBe(REST);
});
