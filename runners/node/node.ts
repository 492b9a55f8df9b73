// runners/node/node.ts — a Node action → the words and variables of its process, a second run of this program.
import { statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Task } from '../../operator/api/envelope.ts';
import { actionFile, type FunctionCommand, writeCall } from './call.ts';
import { placesOf } from './content.ts';
import { TaskFailure } from './failure.ts';

/** First argument with which this program runs an action instead of a task. */
export const RUN_ACTION = 'run-action';

const OPTIONS = [
  '--disable-warning=ExperimentalWarning',
  // An action needs no package.json to be a module.
  '--disable-warning=MODULE_TYPELESS_PACKAGE_JSON',
];

/** Writes what the action is called with into `scratch`. Throws TaskFailure. */
export function nodeCommand(task: Task, scratch: string, env: NodeJS.ProcessEnv): FunctionCommand {
  const { content, node } = task;
  if (!content || !node) throw new TaskFailure('task.content and task.node are missing: node-script needs them');
  const file = actionFile(task, scratch, env);
  if (!statSync(file, { throwIfNoEntry: false })?.isFile())
    throw new TaskFailure(`entryPoint: the pack has no file "${task.entryPoint ?? ''}"`, { returnCode: 127 });
  const call = writeCall(task, { call: node, file, scratch });
  const places = placesOf(content.pack, env);
  return {
    words: [process.execPath, ...OPTIONS, process.argv[1] ?? '', RUN_ACTION, call],
    env: { PATH: [join(places.environment, 'node_modules', '.bin'), env['PATH'] ?? ''].join(delimiter) },
  };
}
