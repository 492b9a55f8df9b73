// e2e/stories/workflow-objects.ts — for stories: Workflows of one namespace, what their runs lead to, and what is asked of those.
import { parse } from 'yaml';
import { Execution } from '../../operator/api/kinds.ts';
import type { KubeObject } from '../../operator/api/meta.ts';
import { kubectl, list, ours } from '../harness.ts';

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
}

const byText = (a: string, b: string) => a.localeCompare(b);

export function workflowsIn(namespace: string) {
  const childrenOf = async (parent: string): Promise<readonly KubeObject[]> =>
    (await list(Execution, namespace)).filter(({ metadata }) =>
      metadata.ownerReferences?.some(({ kind, name }) => kind === 'Execution' && name === parent),
    );
  return {
    /** `definition` is YAML, as users write it. */
    workflow: (name: string, engine: string, definition: string, parameters: object = {}): object =>
      ours('Workflow', namespace, name, { engine, definition: parse(definition), parameters }),
    childrenOf,
    /** The names of the tasks that a run has made Executions for. */
    tasksOf: async (parent: string): Promise<readonly string[]> =>
      (await childrenOf(parent))
        .map(({ metadata }) => metadata.annotations?.['squall.dev/task'] ?? '')
        .toSorted(byText),
    /** Changes the spec of an Execution. */
    change: (name: string, spec: object): Promise<string> =>
      kubectl(['-n', namespace, 'patch', 'execution', name, '--type=merge', '-p', JSON.stringify({ spec })]),
    /** The condition Ready of a Workflow; undefined until it is judged. */
    readyOf: async (name: string): Promise<Condition | undefined> => {
      const json = await kubectl(['-n', namespace, 'get', 'workflow', name, '-o', 'json']);
      const { status } = JSON.parse(json) as { status?: { conditions?: readonly Condition[] } };
      return status?.conditions?.find(({ type }) => type === 'Ready');
    },
  };
}
