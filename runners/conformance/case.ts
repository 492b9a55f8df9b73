// runners/conformance/case.ts — a row of cases.yaml, the Task that it stands for, and what of an answer it expects.
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import * as z from 'zod';
import type { Task } from '../../operator/api/envelope.ts';

const Reply = z.strictObject({
  status: z.int().optional(),
  headers: z.record(z.string(), z.string()).optional(),
  body: z.string().optional(),
  drop: z.boolean().optional(),
});

export const Case = z.strictObject({
  name: z.string().describe('A sentence of behaviour.'),
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
  onlyIn: z.enum(['process', 'image']).optional().describe('Where the row can be run. Default: in both.'),
  expect: z.strictObject({
    outcome: z.enum(['succeeded', 'failed', 'timedOut', 'abandoned']).optional(),
    result: z.record(z.string(), z.unknown()).optional().describe('Fields; {matches}, {bytes} or a value.'),
    exit: z.int().default(0),
    starts: z.int().optional().describe('How often the runner asked whether to begin.'),
    posts: z.int().optional().describe('How often the result was posted.'),
    pauseSeconds: z.number().optional().describe('Shortest pause between the first two posts.'),
    tokens: z.array(z.string()).optional().describe('Bearer token of each post.'),
    logged: z.array(z.string()).default([]),
    notLogged: z.array(z.string()).default([]),
    notInResult: z.array(z.string()).default([]),
  }),
});
export type Case = z.infer<typeof Case>;

/** All rows of the table; throws for one that is not a Case. */
export const readCases = (): Case[] =>
  z.array(Case).parse(parse(readFileSync(new URL('cases.yaml', import.meta.url), 'utf8')));

/** The Task of a row; `secret(name)` in its texts stands for the mark of that parameter. */
export function taskOf(row: Case, execution: Task['execution'], mark: (parameter: string) => string): Task {
  const marked = (text: string): string => text.replaceAll(/secret\((\w+)\)/g, (_, name: string) => mark(name));
  return {
    version: 1,
    execution,
    attempt: 1,
    action: 'conformance.case',
    runner: row.script === undefined ? 'local-shell-cmd' : 'local-shell-script',
    ...(row.command !== undefined && { command: marked(row.command) }),
    ...(row.script !== undefined && { script: marked(row.script) }),
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
