// operator/domain/workflow/orquesta/inspect-semantics.ts — tasks that cannot be as they are: reserved, undefined, never started.
import type { Finding } from '../engine.ts';
import { findingAt, type Spot, TASKS, taskSpot } from './findings.ts';
import { ENGINE_COMMANDS, type Workflow } from './model.ts';
import type { Network } from './network.ts';
import { unreachableJoins } from './unreachable.ts';

const semantic = (message: string, spot: Spot): Finding => findingAt({ type: 'semantic', message }, spot);

const UNREACHABLE =
  'is unreachable. A join task is determined to be unreachable if there are nested forks from multi-referenced tasks that join on ' +
  'the said task. This is ambiguous to the workflow engine because it does not know at which level should the join occurs.';
const NO_START =
  'Unable to identify any tasks to start the workflow. If the workflow has a loop, please add a task that serves as an entry point ' +
  '(or lead) into the loop.';

/** What is wrong with the tasks and the ways between them, in the order in which it is found. */
export function inspectSemantics({ tasks }: Workflow, network: Network): readonly Finding[] {
  if (tasks.size === 0) return [];
  const names = [...tasks.keys()];
  const isActionless = (name: string) => tasks.get(name)?.with && !tasks.get(name)?.action;
  return [
    ...names
      .filter((name) => ENGINE_COMMANDS.has(name))
      .map((name) => semantic(`The task name "${name}" is reserved with special function.`, taskSpot(name))),
    ...(network.starts.length === 0 ? [semantic(NO_START, TASKS)] : []),
    ...undefinedTasks(network),
    ...unreachableJoins(network).map((name) => semantic(`The join task "${name}" ${UNREACHABLE}`, taskSpot(name))),
    ...names
      .filter(isActionless)
      .map((name) => semantic('The action property is required for with items task.', taskSpot(name))),
  ];
}

/** Names in a `do` of tasks that can be reached: as often as they are there. */
function undefinedTasks(network: Network): readonly Finding[] {
  const findings: Finding[] = [];
  const queue = [...network.starts];
  const queued = new Set(queue);
  for (const name of queue) {
    const { spec, schema } = taskSpot(name);
    for (const [i, transition] of (network.task(name)?.next ?? []).entries()) {
      const spot = { spec: `${spec}.next[${i}].do`, schema: `${schema}.properties.next.items.properties.do` };
      for (const target of transition.do) {
        if (!network.has(target) && !ENGINE_COMMANDS.has(target)) {
          findings.push(semantic(`The task "${target}" is not defined.`, spot));
        } else if (!queued.has(target)) {
          queued.add(target);
          queue.push(target);
        }
      }
    }
  }
  return findings;
}
