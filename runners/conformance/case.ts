// runners/conformance/case.ts — a row of cases.yaml, the Task that it stands for, and what of an answer it expects.
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import * as z from 'zod';
import { PYTHON_LOG_LEVELS, PYTHON_TYPES, type Task } from '../../operator/api/envelope.ts';
import { type Archive, archiveOf } from './archive.ts';

const Reply = z.strictObject({
  status: z.int().optional(),
  headers: z.record(z.string(), z.string()).optional(),
  body: z.string().optional(),
  drop: z.boolean().optional(),
});

const Entry = z.strictObject({
  path: z.string().describe('In the archive, after the name of the pack; one that begins with ! is taken as it is.'),
  text: z.string().optional(),
  link: z.string().optional(),
  type: z.string().optional(),
});

export const Case = z.strictObject({
  name: z.string().describe('A sentence of behaviour.'),
  pack: z.array(Entry).optional().describe('Files of the pack "case", which is fetched.'),
  environmentFiles: z.array(Entry).optional().describe('Files of its environment, which is fetched too.'),
  entryPoint: z.string().optional(),
  run: z.string().optional().describe('Statements of run() of a Python action; makes pack and entry point.'),
  node: z.string().optional().describe('Statements of the function of a Node action; makes the runner node-script.'),
  runner: z.enum(['python-script', 'node-script']).optional().describe('Of an entry point, or of a script.'),
  parameters: z.record(z.string(), z.unknown()).optional().describe('Without a runner it is python-script.'),
  types: z.record(z.string(), z.enum(PYTHON_TYPES)).default({}),
  config: z.record(z.string(), z.unknown()).default({}),
  secretConfig: z
    .array(z.array(z.union([z.string(), z.int()])))
    .optional()
    .describe('Where the configuration has secrets in clear text.'),
  logLevel: z.enum(PYTHON_LOG_LEVELS).default('DEBUG'),
  contentReplies: z.array(Reply).default([]).describe('Answers before the content is given.'),
  otherContent: z.boolean().default(false).describe('Whether what is given has another digest.'),
  http: z
    .record(z.string(), z.unknown())
    .optional()
    .describe('Of the task, see peers.ts; makes the runner http-request.'),
  remote: z.record(z.string(), z.unknown()).optional().describe('Of the task; makes command or script a remote one.'),
  command: z.string().optional(),
  script: z.string().optional(),
  arguments: z.array(z.string()).default([]),
  environment: z.record(z.string(), z.string()).default({}),
  podEnvironment: z.record(z.string(), z.string()).default({}),
  directory: z.string().optional(),
  sudo: z.boolean().default(false),
  secrets: z
    .record(z.string(), z.union([z.string(), z.int().transform((length) => 'x'.repeat(length))]))
    .default({})
    .describe('Values; a number stands for a value of that length.'),
  timeoutSeconds: z.int().default(30),
  deliverySeconds: z.int().default(30),
  chunkBytes: z.int().optional().describe('Cut SQUALL_TASK into pieces of so many characters.'),
  replies: z
    .array(Reply)
    .default([{ status: 204 }])
    .describe("The operator's answers; the last one for ever."),
  startReplies: z
    .array(Reply)
    .default([{ status: 204 }])
    .describe('Answers to the question whether to begin; none: the runner is not told to ask.'),
  rotateTokenAfter: z.int().optional().describe('Write another token after so many posts.'),
  stopWhenLogged: z.string().optional().describe('Send the runner TERM when its log has this text.'),
  slowLog: z.boolean().default(false).describe('Whether the log is read only after the result was posted.'),
  onlyIn: z.enum(['process', 'image']).optional().describe('Where the row can be run. Default: in both.'),
  expect: z.strictObject({
    outcome: z.enum(['succeeded', 'failed', 'timedOut', 'abandoned']).optional(),
    result: z.record(z.string(), z.unknown()).optional().describe('Fields; {matches}, {bytes} or a value.'),
    exit: z.int().default(0),
    starts: z.int().optional().describe('How often the runner asked whether to begin.'),
    fetches: z.int().optional().describe('How often content was asked for.'),
    message: z.string().optional().describe('Expression for what the envelope says to people.'),
    posts: z.int().optional().describe('How often the result was posted.'),
    pauseSeconds: z.number().optional().describe('Shortest pause between the first two posts.'),
    tokens: z.array(z.string()).optional().describe('Bearer token of each post.'),
    logged: z.array(z.string()).default([]),
    notLogged: z.array(z.string()).default([]),
    inResult: z.array(z.string()).default([]).describe('Texts of the body, as it was posted.'),
    notInResult: z.array(z.string()).default([]),
  }),
});
export type Case = z.infer<typeof Case>;

/** All rows of the tables; throws for one that is not a Case. */
export const readCases = (): Case[] =>
  ['cases.yaml', 'pack-cases.yaml', 'returned-cases.yaml', 'node-cases.yaml', 'remote-cases.yaml'].flatMap((file) =>
    z.array(Case).parse(parse(readFileSync(new URL(file, import.meta.url), 'utf8'))),
  );

/** Whether a row needs the image with Python, or Python here. */
export const needsPython = (row: Case): boolean =>
  runnerOf(row) === 'python-script' || (row.pack !== undefined && runnerOf(row) !== 'node-script');

/** Whether a row has files of a pack, which are fetched. */
export const hasFiles = ({ run, pack }: Case): boolean => run !== undefined || pack !== undefined;

function runnerOf({ runner, node, run, parameters, command, http, remote }: Case): Task['runner'] {
  if (runner) return runner;
  if (http) return 'http-request';
  if (remote) return command === undefined ? 'remote-shell-script' : 'remote-shell-cmd';
  if (node !== undefined) return 'node-script';
  if (run !== undefined || parameters !== undefined) return 'python-script';
  return command === undefined ? 'local-shell-script' : 'local-shell-cmd';
}

const PACK = 'case';
const actionText = (run: string): string =>
  `from st2common.runners.base_action import Action\n\n\nclass Case(Action):\n    def run(self, **given):\n${run.replaceAll(/^/gm, '        ')}\n`;

const nodeText = (body: string): string =>
  `export default async function (given: any, context: any): Promise<unknown> {\n${body}\n}\n`;

/** The archive of the row's pack. */
export function contentOf({ pack = [], run }: Case): Archive {
  const own = run === undefined ? [] : [{ path: 'actions/case.py', text: actionText(run) }];
  return archiveIn([...own, ...pack]);
}

/** The archive of the environment of the row's pack. */
export const environmentOf = ({ environmentFiles = [] }: Case): Archive => archiveIn(environmentFiles);

const archiveIn = (entries: readonly z.infer<typeof Entry>[]): Archive =>
  archiveOf(
    entries.map(({ path, ...entry }) => ({
      ...entry,
      path: path.startsWith('!') ? path.slice(1) : `${PACK}/${path}`,
    })),
  );

/** The Task of a row; `secret(name)` in its texts stands for the mark of that parameter. */
export function taskOf(row: Case, execution: Task['execution'], mark: (parameter: string) => string): Task {
  const marked = (text: string): string => text.replaceAll(/secret\((\w+)\)/g, (_, name: string) => mark(name));
  const markedRecord = (given: Record<string, unknown>): Record<string, unknown> =>
    JSON.parse(JSON.stringify(given), (_, value: unknown) => (typeof value === 'string' ? marked(value) : value));
  const runner = runnerOf(row);
  const script = row.node === undefined ? row.script : nodeText(row.node);
  const entryPoint = row.entryPoint ?? (row.run === undefined ? undefined : 'actions/case.py');
  const call = {
    parameters: markedRecord(row.parameters ?? {}),
    types: row.types,
    user: 'ann',
    logLevel: row.logLevel,
  };
  const isFunction = runner === 'python-script' || runner === 'node-script';
  return {
    version: 1,
    execution,
    attempt: 1,
    action: 'conformance.case',
    runner,
    ...(row.command !== undefined && { command: marked(row.command) }),
    ...(script !== undefined && { script: marked(script) }),
    ...(entryPoint !== undefined && { entryPoint }),
    ...((hasFiles(row) || isFunction) && {
      content: {
        pack: PACK,
        ...(hasFiles(row) && { files: contentOf(row).digest }),
        ...(row.environmentFiles && { environment: environmentOf(row).digest }),
        config: markedRecord(row.config),
        ...(row.secretConfig && { secret: row.secretConfig }),
      },
    }),
    ...(runner === 'python-script' && { python: call }),
    ...(runner === 'node-script' && { node: call }),
    ...(row.http && { http: markedRecord(row.http) as Task['http'] }),
    ...(row.remote && { remote: markedRecord(row.remote) as Task['remote'] }),
    arguments: row.arguments.map(marked),
    environment: Object.fromEntries(Object.entries(row.environment).map(([name, value]) => [name, marked(value)])),
    ...(row.directory !== undefined && { directory: row.directory }),
    sudo: row.sudo,
    secrets: Object.keys(row.secrets),
    timeoutSeconds: row.timeoutSeconds,
    deliverySeconds: row.deliverySeconds,
  };
}

/** Variables SQUALL_TASK, SQUALL_TASK_1, … of a task, in pieces of `size` characters. */
export function taskVariables(task: Task, size = 90_000): Record<string, string> {
  const letters = [...JSON.stringify(task)];
  const count = Math.ceil(letters.length / size);
  return Object.fromEntries(
    Array.from({ length: count }, (_, i) => [
      i === 0 ? 'SQUALL_TASK' : `SQUALL_TASK_${i}`,
      letters.slice(i * size, (i + 1) * size).join(''),
    ]),
  );
}

/** What differs between an expected and an actual result, in words; empty when nothing does. */
export function differences(expected: Readonly<Record<string, unknown>>, actual: Readonly<Record<string, unknown>>) {
  return Object.entries(expected).flatMap(([field, want]) => {
    const got = actual[field];
    const rule = want as { matches?: string; bytes?: number } | undefined;
    const text = typeof got === 'string' ? got : JSON.stringify(got);
    const fits =
      typeof rule?.matches === 'string'
        ? new RegExp(rule.matches, 'su').test(text ?? '')
        : typeof rule?.bytes === 'number'
          ? Buffer.byteLength(text ?? '') === rule.bytes
          : JSON.stringify(got) === JSON.stringify(want);
    return fits ? [] : [`${field}: expected ${JSON.stringify(want)}, got ${(text ?? 'nothing').slice(0, 300)}`];
  });
}
