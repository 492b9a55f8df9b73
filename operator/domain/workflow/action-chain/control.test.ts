// operator/domain/workflow/action-chain/control.test.ts
import { describe, expect, test } from 'vitest';
import { Play } from './play.setup.ts';

const TEXT = `
chain:
  - {name: a, ref: x.y, publish: {v: '{{ a.n }}'}, on-success: b, on-failure: c}
  - {name: b, ref: x.y, parameters: {p: '{{ v }}'}}
  - {name: c, ref: x.y}
`;
const start = () => new Play(TEXT).start();
const step = ({ last }: Play) => ({
  status: last.status,
  children: last.children.map(({ key }) => key),
  tell: last.tell,
});

describe('pause', () => {
  test('the child is asked too, ends, and nothing follows until the chain is resumed', () => {
    const play = start().asked('pause');
    expect(step(play)).toEqual({ status: 'pausing', children: [], tell: [{ key: 'a/1', request: 'pause' }] });
    expect(step(play.asked('pause'))).toEqual({ status: 'pausing', children: [], tell: [] });
    expect(step(play.ends('a/1', 'succeeded', { n: 1 }))).toEqual({ status: 'paused', children: [], tell: [] });
    expect(play.result).toMatchObject({ published: { v: '1' } });
    expect(step(play.asked('resume'))).toEqual({ status: 'running', children: ['b/1'], tell: [] });
    expect(play.child?.input).toEqual({ p: '1' });
  });

  test.each([
    ['succeeded', 'succeeded'],
    ['failed', 'failed'],
    ['timedOut', 'timedOut'],
    ['canceled', 'canceled'],
  ] as const)('of a chain with nothing left: resumed, it has what the last task had (%s)', (status, end) => {
    const play = new Play('chain: [{name: a, ref: x.y}]').start().asked('pause').ends('a/1', status);
    expect(play.last.status).toBe('paused');
    expect(play.asked('resume').last.status).toBe(end);
  });

  test('before the start, nothing starts', () => {
    const play = new Play(TEXT).asked('pause').start();
    expect(step(play)).toEqual({ status: 'paused', children: [], tell: [] });
    expect(step(play.asked('resume')).children).toEqual(['a/1']);
  });

  test('taken back before it came about, the child is told so', () => {
    const play = start().asked('pause').asked('resume');
    expect(step(play)).toEqual({ status: 'running', children: [], tell: [{ key: 'a/1', request: 'resume' }] });
  });

  test('a sub-workflow that has paused pauses the chain, and is resumed with it', () => {
    const play = start().asked('pause').ends('a/1', 'pausing').ends('a/1', 'paused', { part: 1 });
    expect([play.last.status, play.states]).toEqual(['paused', ['a: paused']]);
    expect(play.result['tasks']).toMatchObject([{ result: { part: 1 } }]);
    expect(step(play.asked('resume'))).toEqual({
      status: 'running',
      children: [],
      tell: [{ key: 'a/1', request: 'resume' }],
    });
    expect(play.states).toEqual([]);
    expect(step(play.ends('a/1', 'succeeded', { n: 2 })).children).toEqual(['b/1']);
  });
});

describe('a sub-workflow that others pause', () => {
  test('pauses the chain, which goes on only when it is resumed itself', () => {
    const play = start().ends('a/1', 'pausing');
    expect(play.last.status).toBe('running');
    expect(play.ends('a/1', 'paused', { n: 0 }).last.status).toBe('paused');
    expect(play.ends('a/1', 'running').last.status).toBe('paused');
    expect(step(play.ends('a/1', 'succeeded', { n: 1 }))).toEqual({ status: 'paused', children: [], tell: [] });
    expect(play.states).toEqual(['a: paused']);
    expect(step(play.asked('resume'))).toEqual({ status: 'running', children: ['b/1'], tell: [] });
    expect([play.child?.input, play.states]).toEqual([{ p: '1' }, ['a: succeeded']]);
  });

  test('runs again before the chain is resumed: nobody is told', () => {
    const play = start().ends('a/1', 'paused').ends('a/1', 'running').asked('resume');
    expect(step(play)).toEqual({ status: 'running', children: [], tell: [] });
  });
});

describe('a question', () => {
  const ASK = `
chain:
  - {name: ask, ref: core.ask, publish: {p: '{{ ask.result.response.ok }} {{ ask.response.ok }}'}, on-success: b}
  - {name: b, ref: x.y, parameters: {p: '{{ p }} {{ ask.result.response.ok }}'}}
`;
  const asked = () => new Play(ASK).start().ends('ask/1', 'pending', { schema: {} });

  test('pauses the chain, and its answer resumes it', () => {
    const play = asked();
    expect([play.last.status, play.states]).toEqual(['paused', ['ask: pending']]);
    play.ends('ask/1', 'succeeded', { schema: {}, response: { ok: true } });
    expect([play.last.status, play.child?.input]).toEqual(['running', { p: 'True True True' }]);
    expect(play.result['tasks']).toMatchObject([{ state: 'succeeded', result: { response: { ok: true } } }]);
  });

  test('is still waited for when the chain is resumed', () => {
    const play = asked().asked('resume');
    expect(step(play)).toEqual({ status: 'paused', children: [], tell: [] });
  });

  test('answered in a chain that was asked to pause: it stays paused', () => {
    const play = asked()
      .asked('pause')
      .ends('ask/1', 'succeeded', { response: { ok: true } });
    expect(step(play)).toEqual({ status: 'paused', children: [], tell: [] });
    expect(step(play.asked('resume')).children).toEqual(['b/1']);
  });

  test('is not waited for when the chain is canceled', () => {
    expect(step(asked().asked('cancel'))).toEqual({
      status: 'canceled',
      children: [],
      tell: [{ key: 'ask/1', request: 'cancel' }],
    });
  });
});

describe('cancel', () => {
  test('the child is told, ends as it ends, and nothing follows', () => {
    const play = start().asked('cancel');
    expect(step(play)).toEqual({ status: 'canceling', children: [], tell: [{ key: 'a/1', request: 'cancel' }] });
    expect(step(play.asked('resume').asked('pause')).status).toBe('canceling');
    expect(step(play.ends('a/1', 'succeeded', { n: 1 }))).toEqual({ status: 'canceled', children: [], tell: [] });
    expect([play.states, play.result['published']]).toEqual([['a: succeeded'], { v: '1' }]);
  });

  test('of a paused chain between two tasks is its end', () => {
    const play = start().asked('pause').ends('a/1', 'succeeded', { n: 1 }).asked('cancel');
    expect(step(play)).toEqual({ status: 'canceled', children: [], tell: [] });
  });

  test('of a chain whose sub-workflow is paused waits for that one', () => {
    const play = start().ends('a/1', 'paused').asked('cancel');
    expect(step(play)).toEqual({ status: 'canceling', children: [], tell: [{ key: 'a/1', request: 'cancel' }] });
    expect(play.ends('a/1', 'canceled', { n: 1 }).last.status).toBe('canceled');
  });

  test('before the start, nothing starts', () => {
    expect(step(new Play(TEXT).asked('cancel').start())).toEqual({ status: 'canceled', children: [], tell: [] });
  });
});

test('two runs that were told the same are the same', () => {
  const told = () =>
    start().asked('pause').ends('a/1', 'paused', { n: 0 }).asked('resume').ends('a/1', 'failed', { n: 1 }).ends('c/1');
  const [one, other] = [told(), told()];
  expect([one.last, one.result, one.run.tasks()]).toEqual([other.last, other.result, other.run.tasks()]);
});
