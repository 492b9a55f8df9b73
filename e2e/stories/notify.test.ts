// e2e/stories/notify.test.ts — what ends is told: to rules that wait for ends, and on the routes of notify; a loop of rules comes to an end.
import { expect, test } from 'vitest';
import { Execution, type Execution as ExecutionObject, Rule } from '../../operator/api/kinds.ts';
import { objectPath } from '../../operator/kube/paths.ts';
import {
  apply,
  createExecution,
  ended,
  eventually,
  getExecution,
  kubectl,
  kubernetes,
  list,
  ours,
  ready,
} from '../harness.ts';
import { scratchNamespace } from './scratch.ts';

const { name: namespace } = scratchNamespace('notify');

const shell = (name: string, cmd: string, more: object = {}) =>
  ours('Action', namespace, name, { runner: 'local-shell-cmd', parameters: { cmd: { default: cmd } }, ...more });
const ruleOn = (name: string, type: string, criteria: object, cmd: string) =>
  ours('Rule', namespace, name, {
    trigger: { type: `core.st2.generic.${type}` },
    criteria,
    action: { ref: 'core.local', parameters: { cmd } },
  });
const equals = (pattern: string) => ({ type: 'equals', pattern });

/** Executions that a rule has asked for. */
const madeBy = async (rule: string): Promise<readonly ExecutionObject[]> =>
  (await list(Execution, namespace, `squall.dev/rule=${rule}`)) as readonly ExecutionObject[];
const causeOf = ({ spec }: ExecutionObject) => spec.request.cause?.execution;

/** It has ended, and whoever waited for that was told. */
async function told(name: string): Promise<ExecutionObject> {
  await ended(namespace, name);
  return await eventually(`the end of ${name} is told`, async () => {
    const execution = await getExecution(namespace, name);
    return execution?.status && execution.status.events === undefined ? execution : undefined;
  });
}

test('an action that ends well is told on its route, with its own words', async () => {
  const notify = {
    'on-success': { message: 'it said {{ action_results.stdout }}', routes: ['ops'] },
    'on-failure': { routes: ['ops'] },
  };
  await apply(
    shell('demo.clean', 'echo cleaned', { notify }),
    ruleOn('demo.tell', 'notifytrigger', { 'trigger.route': equals('ops') }, 'echo "{{ trigger.message }}"'),
  );
  await ready(namespace, 'rule/demo.tell', 'action/demo.clean');
  const name = await createExecution(namespace, 'demo.clean');
  const { metadata } = await told(name);
  const made = (await madeBy('demo.tell')).filter((one) => causeOf(one) === name);
  expect(made).toHaveLength(1);
  expect(made[0]?.spec.request).toMatchObject({
    cause: { depth: 1, execution: name },
    context: {
      user: 'system:squall',
      trace: { id: metadata.uid },
      trigger: { type: 'core.st2.generic.notifytrigger', source: `execution/${name}`, rule: { name: 'demo.tell' } },
    },
  });
  const end = await ended(namespace, made[0]?.metadata.name ?? '');
  expect(end.status).toMatchObject({ phase: 'Succeeded', result: { stdout: 'it said cleaned' } });
});

test('the request says who is told where the action says nothing', async () => {
  const notify = { 'on-complete': { channels: ['ops'] } };
  await apply(shell('demo.plain', 'true'));
  await ready(namespace, 'action/demo.plain');
  const name = await createExecution(namespace, '', {}, { request: { action: 'demo.plain', notify } });
  await told(name);
  const made = (await madeBy('demo.tell')).filter((one) => causeOf(one) === name);
  expect(made).toHaveLength(1);
  const { status } = await ended(namespace, made[0]?.metadata.name ?? '');
  expect(status.result).toMatchObject({ stdout: 'Action demo.plain completed.' });
});

test('a rule waits for the failures of one action', async () => {
  const criteria = { 'trigger.action_ref': equals('demo.breaks'), 'trigger.status': equals('failed') };
  const cmd =
    'echo "{{ trigger.action_name }} {{ trigger.runner_ref }} {{ trigger.result.return_code }} {{ trigger.parameters.cmd }}"';
  await apply(shell('demo.breaks', 'true'), ruleOn('demo.mourn', 'actiontrigger', criteria, cmd));
  await ready(namespace, 'rule/demo.mourn', 'action/demo.breaks');
  await told(await createExecution(namespace, 'demo.breaks', { cmd: 'exit 0' }));
  const failed = await createExecution(namespace, 'demo.breaks', { cmd: 'exit 3' });
  await told(failed);
  const made = await madeBy('demo.mourn');
  expect(made.map(causeOf)).toEqual([failed]);
  const { status } = await ended(namespace, made[0]?.metadata.name ?? '');
  expect(status.result).toMatchObject({ stdout: 'breaks local-shell-cmd 3 exit 3' });
});

test('tasks of workflows are told: those that a chain does not skip, those that orquesta names', async () => {
  const notify = { 'on-complete': { routes: ['flow'] } };
  const names = ['one', 'two', 'three'];
  await apply(
    ruleOn('demo.flow', 'notifytrigger', { 'trigger.route': equals('flow') }, 'true'),
    ours('Workflow', namespace, 'demo.chain', {
      engine: 'action-chain',
      notify,
      parameters: { skip_notify: { default: ['two'] } },
      definition: {
        chain: names.map((name, i) => ({ name, ref: 'core.noop', 'on-success': names[i + 1] ?? '' })),
      },
    }),
    ours('Workflow', namespace, 'demo.graph', {
      engine: 'orquesta',
      notify,
      parameters: { notify: { default: ['two'] } },
      definition: {
        version: 1,
        tasks: Object.fromEntries(names.map((name) => [name, { action: 'core.noop' }])),
      },
    }),
  );
  await ready(namespace, 'rule/demo.flow', 'workflow/demo.chain', 'workflow/demo.graph');
  const tasksTold = async (workflow: string): Promise<readonly string[]> => {
    const run = await createExecution(namespace, workflow);
    const children = async () =>
      ((await list(Execution, namespace, `squall.dev/parent=${run}`)) as readonly ExecutionObject[]).map(
        ({ metadata }) => metadata,
      );
    expect((await told(run)).status).toMatchObject({ phase: 'Succeeded' });
    const steps = await children();
    await Promise.all(steps.map(({ name }) => told(name)));
    const causes = new Set((await madeBy('demo.flow')).map(causeOf));
    expect(causes.has(run)).toBe(true);
    const heard = steps.filter(({ name }) => causes.has(name));
    return heard.map(({ annotations }) => annotations?.['squall.dev/task'] ?? '').toSorted();
  };
  expect(await tasksTold('demo.chain')).toEqual(['one', 'three']);
  expect(await tasksTold('demo.graph')).toEqual(['two']);
});

test('the end of a run is told as its Workflow said when it began, though that is gone by then', async () => {
  await apply(
    ruleOn('demo.page', 'notifytrigger', { 'trigger.route': equals('pager') }, 'echo "{{ trigger.message }}"'),
    ours('Workflow', namespace, 'demo.gone', {
      engine: 'orquesta',
      notify: { 'on-failure': { message: 'it broke', routes: ['pager'] } },
      definition: { version: 1, tasks: { waits: { action: 'core.local', input: { cmd: 'sleep 20; exit 3' } } } },
    }),
  );
  await ready(namespace, 'rule/demo.page', 'workflow/demo.gone');
  const run = await createExecution(namespace, 'demo.gone');
  const phaseOf = async () => (await getExecution(namespace, run))?.status?.phase;
  await eventually('it has begun', async () => (await phaseOf()) === 'Running');
  await kubectl(['-n', namespace, 'delete', 'workflow', 'demo.gone']);
  expect(await phaseOf()).toBe('Running');
  expect((await told(run)).status).toMatchObject({ phase: 'Failed', reason: 'WorkflowFailed' });
  const made = (await madeBy('demo.page')).filter((one) => causeOf(one) === run);
  expect(made).toHaveLength(1);
  const { status } = await ended(namespace, made[0]?.metadata.name ?? '');
  expect(status.result).toMatchObject({ stdout: 'it broke' });
});

test('a rule that starts itself again and again comes to an end, and says why', async () => {
  await apply(
    ours('Action', namespace, 'demo.again', { runner: 'noop' }),
    ours('Rule', namespace, 'demo.loop', {
      trigger: { type: 'core.st2.generic.actiontrigger' },
      criteria: { 'trigger.action_ref': equals('demo.again') },
      action: { ref: 'demo.again' },
    }),
  );
  await ready(namespace, 'rule/demo.loop', 'action/demo.again');
  await createExecution(namespace, 'demo.again');
  const enforced = await eventually('the rule says that it is a loop', async () => {
    const rule = (await (await kubernetes()).get(objectPath(Rule, namespace, 'demo.loop'))) as Rule;
    return rule.status?.conditions?.find(({ type, status }) => type === 'Enforced' && status === 'False');
  });
  expect(enforced).toMatchObject({ reason: 'EnforcementFailed', message: expect.stringContaining('form a loop') });
  const made = await madeBy('demo.loop');
  const depths = made.map(({ spec }) => spec.request.cause?.depth ?? 0).toSorted((a, b) => a - b);
  expect(depths).toEqual(Array.from({ length: 16 }, (_, i) => i + 1));
  const last = made.find(({ spec }) => spec.request.cause?.depth === 16)?.metadata.name ?? '';
  await told(last);
  const said = await eventually('an Event about the last one', async () => {
    const lines = await kubectl(['-n', namespace, 'get', 'events', '--field-selector', `involvedObject.name=${last}`]);
    return lines.includes('DepthExceeded') ? lines : undefined;
  });
  expect(said).toContain('form a loop');
  expect(await madeBy('demo.loop')).toHaveLength(16);
});
