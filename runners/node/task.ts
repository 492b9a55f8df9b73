// runners/node/task.ts — environment → Task: joins the chunks and checks what the runner relies on.
import type { Task } from '../../operator/api/envelope.ts';

/** The task could not be read; `attempt` is there when at least that much of it could, so that the failure can be delivered. */
export class UnreadableTask extends Error {
  readonly attempt: number | undefined;
  constructor(message: string, attempt?: number, options?: ErrorOptions) {
    super(message, options);
    this.attempt = attempt;
  }
}

/** Reads SQUALL_TASK, SQUALL_TASK_1, _2, … Throws UnreadableTask. */
export function readTask(env: NodeJS.ProcessEnv): Task {
  let text = env['SQUALL_TASK'];
  if (text === undefined) throw new UnreadableTask('SQUALL_TASK is not set: this image is started by the operator');
  for (let i = 1; env[`SQUALL_TASK_${i}`] !== undefined; i++) text += env[`SQUALL_TASK_${i}`];
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new UnreadableTask('SQUALL_TASK is not JSON: is a variable SQUALL_TASK_<n> missing?', undefined, { cause });
  }
  return checked(value);
}

type Check = (value: unknown) => boolean;
const isText: Check = (value) => typeof value === 'string';
const isTextList: Check = (value) => Array.isArray(value) && value.every(isText);
const isFlag: Check = (value) => typeof value === 'boolean';
const isCount: Check = (value) => Number.isInteger(value) && (value as number) >= 1;
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);

/** Written by hand: zod would take longer to load than everything else here; a test holds it against the schema. */
const CHECKS: Readonly<Record<string, Check>> = {
  attempt: isCount,
  version: (value) => value === 1,
  execution: (value) => isRecord(value) && isText(value['namespace']) && isText(value['name']) && isText(value['uid']),
  action: isText,
  runner: (value) => value === 'local-shell-cmd' || value === 'local-shell-script',
  command: optional(isText),
  script: optional(isText),
  arguments: isTextList,
  environment: (value) => isRecord(value) && Object.values(value).every(isText),
  directory: optional(isText),
  sudo: isFlag,
  secrets: isTextList,
  timeoutSeconds: isCount,
  deliverySeconds: isCount,
};

function checked(value: unknown): Task {
  if (!isRecord(value)) throw new UnreadableTask('SQUALL_TASK is not a JSON object');
  const attempt = isCount(value['attempt']) ? (value['attempt'] as number) : undefined;
  if (value['version'] !== 1)
    throw new UnreadableTask(
      `task.version is ${JSON.stringify(value['version'])}, this runner image reads 1: use the image of the operator's release`,
      attempt,
    );
  const wrong = Object.entries(CHECKS).find(([field, check]) => !check(value[field]));
  if (wrong)
    throw new UnreadableTask(`task.${wrong[0]} is missing or has the wrong type, see task.schema.json`, attempt);
  const needed = value['runner'] === 'local-shell-cmd' ? 'command' : 'script';
  if (value[needed] === undefined)
    throw new UnreadableTask(`task.${needed} is missing: ${String(value['runner'])} needs it`, attempt);
  return value as Task;
}
