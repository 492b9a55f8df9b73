// operator/domain/workflow/action-chain/names.test.ts
import { describe, expect, test } from 'vitest';
import { Play, type Scene } from './play.setup.ts';

/** The input of a task `b`, after a task `a` that ended with `result`. */
function inputAfter(parameter: string, result: object, scene: Scene = {}, more = ''): unknown {
  const text = `${more}\nchain:\n  - {name: a, ref: x.y, on-success: b}\n  - {name: b, ref: x.y, parameters: {p: ${parameter}}}`;
  const play = new Play(text, scene).start().ends('a/1', 'succeeded', result as never);
  return play.child ? play.child.input['p'] : play.result['error'];
}

describe('what templates see', () => {
  test.each([
    ["'{{ a.n }}'", '1'],
    ["'{{ a.text }}'", 'it'],
    ["['{{ a.n }}', 2]", ['1', 2]],
    ["{k: '{{ a.text }}', '{{ a.text }}': true}", { k: 'it', it: true }],
    ['5', 5],
    ['1.5', 1.5],
    ['null', null],
    ['"{{ __results[\'a\'].text }}"', 'it'],
    ["'{{ q }}'", 'given'],
    ["'{{ __context.q }}'", 'given'],
    ["'{{ st2kv.system.k }} {{ system.k }}'", 'stored stored'],
    ["'{{ action_context.parent.execution_id }} {{ action_context.parent.user }}'", 'e1 ann'],
    ["'{{ config_context.host }}'", 'h'],
    ["'{% raw %}{{ q }}{% endraw %}'", '{{ q }}'],
  ])('a parameter %s is %j', (parameter, input) => {
    const scene = {
      parameters: { q: 'given' },
      context: { config_context: { host: 'h' } },
      datastore: { 'system:k': 'stored' },
    };
    expect(inputAfter(parameter, { n: 1, text: 'it' }, scene)).toEqual(input);
  });

  test.each([
    ['a result hides a parameter', { parameters: { a: 'p' } }, '', "{'n': 1}"],
    ['a variable hides a result', { parameters: {} }, 'vars: {a: v}', 'v'],
  ])('%s', (_, scene, vars, input) => {
    expect(inputAfter("'{{ a }}'", { n: 1 }, scene, vars)).toBe(input);
  });

  test.each(['st2kv', 'action_context', 'config_context', '__results', 'system'])('nothing hides %s', (name) => {
    const input = inputAfter(`'{{ ${name} == 1 }}'`, {}, { parameters: { [name]: 1 } }, `vars: {${name}: 1}`);
    expect(input).toBe('False');
  });

  test('variables see the parameters and the user of the datastore, and become text', () => {
    const play = new Play(
      "vars: {v: '{{ n }} {{ st2kv.user.k }} {{ st2kv.system.k }}'}\nchain: [{name: a, ref: x.y, params: {p: '{{ v }}'}}]",
      { parameters: { n: 3 }, datastore: { 'user:ann:k': 'mine', 'system:k': 'all' } },
    );
    expect(play.start().child?.input).toEqual({ p: '3 mine all' });
  });

  test('publish sees neither the context of the action nor the configuration', () => {
    const play = new Play("chain: [{name: a, ref: x.y, publish: {p: '{{ action_context }}'}}]").start().ends('a/1');
    expect(play.result['error']).toBe(
      `Failed rendering value for publish parameter "p" in task "a" (template string={{ action_context }}): 'action_context' is undefined`,
    );
  });

  test('what is published hides what was before, and is shown', () => {
    const text = `
chain:
  - {name: a, ref: x.y, publish: {v: '{{ a.n }}', w: [1, '{{ a.n }}']}, on-success: b}
  - {name: b, ref: x.y, parameters: {p: '{{ v }}'}, publish: {v: 'b{{ v }}'}}`;
    const play = new Play(text, { parameters: { v: 'old' } }).start().ends('a/1', 'succeeded', { n: 7 });
    expect(play.child?.input).toEqual({ p: '7' });
    expect(play.ends('b/1').result['published']).toEqual({ v: 'b7', w: [1, '7'] });
  });

  test('names that JavaScript has given to its objects are names as others are', () => {
    const text = `chain:
  - {name: __proto__, ref: x.y, publish: {constructor: 'c'}, on-success: b}
  - {name: b, ref: x.y, parameters: {__proto__: '{{ constructor }}', toString: '{{ __results["__proto__"].n }}'}}`;
    const play = new Play(text).start();
    const { input } = play.ends('__proto__/1', 'succeeded', { n: 1 }).child ?? {};
    expect(Object.entries(input ?? {})).toEqual([
      ['__proto__', 'c'],
      ['toString', '1'],
    ]);
  });
});
