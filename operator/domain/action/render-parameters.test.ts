// operator/domain/action/render-parameters.test.ts
import { expect, test } from 'vitest';
import { evaluating } from '../expression/evaluation.ts';
import type { Plain } from '../expression/python/values.ts';
import type { LiveSettings } from './parameter-graph.ts';
import { renderFinal, renderLive } from './render-parameters.ts';

const sources = (action: object, runner: object = {}) => ({
  runner: runner as never,
  action: action as never,
  actionContext: { user: 'u', pack: 'p' },
  config: { url: 'http://x' },
});
const live = (action: object, given: Plain, settings: LiveSettings = {}, runner: object = {}) =>
  evaluating({ nowMs: 0, seed: 0 }, () => renderLive(sources(action, runner), given, settings));

test('what is stored: what was given, and templated defaults', () => {
  const action = {
    s: { type: 'string', default: 'def' },
    t: { type: 'string', default: '{{ s }}!' },
    l: { type: 'array', default: ['{{s}}'] },
    u: { type: 'string', default: '{{ config_context.url }}', immutable: true },
    n: { type: 'integer' },
  };
  expect(live(action, { n: '{{ 2 + 1 }}' })).toEqual({ n: 3, t: 'def!' });
});

test('of a template that is given and one that is the default, StackStorm takes the default', () => {
  const action = { a: { default: '{{ 1 }}' } };
  expect(live(action, { a: '{{ 2 }}' })).toEqual({ a: '1' });
  expect(live(action, { a: '{{ 2 }}' }, { givenWins: true })).toEqual({ a: '2' });
  expect(live({ a: { default: 'plain' } }, { a: '{{ 2 }}' })).toEqual({ a: '2' });
});

test("the runner's type counts where both know a parameter", () => {
  expect(live({ x: { type: 'string' } }, { x: '5' }, {}, { x: { type: 'integer' } })).toEqual({ x: 5 });
});

test('at the end, stored values are values, and each goes to its side', () => {
  const action = { a: { type: 'string', default: '{{ b }}' }, b: { default: 1 }, cmd: { default: 'ls {{ b }}' } };
  const final = evaluating({ nowMs: 0, seed: 0 }, () =>
    renderFinal(sources(action, { cmd: { type: 'string' }, sudo: { default: false } }), { b: '{{ x }}', gone: 1 }),
  );
  expect(final).toEqual({ runner: { cmd: 'ls {{ x }}', sudo: false }, action: { a: '{{ x }}', b: '{{ x }}' } });
});

test.each<[string, object, Plain, string]>([
  [
    'an unknown name, though it is guarded',
    {},
    { a: "{{ nope | default('x') }}" },
    'Dependency unsatisfied in variable "nope"',
  ],
  [
    'itself',
    {},
    { a: '{{ a }}' },
    'Cyclic dependency found in the following variables: a. Likely the variable is referencing itself',
  ],
  [
    'what depends on a circle is not part of it',
    { c: { default: '{{ a }}' } },
    { a: '{{ b }}', b: '{{ a }}' },
    'Cyclic dependency found in the following variables: a, b. Likely the variable is referencing itself',
  ],
  ['an unknown filter', {}, { a: '{{ b | nope }}' }, 'Failed to render parameter "a": No filter named \'nope\'.'],
  ['quotes in a list', {}, { a: ['{{ b }}'], b: 'say "hi"' }, 'Failed to render parameter "a": unexpected character'],
])('%s', (_, action, given, message) => {
  expect(() => live(action, given)).toThrow(
    expect.objectContaining({ type: 'ParamException', message: expect.stringContaining(message) }),
  );
});
