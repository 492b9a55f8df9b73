// operator/controllers/sources.setup.ts — for tests: the stores that the controllers of Executions look into, still empty.
import { Action, Execution, KeyValue, Pack, TriggerType, Workflow } from '../api/kinds.ts';
import { KEY_VALUE_INDEXES } from '../domain/datastore/entry.ts';
import type { ConfigMap } from '../domain/install/config.ts';
import { BY_EXECUTION } from '../domain/job/names.ts';
import { projectJob, projectPod } from '../domain/job/shapes.ts';
import { ACTION_INDEXES, EXECUTION_INDEXES, TRIGGER_TYPE_INDEXES, WORKFLOW_INDEXES } from '../domain/rule/indexes.ts';
import { KIND } from '../kube/paths.ts';
import { Store } from '../kube/store.ts';
import { projectAction } from './action.ts';
import { projectExecution } from './execution.ts';
import { projectKeyValue } from './key-value.ts';
import { projectPack } from './pack.ts';
import { projectWorkflow } from './workflow.ts';

export const emptySources = () => ({
  executions: new Store<Execution>({ kind: Execution, project: projectExecution, indexes: EXECUTION_INDEXES }),
  actions: new Store<Action>({ kind: Action, project: projectAction, indexes: ACTION_INDEXES }),
  workflows: new Store<Workflow>({ kind: Workflow, project: projectWorkflow, indexes: WORKFLOW_INDEXES }),
  triggerTypes: new Store<TriggerType>({
    kind: TriggerType,
    project: (raw) => raw as TriggerType,
    indexes: TRIGGER_TYPE_INDEXES,
  }),
  keyValues: new Store<KeyValue>({ kind: KeyValue, project: projectKeyValue, indexes: KEY_VALUE_INDEXES }),
  packs: new Store<Pack>({ kind: Pack, project: projectPack }),
  configMaps: new Store<ConfigMap>({ kind: KIND.configMap, project: (raw) => raw }),
  jobs: new Store({ kind: KIND.job, project: projectJob, indexes: BY_EXECUTION }),
  pods: new Store({ kind: KIND.pod, project: projectPod, indexes: BY_EXECUTION }),
});
