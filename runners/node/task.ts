// runners/node/task.ts — environment → Task: joins the chunks and checks what the runner relies on.
import type { Task } from '../../operator/api/envelope.ts';
import { POD_RUNNERS } from '../../operator/api/runners.ts';
import { parseExact } from '../../operator/domain/result/exact-json.ts';

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
    value = parseExact(text);
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

const PYTHON_TYPES = ['array', 'boolean', 'integer', 'number', 'object'];
const LOG_LEVELS = ['AUDIT', 'CRITICAL', 'ERROR', 'WARNING', 'INFO', 'DEBUG'];
const oneOf =
  (words: readonly string[]): Check =>
  (value) =>
    words.includes(value as string);
const isDigest: Check = (value) => typeof value === 'string' && /^sha256:[0-9a-f]{64}$/.test(value);

const isContent: Check = (value) =>
  isRecord(value) &&
  isText(value['pack']) &&
  optional(isDigest)(value['files']) &&
  optional(isDigest)(value['environment']) &&
  isRecord(value['config']);

const isCall: Check = (value) =>
  isRecord(value) &&
  isRecord(value['parameters']) &&
  isRecord(value['types']) &&
  Object.values(value['types']).every(oneOf(PYTHON_TYPES)) &&
  isText(value['user']) &&
  oneOf(LOG_LEVELS)(value['logLevel']);

const isTexts: Check = (value) => isRecord(value) && Object.values(value).every(isText);
const isPairs: Check = (value) =>
  isText(value) ||
  (Array.isArray(value) && value.every((pair) => isRecord(pair) && isText(pair['name']) && isText(pair['value'])));

const isHttp: Check = (value) =>
  isRecord(value) &&
  [value['url'], value['method']].every(isText) &&
  [value['query'], value['headers'], value['cookies']].every(isPairs) &&
  optional(isTexts)(value['file']) &&
  [value['username'], value['password'], value['auth']].every(optional(isText)) &&
  isTexts(value['proxies']) &&
  [value['allowRedirects'], value['verifyCertificate']].every(isFlag) &&
  [value['blacklist'], value['whitelist']].every(isTextList);

const REMOTE_TEXTS = ['bastionHost', 'username', 'password', 'privateKey', 'passphrase', 'sudoPassword'];
const isRemote: Check = (value) =>
  isRecord(value) &&
  [value['hosts'], value['folder']].every(isText) &&
  isCount(value['port']) &&
  isFlag(value['parallel']) &&
  REMOTE_TEXTS.every((name) => optional(isText)(value[name]));

/** Written by hand: zod would take longer to load than everything else here; a test holds it against the schema. */
const CHECKS: Readonly<Record<string, Check>> = {
  attempt: isCount,
  version: (value) => value === 1,
  execution: (value) => isRecord(value) && isText(value['namespace']) && isText(value['name']) && isText(value['uid']),
  action: isText,
  runner: oneOf(POD_RUNNERS),
  command: optional(isText),
  script: optional(isText),
  entryPoint: optional(isText),
  content: optional(isContent),
  python: optional(isCall),
  node: optional(isCall),
  http: optional(isHttp),
  remote: optional(isRemote),
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
  const missing = neededBy(value as Task).find((field) => value[field] === undefined);
  if (missing !== undefined)
    throw new UnreadableTask(`task.${missing} is missing: ${String(value['runner'])} needs it`, attempt);
  return value as Task;
}

function neededBy({ runner, entryPoint }: Task): readonly (keyof Task)[] {
  if (runner === 'local-shell-cmd') return ['command'];
  if (runner === 'http-request') return ['http'];
  if (runner === 'remote-shell-cmd') return ['command', 'remote'];
  const text = entryPoint === undefined ? (['script'] as const) : (['content'] as const);
  if (runner === 'python-script') return [...text, 'content', 'python'];
  if (runner === 'remote-shell-script') return [...text, 'remote'];
  return runner === 'node-script' ? [...text, 'content', 'node'] : text;
}
