// operator/domain/pack/overrides.test.ts — overrides change enabled, and nothing else.
import { expect, test } from 'vitest';
import { PackSpec } from '../../api/pack.ts';
import { applyOverrides, type Overrides, overridesOf } from './overrides.ts';
import { manifestOf } from './tree.setup.ts';

const manifest = manifestOf({
  'actions/a.yaml': 'name: a\nrunner_type: noop\n',
  'actions/b.yaml': 'name: b.c\nrunner_type: noop\nenabled: false\n',
  'actions/r.yaml': 'name: r\nrunner_type: inquirer\n',
  'sensors/s.yaml': 'class_name: S\nentry_point: s.py\ntrigger_types: [{name: t}]\n',
  'sensors/s.py': '',
  'rules/a.yaml': 'name: a\nenabled: true\ntrigger: {type: acme.t}\naction: {ref: acme.a}\n',
});
const said = (overrides: PackSpec['overrides']): Overrides => overridesOf(overrides ?? {});
const place = (types: Overrides['types']): Overrides => ({ place: 'there: ', types });
const enabled = (...places: Overrides[]) => {
  const { resources, waiting } = applyOverrides(manifest, places, () => true);
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
  expect(applyOverrides(manifest, [], () => false)).toBe(manifest);
  expect(enabled(said({}))).toEqual(AS_WRITTEN);
});

test('defaults are for all of a kind, exceptions for single ones', () => {
  const actions = { defaults: { enabled: false }, exceptions: { 'b.c': { enabled: true } } };
  expect(enabled(said({ actions, sensors: { exceptions: { S: { enabled: false } } } }))).toEqual({
    ...AS_WRITTEN,
    'Action acme.a': false,
    'Action acme.b.c': true,
    'Action r': false,
    'Sensor S': false,
  });
});

test('an exception that names nothing is a warning', () => {
  const rules = { exceptions: { b: { enabled: true }, constructor: { enabled: true } } };
  const places = [said({ rules }), place({ actions: { exceptions: { 'b.d': false } } })];
  const many = { ...manifest, warnings: ['of the files'] };
  expect(applyOverrides(many, places, () => undefined).warnings).toEqual([
    'there: actions.exceptions.b.d: the pack has none of that name. Did you mean "b.c"?',
    'spec.overrides.rules.exceptions.b: the pack has none of that name. Did you mean "a"?',
    'spec.overrides.rules.exceptions.constructor: the pack has none of that name.',
    'of the files',
  ]);
});

test('the first place that says something counts, its exceptions before its defaults, its defaults before what others say', () => {
  const first = place({ actions: { exceptions: { r: true } } });
  const second = place({ actions: { defaults: false, exceptions: { 'b.c': true } }, rules: { exceptions: {} } });
  const third = place({
    actions: { defaults: true, exceptions: { a: true } },
    rules: { defaults: false, exceptions: {} },
  });
  expect(enabled(first, second, third)).toEqual({
    ...AS_WRITTEN,
    'Action acme.a': false,
    'Action acme.b.c': true,
    'Action r': true,
    'Rule acme.a': false,
  });
});

test('what is unclear stays as it is, unless a place before says it; what is not there yet is as its file says', () => {
  const unclear = place({
    actions: { defaults: 'unclear', exceptions: {} },
    sensors: { defaults: 'unclear', exceptions: {} },
  });
  const below = place({ actions: { defaults: false, exceptions: {} } });
  const above = place({ actions: { exceptions: { a: false } } });
  expect(enabled(above, unclear, below)).toEqual({ ...AS_WRITTEN, 'Action acme.a': false, 'Action acme.b.c': true });
  expect(applyOverrides(manifest, [unclear], () => undefined).resources).toEqual(manifest.resources);
});
