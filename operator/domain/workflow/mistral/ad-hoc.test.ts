// operator/domain/workflow/mistral/ad-hoc.test.ts — actions that a workbook makes of others.
import { describe, expect, test } from 'vitest';
import { playText } from './play.setup.ts';

const book = (actions: string, task: string) =>
  `version: '2.0'\nname: p.b\nactions:\n${actions}\nworkflows:\n  main:\n    input: [{v: 5}]\n    vars: {g: 7}\n    tasks:\n      t:\n        ${task}\n        publish: {r: <% task().result %>}\n`;

describe('ad-hoc actions', () => {
  const local = `  hello:
    input: [name, {mark: '!'}]
    base: core.local cmd="echo <% $.name %><% $.mark %> <% $.g %>"
    output: {said: <% $.stdout %>, all: '{{ _.code }}'}
  twice:
    input: [what]
    base: hello
    base-input: {name: <% $.what + $.what %>}
    output: <% $.said %>?
  quick:
    base: std.echo output=<% $.x %>
    output: <% [$, $] %>
`;
  test('call their base with an input of their own, and tell the result their way', () => {
    const played = playText(book(local, 'action: hello name="Bob"'));
    expect(played.open).toMatchObject([{ action: 'core.local', input: { cmd: 'echo Bob! 7' } }]);
    played.end('t/1', { stdout: 'hi', code: 0 });
    expect(played.output()).toEqual({ r: { said: 'hi', all: 0 } });
  });
  test('on others', () => {
    const played = playText(book(local, 'action: p.b.twice what="a"'));
    expect(played.open).toMatchObject([{ action: 'core.local', input: { cmd: 'echo aa! 7' } }]);
    played.end('t/1', { stdout: 'hi', code: 0 });
    expect(played.output()).toEqual({ r: 'hi?' });
  });
  test('on what the engine does itself', () => {
    expect(playText(book(local, 'action: quick x=1')).output()).toEqual({ r: [1, 1] });
  });
  test('a failure is told as it is', () => {
    const played = playText(book(local, 'action: hello name="x"'));
    played.end('t/1', { stderr: 'no' }, 'failed');
    expect(played.run.result()['tasks']).toMatchObject([{ result: { stderr: 'no' } }]);
  });
  test('declared input that is not given and has no default is null', () => {
    expect(playText(book(local, 'action: hello')).open[0]?.input).toEqual({ cmd: 'echo None! 7' });
  });
  test('what cannot be evaluated fails the task', () => {
    const played = playText(book('  bad: {base: std.echo output=<% $.no.where %>}', 'action: bad'));
    expect(played.run.result()['tasks']).toMatchObject([{ state: 'ERROR' }]);
    expect(played.extra().state_info).toMatch(/Failed to instantiate an action \[action_name=bad\]: Can not evaluate/);
  });
  test('that are made of each other fail the run', () => {
    const played = playText(book('  a: {base: b}\n  b: {base: a}', 'action: a'));
    expect(played.extra().state_info).toMatch(
      /Found a cycle in an ad-hoc action chain \[action_name=a, duplicate_action_name=a\]/,
    );
  });
});
