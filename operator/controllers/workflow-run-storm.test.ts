// operator/controllers/workflow-run-storm.test.ts — workflows in workflows are paused, resumed and restarted at random on an API server that fails: all comes to its end, once.
import { expect, test } from 'vitest';
import type { Execution } from '../api/kinds.ts';
import type { Draft } from '../api/meta.ts';
import { type WorkflowEngine, WorkflowSpec } from '../api/workflow.ts';
import { isFinal } from '../domain/execution/parse.ts';
import { AmbiguousError, StatusError } from '../kube/errors.ts';
import type { ScriptedTransport } from '../kube/scripted.ts';
import type { Transport } from '../kube/transport.ts';
import { draft, NEVER, operator, PATH, run, server, statusOf } from './workflow-run.setup.ts';

const workflow = (name: string, engine: WorkflowEngine, definition: object) =>
  draft('Workflow', name, WorkflowSpec.parse({ engine, definition }));
const mistral = (name: string, tasks: object) => ({ version: '2.0', [name]: { tasks } });
const LEAF = { action: 'acme.never' };
const INNER = [
  workflow('acme.o', 'orquesta', {
    version: 1,
    tasks: { a: { ...LEAF, next: [{ do: 'b' }] }, b: { ...LEAF, with: '<% range(3) %>' } },
  }),
  workflow('acme.c', 'action-chain', {
    chain: [
      { name: 'a', ref: 'acme.never', 'on-success': 'b' },
      { name: 'b', ref: 'acme.never' },
    ],
  }),
  workflow(
    'acme.m',
    'mistral',
    mistral('acme.m', {
      a: { ...LEAF, 'on-success': ['b'] },
      b: { ...LEAF, 'with-items': 'i in <% range(3) %>', concurrency: 2 },
    }),
  ),
];
const OUTER: Readonly<Record<WorkflowEngine, object>> = {
  orquesta: {
    version: 1,
    tasks: {
      x: { action: 'acme.o' },
      y: { action: 'acme.c', next: [{ do: 'z' }] },
      z: { action: 'acme.m' },
      w: LEAF,
    },
  },
  'action-chain': {
    chain: [
      { name: 'x', ref: 'acme.o', 'on-success': 'y' },
      { name: 'y', ref: 'acme.c', 'on-success': 'z' },
      { name: 'z', ref: 'acme.m' },
    ],
  },
  mistral: mistral('acme.w', {
    x: { action: 'acme.o' },
    y: { action: 'acme.c', 'on-success': ['z'] },
    z: { action: 'acme.m' },
    w: LEAF,
  }),
};

/** Numbers that are the same in every run of the test. */
const numbers = (seed: number) => (below: number) => {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return Math.floor((seed / 2 ** 32) * below);
};
type Pick = ReturnType<typeof numbers>;

/** Some writes are refused, of some the answer is lost. */
const failing = (api: ScriptedTransport, pick: Pick): Transport =>
  new Proxy<Transport>(api, {
    get: (target, verb) => {
      const own = Reflect.get(target, verb) as (...given: unknown[]) => unknown;
      if (verb !== 'create' && verb !== 'replaceStatus') return own.bind(target);
      return async (...given: unknown[]) => {
        const how = pick(12);
        if (how === 0) throw new StatusError(409, 'somebody else has written it', { reason: 'Conflict' });
        const answer = await own.apply(target, given);
        if (how === 1) throw new AmbiguousError('the answer is lost');
        return answer;
      };
    },
  });

const allOf = async (api: ScriptedTransport) => (await api.page(PATH, {})).items as Execution[];
const openOf = async (api: ScriptedTransport) =>
  (await allOf(api)).filter(({ status }) => !isFinal(status?.phase ?? 'Requested'));
const isLeaf = ({ spec }: Execution) => spec.request.action === 'acme.never';
const latest = (api: ScriptedTransport, { metadata }: Execution) => api.object(`${PATH}/${metadata.name}`) as Execution;
const want = (api: ScriptedTransport, of: Execution, spec: object) => {
  const now = latest(api, of);
  api.put({ ...now, spec: { ...now.spec, ...spec } } as Draft);
};
function finish(api: ScriptedTransport, leaf: Execution): void {
  const at = new Date().toISOString();
  const status = { phase: 'Succeeded', attempt: 1, startedAt: at, endedAt: at, result: {} };
  api.put({ ...latest(api, leaf), status } as Draft);
}
const pauseMs = (ms: number) => new Promise((go) => setTimeout(go, ms));

/** Nobody wants a pause any more, and what has paused by itself is let go on. */
async function letGoOn(api: ScriptedTransport): Promise<readonly Execution[]> {
  const open = await openOf(api);
  for (const one of open) {
    const pauses = one.status?.workflow?.pauses ?? 0;
    if (isLeaf(one)) finish(api, one);
    else if (one.spec.control === 'pause' || (one.spec.resumes ?? 0) < pauses)
      want(api, one, { control: 'run', resumes: pauses });
  }
  return open;
}

test.each(Array.from({ length: 15 }, (_, i) => [i + 1]))('storm %i', { timeout: 30_000 }, async (seed) => {
  const pick = numbers(seed * 7919);
  const engine = (['orquesta', 'action-chain', 'mistral'] as const)[seed % 3] ?? 'orquesta';
  const api = server(workflow('acme.w', engine, OUTER[engine]), ...INNER, NEVER, run());
  let one = await operator(api, undefined, failing(api, pick));
  for (let step = 0; step < 25; step++) {
    const open = await openOf(api);
    const [runs, leaves] = [open.filter((of) => !isLeaf(of)), open.filter(isLeaf)];
    const [chosen, leaf] = [runs[pick(runs.length)], leaves[pick(leaves.length)]];
    const what = pick(9);
    if (what < 2 && chosen) want(api, chosen, { control: 'pause' });
    else if (what < 4 && chosen) want(api, chosen, { control: 'run', resumes: chosen.status?.workflow?.pauses ?? 0 });
    else if (what < 8 && leaf) finish(api, leaf);
    else if (what === 8) {
      one.stop();
      one = await operator(api, undefined, failing(api, pick));
    }
    await pauseMs(pick(3) === 0 ? 0 : pick(40));
  }
  await expect.poll(() => letGoOn(api), { timeout: 20_000 }).toEqual([]);
  expect(statusOf(api)?.phase).toBe('Succeeded');
  const keys = (await allOf(api)).map(
    ({ metadata }) => `${metadata.ownerReferences?.[0]?.name} ${metadata.annotations?.['squall.dev/task-key']}`,
  );
  expect(keys).toHaveLength(engine === 'action-chain' ? 14 : 15);
  expect(new Set(keys).size).toBe(keys.length);
  one.stop();
});
