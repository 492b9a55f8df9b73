// operator/domain/pack/overrides.test.ts — overrides change enabled, and nothing else.
import { expect, test } from 'vitest';
import { applyOverrides } from './overrides.ts';
import { manifestOf } from './tree.setup.ts';

const manifest = manifestOf({
  'actions/a.yaml': 'name: a\nrunner_type: noop\n',
  'actions/b.yaml': 'name: b.c\nrunner_type: noop\nenabled: false\n',
  'actions/r.yaml': 'name: r\nrunner_type: inquirer\n',
  'sensors/s.yaml': 'class_name: S\nentry_point: s.py\ntrigger_types: [{name: t}]\n',
  'sensors/s.py': '',
  'rules/a.yaml': 'name: a\nenabled: true\ntrigger: {type: acme.t}\naction: {ref: acme.a}\n',
});
const enabled = (overrides: Parameters<typeof applyOverrides>[1]) => {
  const { resources, waiting } = applyOverrides(manifest, overrides);
  return Object.fromEntries([
    ...resources.map(({ kind, spec }) => [`${kind} ${String(spec['ref'])}`, spec['enabled']]),
    ...waiting.map(({ kind, name, content }) => [`${kind} ${name}`, content['enabled']]),
  ]) as Record<string, unknown>;
};
const AS_WRITTEN = {
  'TriggerType acme.t': undefined,
  'Action acme.a': true,
  'Action acme.b.c': false,
  'Rule acme.a': true,
  'Sensor S': undefined,
  'Action r': undefined,
};

test('without any, everything is as the files say', () => {
  expect(applyOverrides(manifest, undefined)).toBe(manifest);
  expect(enabled({})).toEqual(AS_WRITTEN);
});

test('defaults are for all of a kind, exceptions for single ones', () => {
  const actions = { defaults: { enabled: false }, exceptions: { 'b.c': { enabled: true } } };
  expect(enabled({ actions, sensors: { exceptions: { S: { enabled: false } } } })).toEqual({
    ...AS_WRITTEN,
    'Action acme.a': false,
    'Action acme.b.c': true,
    'Action r': false,
    'Sensor S': false,
  });
});

test('an exception that names nothing is a warning', () => {
  const { warnings } = applyOverrides(manifest, { rules: { exceptions: { b: { enabled: true } } } });
  expect(warnings).toEqual(['spec.overrides.rules.exceptions.b: the pack has none of that name']);
});
