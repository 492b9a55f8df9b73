// cli/tree.setup.ts — for tests: Executions of workflows, with what the operator writes into them, and a list of them as an API server has it.
import type { Execution } from '../operator/api/kinds.ts';
import { type Answer, reply } from './api-server.setup.ts';

export const NOW = new Date('2026-01-31T12:10:00Z');
const at = (seconds: number): string => new Date(Date.parse('2026-01-31T12:00:00Z') + seconds * 1000).toISOString();

interface Given {
  readonly action?: string;
  /** Seconds after noon. */
  readonly from?: number;
  readonly status?: object;
  readonly request?: object;
  readonly control?: string;
}

export const execution = (name: string, phase: string, { action, from = 0, status, request, control }: Given = {}) =>
  ({
    apiVersion: 'squall.dev/v1alpha1',
    kind: 'Execution',
    metadata: { name, namespace: 'team', uid: `uid-${name}`, resourceVersion: '1', creationTimestamp: at(from) },
    spec: { request: { action: action ?? 'core.local', ...request }, control: control ?? 'run' },
    status: { phase, attempt: 1, startedAt: at(from), ...status },
  }) as unknown as Execution;

/** A step: `key` as the engine writes it. */
export function step(parent: Execution, task: string, key: string, phase: string, given: Given = {}): Execution {
  const own = execution(`${parent.metadata.name}-${key.replaceAll('/', '-')}`, phase, given);
  const labels = parent.metadata.labels ?? {};
  const root = labels['squall.dev/root'] ?? parent.metadata.name;
  return {
    ...own,
    metadata: {
      ...own.metadata,
      labels: { 'squall.dev/root': root, 'squall.dev/parent': parent.metadata.name },
      annotations: { 'squall.dev/task': task, 'squall.dev/task-key': key },
      ownerReferences: [
        {
          apiVersion: 'squall.dev/v1alpha1',
          kind: 'Execution',
          name: parent.metadata.name,
          uid: parent.metadata.uid,
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
    },
  } as Execution;
}

/** Of an Execution that runs a workflow. */
export const workflowState = (revision: string, tasks: object = {}, journal: readonly string[] = ['0 start']) => ({
  workflow: {
    revision,
    startedAt: at(0),
    journal,
    tells: 'run',
    tasks: { running: 0, succeeded: 0, failed: 0, ...tasks },
  },
});

export const MINE = '/apis/squall.dev/v1alpha1/namespaces/team/executions';
export const REVISION = '/apis/apps/v1/namespaces/team/controllerrevisions/ship-1';

const definition = {
  version: 1,
  tasks: {
    pack: {
      action: 'core.local',
      next: [
        { when: '<% succeeded() %>', do: 'send' },
        { when: '<% failed() %>', do: 'fail' },
      ],
    },
    send: { action: 'core.local', next: [{ do: 'tell' }] },
    tell: { action: 'core.noop' },
  },
};
export const revision = (data: object = {}) =>
  reply({ data: { ref: 'shop.ship', engine: 'orquesta', definition, parameters: {}, ...data } });

/** What the list of Executions answers, by its selectors; watches are told `changes`, and then wait. */
export function listing(
  all: () => readonly Execution[],
  asked: URLSearchParams[] = [],
  changes: Answer = () => undefined,
): Answer {
  return (request, response, body) => {
    const { searchParams: query } = new URL(request.url ?? '', 'http://x');
    asked.push(query);
    if (query.get('watch')) return changes(request, response.writeHead(200), body);
    const [label, value = ''] = (query.get('labelSelector') ?? '').split('=');
    const field = query.get('fieldSelector')?.replace('metadata.name=', '');
    const items = all().filter(({ metadata }) =>
      field === undefined ? metadata.labels?.[label ?? ''] === value : metadata.name === field,
    );
    reply({ items, metadata: { resourceVersion: '7' } })(request, response, body);
  };
}

export const ship = (phase: string, status: object = {}) =>
  execution('ship', phase, { action: 'shop.ship', status: { ...workflowState('ship-1'), ...status } });
