// operator/controllers/workflow-run-rerun.setup.ts — for tests: a workflow that fails for a word, its reruns, and what has been made of them.
import { expect } from 'vitest';
import { ActionSpec } from '../api/action.ts';
import type { Draft } from '../api/meta.ts';
import { WorkflowSpec } from '../api/workflow.ts';
import type { ScriptedTransport } from '../kube/scripted.ts';
import { childrenOf, draft, run } from './workflow-run.setup.ts';

/** Fails but for the words `good` and `fine`. */
export const PICKY = draft(
  'Action',
  'acme.picky',
  ActionSpec.parse({ runner: 'noop', parameters: { word: { type: 'string', enum: ['good', 'fine'] } } }),
);
export const ONE = (tasks: object, output: readonly object[] = []) =>
  draft(
    'Workflow',
    'acme.w',
    WorkflowSpec.parse({
      engine: 'orquesta',
      definition: { version: 1, input: ['word'], vars: [{ said: '-' }], tasks, ...(output.length > 0 && { output }) },
      parameters: { word: { type: 'string' } },
    }),
  );
export const requestOf = (word: string) => ({ action: 'acme.w', parameters: { word } });
export const from = (name: string, word: string, rerun: object, rerunOf = 'run') =>
  run(name, { request: { ...requestOf(word), rerun, cause: { rerunOf } } });

/** Of all children: whose, which, and how it ended. */
export const made = async (api: ScriptedTransport) =>
  (await childrenOf(api))
    .map(
      ({ metadata, status }) =>
        `${metadata.ownerReferences?.[0]?.name} ${metadata.annotations?.['squall.dev/task-key']} ${(status as { phase?: string } | undefined)?.phase}`,
    )
    .sort();

/** The child of that key ends, once it is there. */
export async function finish(api: ScriptedTransport, key: string, phase: string): Promise<void> {
  const found = async () =>
    (await childrenOf(api)).find(({ metadata }) => metadata.annotations?.['squall.dev/task-key'] === key);
  await expect.poll(found, { timeout: 5000 }).toBeDefined();
  const child = await found();
  const at = new Date().toISOString();
  api.put({ ...child, status: { phase, attempt: 1, startedAt: at, endedAt: at, result: { stdout: 'x' } } } as Draft);
}
