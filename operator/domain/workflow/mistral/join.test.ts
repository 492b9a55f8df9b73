// operator/domain/workflow/mistral/join.test.ts — joins: for how many they wait, when they fail, and how variables of branches meet.
import { describe, expect, test } from 'vitest';
import { playWorkflow } from './play.setup.ts';

const three = (join: string, more = '') =>
  `tasks:\n${['a', 'b', 'c'].map((name) => `  ${name}: {action: p.x, publish: {${name}: 1}, on-success: [j], on-error: [noop]}\n`).join('')}  j: {join: ${join}, action: p.j${more}}\n`;

describe('joins', () => {
  test.each([
    ['all', ['a', 'b', 'c'], { a: 1, b: 1, c: 1 }],
    ['one', ['b'], { b: 1 }],
    ['2', ['c', 'a'], { a: 1, c: 1 }],
  ])('%s', (join, ends, output) => {
    const played = playWorkflow(three(join));
    for (const name of ends) {
      expect(played.keys()).not.toContain('j/1');
      played.end(`${name}/1`);
    }
    expect(played.keys()).toContain('j/1');
    expect(played.run.tasks().find(({ task }) => task === 'j')?.status).toBe('RUNNING');
    played.end('j/1');
    if (join === 'all') expect(played.output()).toMatchObject(output);
  });

  test.each([
    ['with an action', 'action: p.j', ['j/1', 'j/2', 'j/3'], { at: 'j/3' }],
    ['with items', "with-items: 'i in <% [1] %>', action: p.j", ['j/1/0', 'j/2/0', 'j/3/0'], [{ at: 'j/3/0' }]],
    ['with a retry', 'action: p.j, retry: {count: 1, delay: 0}', ['j/1', 'j/2', 'j/3'], { at: 'j/3' }],
  ])('a join in a circle begins anew each time: %s', (_, body, keys, r) => {
    const played = playWorkflow(`
vars: {n: 0}
tasks:
  s: {on-success: a}
  a: {publish: {n: <% $.n + 1 %>}, on-success: j}
  j: {join: all, ${body}, publish: {r: <% task().result %>}, on-success: [a: <% $.n < 3 %>]}
`);
    for (const key of keys) played.end(key, { at: key });
    expect([played.run.status, played.output()]).toEqual(['succeeded', { n: 3, r }]);
  });

  test('of several that lead to a join of one, the first counts', () => {
    const played = playWorkflow(three('one'));
    for (const key of ['a/1', 'j/1', 'b/1', 'c/1']) played.end(key);
    expect([played.run.status, played.states()['j']]).toEqual(['succeeded', 'SUCCESS']);
    expect(played.run.tasks().filter(({ task }) => task === 'j')).toHaveLength(1);
  });

  test('a join of all fails as soon as one does not lead to it', () => {
    const played = playWorkflow(three('all'));
    played.end('a/1');
    played.end('b/1', {}, 'failed');
    expect(played.states()['j']).toBe('ERROR');
    played.end('c/1');
    expect(played.extra().state_info).toMatch(/Failed by tasks: \['b'\]/);
  });

  test('a join that has failed is handled once, however many lead to it afterwards', () => {
    const played = playWorkflow(`${three('all', ', on-error: h')}  h: {action: p.h}\n`);
    played.end('b/1', {}, 'failed');
    played.end('a/1');
    expect(played.keys()).toEqual(['c/1', 'h/1']);
    played.end('c/1');
    expect(played.keys()).toEqual(['h/1']);
    played.end('h/1');
    expect(played.run.status).toBe('succeeded');
  });

  test('a join of some fails when too few are left', () => {
    const played = playWorkflow(three('2'));
    played.end('a/1');
    played.end('b/1', {}, 'failed');
    expect(played.states()['j']).toBe('WAITING');
    played.end('c/1', {}, 'failed');
    expect(played.states()['j']).toBe('ERROR');
  });

  test('a way that is lost further up is seen', () => {
    const played = playWorkflow(`
tasks:
  a: {action: p.a, on-success: j}
  b: {action: p.b, on-success: [c: <% false %>]}
  c: {action: p.c, on-success: d}
  d: {action: p.d, on-success: j}
  j: {join: all, action: p.j}
`);
    played.end('a/1');
    expect(played.states()['j']).toBe('WAITING');
    played.end('b/1');
    expect(played.states()['j']).toBe('ERROR');
    expect(played.run.status).toBe('failed');
  });

  test('a join that nothing can lead to any more, for a way in a circle, fails', () => {
    const played = playWorkflow(
      'tasks:\n  a: {on-success: j}\n  j: {join: all, action: p.j, on-success: k}\n  k: {action: p.k, on-success: j}\n',
    );
    expect(played.run.status).toBe('failed');
    expect(played.extra().state_info).toMatch(/Blocked by tasks: \['k'\]/);
  });

  test('variables of branches meet: what was published more often wins, then the task that stands first', () => {
    const played = playWorkflow(`
output: {x: <% $.x %>, y: <% $.y %>, d: <% $.d %>}
tasks:
  s: {publish: {x: s, d: {k: 1}}, on-success: [a, b]}
  a: {publish: {y: a}, on-success: j}
  b: {publish: {x: b, y: b, d: {k: 1, m: 2}}, on-success: j}
  j: {join: all}
`);
    expect(played.output()).toEqual({ x: 'b', y: 'a', d: { k: 1, m: 2 } });
  });

  test('of branches that published as often the first wins, though another has nothing of it', () => {
    const ends = (order: string) =>
      playWorkflow(
        `tasks:\n${[...order].map((name) => `  ${name}: {publish: {${name === 'c' ? 'y' : 'x'}: ${name}}}\n`).join('')}`,
      );
    expect(['abc', 'acb', 'cab', 'bca', 'cba'].map((order) => ends(order).output()['x'])).toEqual([...'aaabb']);
  });
});
