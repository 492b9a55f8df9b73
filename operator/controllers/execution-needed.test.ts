// operator/controllers/execution-needed.test.ts — what another Execution goes on from is kept, and so is whatever that is a step of.
import { expect, test } from 'vitest';
import { execution, iso } from '../domain/execution/builders.setup.ts';
import { EXECUTION, scene } from './execution.setup.ts';

const ended = { phase: 'Succeeded', attempt: 1, endedAt: iso(10) };
const stepOf = (name: string, parent: string, more: object = {}, status: object = ended) => {
  const owner = { apiVersion: 'squall.dev/v1alpha1', kind: 'Execution', name: parent, uid: `${parent}-uid` };
  return execution(more, status, { name, uid: `${name}-uid`, ownerReferences: [{ ...owner, controller: true }] });
};
const from = (name: string) => ({ request: { rerun: {}, cause: { depth: 0, rerunOf: name } } });
const again = (name: string) => execution(from(name), { phase: 'Running' }, { name: 'again', uid: 'again-uid' });

test.each([
  ['itself', 'e'],
  ['a step of it', 'step'],
  ['a step of a step', 'deep'],
])('a workflow is kept while another goes on from %s', async (_, name) => {
  const { api, sources, look } = scene(execution({}, ended), stepOf('step', 'e'), stepOf('deep', 'step'), again(name));
  await look(1e6);
  expect(api.object(EXECUTION)).toBeDefined();
  const { metadata } = sources.executions.get('prod/again') ?? again(name);
  sources.executions.remove({ metadata });
  await look(1e6 + 1);
  expect(api.object(EXECUTION)).toBeUndefined();
});

test('when what goes on from it is gone it is looked at, with all that it is a step of, and nothing else', () => {
  const others = [stepOf('other', 'e'), again('deep')];
  const { sources, watches } = scene(execution({}, ended), stepOf('step', 'e'), stepOf('deep', 'step'), ...others);
  const looked: string[] = [];
  const ends = watches.map((watch) => watch.start((key) => looked.push(key)));
  looked.length = 0;
  sources.executions.remove({ metadata: { name: 'again', namespace: 'prod' } });
  expect(looked).toEqual(['prod/again', 'prod/deep', 'prod/step', 'prod/e']);
  for (const end of ends) end();
});

test('what goes on from a step within the same workflow goes with it', async () => {
  const { api, look } = scene(execution({}, ended), stepOf('step', 'e'), stepOf('once-more', 'e', from('step')));
  await look(1e6);
  expect(api.object(EXECUTION)).toBeUndefined();
});
