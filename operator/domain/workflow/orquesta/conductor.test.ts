// operator/domain/workflow/orquesta/conductor.test.ts — what a workflow does, and what it refuses to.
import { describe, expect, test } from 'vitest';
import type { Outside } from '../engine.ts';
import { Conductor } from './conductor.ts';
import { openWorkflow } from './open.ts';

const outside: Outside = { nowMs: 0, seed: 1, datastore: undefined };

function begun(definition: string, inputs = {}, context = {}): Conductor {
  const { workflow, graph, findings } = openWorkflow(definition);
  if (!workflow || !graph) throw new Error(JSON.stringify(findings));
  const conductor = new Conductor(workflow, graph, { context, inputs }, outside);
  conductor.request('running');
  return conductor;
}

/** `t0 running, t0 failed` → events; what is next after them. */
function play(conductor: Conductor, events: string): string {
  for (const event of events.split(', ').filter(Boolean)) {
    const [, task = '', route = '0', status = ''] = /^(\w+)(?:\/(\d+))? (\w+)$/.exec(event) ?? [];
    conductor.task(task, Number(route), status, { from: task }, outside);
  }
  const next = conductor.next(outside).map(({ id, route }) => (route > 0 ? `${id}/${route}` : id));
  return [conductor.status, ...next].join(' ');
}

const FLOW = `
version: 1.0
tasks:
  t: {action: core.noop, next: [NEXT]}
  u: {action: core.noop}
  v: {action: core.noop, next: [{do: w}]}
  w: {action: core.noop}
`;

describe('transitions', () => {
  test.each([
    ['{when: <% succeeded() %>, do: u}', 'succeeded', 'running u'],
    ['{when: <% failed() %>, do: u}', 'succeeded', 'succeeded'],
    ['{when: <% failed() %>, do: u}', 'failed', 'running u'],
    ['{when: <% failed() %>}', 'failed', 'failed'],
    ['{do: continue}', 'failed', 'failed'],
    ['{do: noop}', 'failed', 'succeeded'],
    ['{do: fail}', 'succeeded', 'failed'],
    ['{do: [fail, v]}', 'succeeded', 'failed v'],
    ['{do: [v, u]}', 'succeeded', 'running u v'],
    ['{do: u}, {when: <% 1/0 %>, do: v}', 'succeeded', 'failed'],
    ['{publish: [{x: <% 1/0 %>}], do: u}', 'succeeded', 'failed'],
    ['{when: <% result().from = t %>, do: u}', 'timeout', 'running u'],
    ['{when: <% completed() %>, do: u}', 'canceled', 'canceled'],
  ])('%s after %s lead to: %s', (next, status, expected) => {
    const targets = new Set(next.match(/\b[uv]\b/g));
    const others = ['u', 'v'].filter((name) => !targets.has(name)); // what nothing leads to starts by itself
    const definition = FLOW.replace('NEXT', next);
    const conductor = begun(definition);
    for (const other of others) play(conductor, `${other} running, ${other} succeeded`);
    if (others.includes('v')) play(conductor, 'w running, w succeeded');
    expect(play(conductor, `t running, t ${status}`)).toBe(expected);
  });

  test('what stands beside a fail runs, what follows that does not', () => {
    const conductor = begun(FLOW.replace('NEXT', '{do: [fail, v]}'));
    play(conductor, 'u running, u succeeded, t running, t succeeded');
    expect(play(conductor, 'v running, v succeeded')).toBe('failed');
  });
});

describe('joins', () => {
  const JOIN = (join: string) => `
version: 1.0
tasks:
  a: {action: core.noop, next: [{when: <% succeeded() %>, do: j}]}
  b: {action: core.noop, next: [{when: <% succeeded() %>, do: j}]}
  c: {action: core.noop, next: [{when: <% succeeded() %>, do: j}, {when: <% failed() %>, do: noop}]}
  j: {action: core.noop, join: ${join}}
`;
  const all = 'a running, b running, c running, ';

  test.each([
    ['all', 'a succeeded, b succeeded', 'running'],
    ['all', 'a succeeded, b succeeded, c succeeded', 'running j'],
    ['2', 'a succeeded', 'running'],
    ['2', 'a succeeded, c succeeded', 'running j'],
    ['2', 'a succeeded, c failed, b succeeded', 'running j'],
    ['all', 'a succeeded, b succeeded, c failed', 'failed'],
  ])('join: %s after %s: %s', (join, events, expected) => {
    expect(play(begun(JOIN(join)), all + events)).toBe(expected);
  });

  test('one that can no longer be reached fails the workflow at its end', () => {
    const conductor = begun(JOIN('all'));
    play(conductor, `${all}a succeeded, c failed`);
    expect(conductor.errors.at(-1)?.message).not.toContain('UnreachableJoinError');
    play(conductor, 'b succeeded');
    expect(conductor.errors.at(-1)).toEqual({
      type: 'error',
      message: 'UnreachableJoinError: The join task|route "j|0" is partially satisfied but unreachable.',
      task_id: 'j',
      route: 0,
    });
  });

  test('without a join a task runs once for each that leads to it, on routes of their own', () => {
    const conductor = begun(
      FLOW.replace('NEXT', '{do: w}').replace('u: {action: core.noop}', 'u: {action: core.noop, next: [{do: w}]}'),
    );
    expect(play(conductor, 't running, u running, v running, t succeeded, v succeeded')).toBe('running w/1 w/2');
    expect(conductor.routes).toEqual([[], ['t__t0'], ['v__t0']]);
  });
});

describe('a cycle', () => {
  test('executes a task again, which sees what it published', () => {
    const conductor = begun(`
version: 1.0
vars: [{n: 0}]
tasks:
  s: {action: core.noop, next: [{do: t}]}
  t: {action: core.noop, next: [{when: <% ctx().n < 2 %>, publish: [{n: <% ctx().n + 1 %>}], do: t}]}
output: [{n: <% ctx().n %>}]
`);
    const round = 't running, t succeeded';
    expect(play(conductor, `s running, s succeeded, ${round}, ${round}`)).toBe('running t');
    expect(play(conductor, round)).toBe('succeeded');
    conductor.renderOutput(outside);
    expect(conductor.output).toEqual({ n: 2 });
    expect(conductor.executions.map(({ id }) => id)).toEqual(['s', 't', 't', 't']);
  });
});

describe('a retry', () => {
  const RETRY = (retry: string) =>
    `version: 1.0\ntasks:\n  t: {action: core.noop, retry: ${retry}, next: [{do: noop}]}\n`;
  test.each([
    ['{count: 1}', 'failed', 'running t', 'succeeded'],
    ['{count: 0}', 'failed', 'succeeded', 'succeeded'],
    ['{count: <% 1 %>, when: <% succeeded() %>}', 'succeeded', 'running t', 'succeeded'],
    ['{count: 1, when: <% succeeded() %>}', 'failed', 'succeeded', 'succeeded'],
    ['{count: 9, when: <% completed() %>}', 'canceled', 'canceled', 'canceled'],
  ])('%s after %s: %s', (retry, status, expected, then) => {
    const conductor = begun(RETRY(retry));
    expect(play(conductor, `t running, t ${status}`)).toBe(expected);
    if (expected.endsWith(' t')) expect(play(conductor, `t running, t ${status}`)).toBe(then);
  });
});

describe('what does not fit is refused', () => {
  const conductor = () => begun(FLOW.replace('NEXT', '{do: u}'));
  test.each<[string, (conductor: Conductor) => void, string, string]>([
    ['a status that there is not', (c) => c.request('bogus'), 'InvalidStatus', 'Status "bogus" is not valid.'],
    ['a status of tasks', (c) => c.request('pending'), 'InvalidEvent', 'Event "workflow_pending" is not valid.'],
    [
      'what the state does not allow',
      (c) => c.request('resuming'),
      'InvalidWorkflowStatusTransition',
      'Unable to process event "workflow_resuming" for workflow in "running" status.',
    ],
    [
      'a task that there is not',
      (c) => c.task('x', 0, 'running', null, outside),
      'InvalidTask',
      'Task "x" does not exist.',
    ],
    [
      'a task that nothing led to',
      (c) => c.task('u', 0, 'running', null, outside),
      'InvalidTaskStateEntry',
      'Task "u" is not staged or has not started yet.',
    ],
    [
      'a rerun before the end',
      (c) => c.rerun(undefined, outside),
      'WorkflowIsActiveAndNotRerunableError',
      'Unable to rerun workflow because it is not in a completed state.',
    ],
  ])('%s', (_what, act, type, message) => {
    expect(() => act(conductor())).toThrow(expect.objectContaining({ type, message }));
  });

  test('a rerun of what never ran', () => {
    const canceled = conductor();
    canceled.request('canceled');
    const message = "Unable to rerun task|route(s) because it doesn't exist or isn't rerunnable: t|0, u|1";
    const requests = [
      { task: 't', route: 0 },
      { task: 'u', route: 1 },
    ];
    expect(() => canceled.rerun(requests, outside)).toThrow(message);
  });
});

describe('the output', () => {
  const OUTPUT =
    'version: 1.0\ntasks: {t: {action: core.noop}}\noutput: [{a: 1}, {b: <% 1/0 %>}, {c: <% ctx().a + 1 %>}]\n';
  test.each([
    ['succeeded', 'failed'],
    ['failed', 'failed'],
    ['canceled', 'canceled'],
  ])('after %s has what could be rendered, and the workflow is %s', (status, then) => {
    const conductor = begun(OUTPUT);
    play(conductor, `t running, t ${status}`);
    conductor.renderOutput(outside);
    expect([conductor.status, conductor.output]).toEqual([then, { a: 1, c: 2 }]);
    expect(conductor.errors.at(-1)?.message).toContain('YaqlEvaluationException');
  });
});

test('parameters beat defaults, null as well; what the definition does not list is not seen', () => {
  const conductor = begun(
    'version: 1.0\ninput: [a, {b: <% ctx().a %>}, {c: 3}]\nvars: [{d: <% ctx().b + 1 %>}]\ntasks: {t: {action: core.noop}}\n',
    { a: 1, c: null, other: 5 },
    { st2: { user: 'me' } },
  );
  expect(conductor.next(outside)[0]?.context).toEqual({ st2: { user: 'me' }, a: 1, b: 1, c: null, d: 2 });
});

test('items with names are taken apart, as far as there are parts', () => {
  const conductor = begun(`
version: 1.0
tasks:
  t: {with: "x, y in <% [[1, 2], [3], 4] %>", action: core.noop, input: {i: <% item() %>}}
`);
  const inputs = conductor.next(outside)[0]?.actions.map(({ input }) => input);
  expect(inputs).toEqual([{ i: { x: 1, y: 2 } }, { i: { x: 3 } }, { i: 4 }]);
});

test('a task that cannot be rendered fails the workflow, and nothing else starts', () => {
  const conductor = begun('version: 1.0\ntasks:\n  a: {action: core.noop}\n  b: {action: core.noop, delay: soon}\n');
  expect(conductor.next(outside)).toEqual([]);
  expect(conductor.status).toBe('failed');
  expect(conductor.errors).toEqual([
    { type: 'error', message: 'TypeError: The value of task delay is not type of integer.', task_id: 'b', route: 0 },
  ]);
});
