// operator/api/envelope.ts — the wires between operator and runner: a task goes out, a result comes back.
import * as z from 'zod';

/** Audience of the projected token with which a pod delivers its result. */
export const RESULT_AUDIENCE = 'results.squall.dev';
/** Bytes of JSON per environment variable of a task: the kernel takes 128 KiB for one. */
export const TASK_CHUNK_BYTES = 96 * 1024;
/** Largest task, in bytes of JSON. */
export const TASK_MAX_BYTES = 1024 * 1024;
/** Stands in task text for the value of a secret parameter, which only the pod has, as a file. */
export const secretMark = (parameter: string): string => `\u0001squall:secret:${parameter}\u0001`;

/** Digest of an archive in the pack store. */
const ArchiveDigest = z.string().regex(/^sha256:[0-9a-f]{64}$/);

/** Types of parameters that a Python process is given as JSON cannot tell them, or only the pod can. */
export const PYTHON_TYPES = ['array', 'boolean', 'integer', 'number', 'object'] as const;

/** Levels of the log of a Python action. */
export const PYTHON_LOG_LEVELS = ['AUDIT', 'CRITICAL', 'ERROR', 'WARNING', 'INFO', 'DEBUG'] as const;

/** What a runner does, in SQUALL_TASK (and SQUALL_TASK_1, _2, … when it is longer than one variable may be). */
export const Task = z.object({
  version: z.literal(1),
  execution: z.object({ namespace: z.string(), name: z.string(), uid: z.string() }),
  attempt: z.int().min(1),
  action: z.string().describe('Reference of the action.'),
  runner: z.enum(['local-shell-cmd', 'local-shell-script', 'python-script']),
  command: z.string().optional().describe('Shell command, run by sh -c; for local-shell-cmd.'),
  script: z.string().optional().describe('Text of the script; for local-shell-script without an entry point.'),
  entryPoint: z
    .string()
    .optional()
    .describe('File of the pack that is run, by its path in it; for python-script, and local-shell-script of a pack.'),
  content: z
    .object({
      pack: z.string().describe('Exact name of the pack; its folder has it too.'),
      files: ArchiveDigest.optional().describe('Archive of its files; default: they are in the image.'),
      environment: ArchiveDigest.optional().describe('Archive of its Python environment; default: that of the image.'),
      config: z.record(z.string(), z.unknown()).describe('Its configuration, with defaults.'),
    })
    .optional()
    .describe('The pack that the action belongs to, fetched from SQUALL_CONTENT_URL.'),
  python: z
    .object({
      parameters: z.record(z.string(), z.unknown()).describe('What run() is called with; null for what has no value.'),
      types: z
        .record(z.string(), z.enum(PYTHON_TYPES))
        .describe(
          'Parameters to convert in the pod: numbers are floats, and a secret is text until its type is known.',
        ),
      user: z.string().describe('Who asked for the execution.'),
      logLevel: z.enum(PYTHON_LOG_LEVELS).describe('From what on messages of the action are logged.'),
    })
    .optional()
    .describe('For python-script.'),
  arguments: z.array(z.string()).describe('Arguments of the script, each one word.'),
  environment: z.record(z.string(), z.string()).describe('Variables of the process, over those of the pod.'),
  directory: z.string().optional().describe('Working directory; default: a writable scratch directory.'),
  sudo: z.boolean().describe('Whether to run through sudo -E.'),
  secrets: z.array(z.string()).describe('Secret parameters; each is a file of that name in SQUALL_SECRETS_DIR.'),
  timeoutSeconds: z.int().min(1).describe("Longest run, from the process's start."),
  deliverySeconds: z.int().min(1).describe('How long to go on trying to deliver the result.'),
});
export type Task = z.infer<typeof Task>;

/** What a runner posts to SQUALL_RESULT_URL, at most RESULT_MAX_BYTES of JSON. */
export const ResultEnvelope = z.object({
  attempt: z.int().min(1),
  outcome: z.enum(['succeeded', 'failed', 'timedOut', 'abandoned']),
  result: z.unknown().describe("The runner's result object."),
  startedAt: z.iso.datetime({ offset: true }).describe('When the process started.'),
  endedAt: z.iso.datetime({ offset: true }).describe('When it ended.'),
  message: z.string().max(2048).optional().describe('What went wrong, for people.'),
});
export type ResultEnvelope = z.infer<typeof ResultEnvelope>;
