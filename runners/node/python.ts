// runners/node/python.ts — a Python action → the words and variables of its process, as StackStorm starts it.
import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import type { Task } from '../../operator/api/envelope.ts';
import { actionFile, type FunctionCommand, writeCall } from './call.ts';
import { type Places, placesOf } from './content.ts';
import { TaskFailure } from './failure.ts';

/** Writes what the action is called with into `scratch`. Throws TaskFailure when the pack has no environment. */
export function pythonCommand(task: Task, scratch: string, env: NodeJS.ProcessEnv): FunctionCommand {
  const { content, python } = task;
  if (!content || !python) throw new TaskFailure('task.content and task.python are missing: python-script needs them');
  const places = environmentIn(placesOf(content.pack, env), content.environment !== undefined);
  const program = join(places.environment, 'bin', 'python');
  if (!existsSync(program))
    throw new TaskFailure(
      `The virtual environment (${places.environment}) for pack "${content.pack}" doesn't exist. It is normally made when the pack is installed: install the pack again, or make it in the image that the pack brings`,
    );
  const call = writeCall(task, { call: python, file: actionFile(task, scratch, env), scratch });
  return {
    words: [program, '-u', join(places.base, 'squall', 'run_action.py'), call],
    env: {
      PATH: [`${places.environment}/bin/`, ...listOf(env['PATH'])].join(':'),
      PYTHONPATH: pythonPath(places, env).join(':'),
    },
  };
}

/** An image that brings a pack may leave its environment out, when the common one is enough. */
const environmentIn = (places: Places, isFetched: boolean): Places =>
  isFetched || existsSync(places.environment) ? places : { ...places, environment: places.base };

/** The pack's own environment first, if it has one, its libraries, what the pod says, and last what every pack may import. */
function pythonPath({ pack, environment, base }: Places, env: NodeJS.ProcessEnv): readonly string[] {
  const own = libraryOf(environment);
  const common = libraryOf(base);
  const isOwn = own !== undefined && (common === undefined || realpathSync(own) !== realpathSync(common));
  return [
    ...(isOwn ? [own, join(own, 'site-packages')] : []),
    join(pack, 'actions', 'lib'),
    ...listOf(env['PYTHONPATH']),
    ...(common === undefined ? [] : [join(common, 'site-packages')]),
  ];
}

const listOf = (path: string | undefined): readonly string[] => (path ?? '').split(':').filter((part) => part !== '');

/** `lib/python3.X` of an environment. */
function libraryOf(environment: string): string | undefined {
  const folder = join(environment, 'lib');
  const name = existsSync(folder) ? readdirSync(folder).find((entry) => entry.startsWith('python')) : undefined;
  return name === undefined ? undefined : join(folder, name);
}
