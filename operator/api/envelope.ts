// operator/api/envelope.ts — the wires between operator and runner: a task goes out, a result comes back.
import * as z from 'zod';
import { POD_RUNNERS } from './runners.ts';

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

/** Levels of the log of an action. */
export const PYTHON_LOG_LEVELS = ['AUDIT', 'CRITICAL', 'ERROR', 'WARNING', 'INFO', 'DEBUG'] as const;

/** What the function of an action is called with, besides the configuration of its pack. */
const Call = z.object({
  parameters: z.record(z.string(), z.unknown()).describe('What it is called with; null for what has no value.'),
  types: z
    .record(z.string(), z.enum(PYTHON_TYPES))
    .describe('Parameters to convert in the pod: numbers are floats, and a secret is text until its type is known.'),
  user: z.string().describe('Who asked for the execution.'),
  logLevel: z.enum(PYTHON_LOG_LEVELS).describe('From what on messages of the action are logged.'),
});

/** Names and values in their order; JSON text of an object, where all of it is a secret. */
const Pairs = z.union([z.array(z.object({ name: z.string(), value: z.string() })), z.string()]);

/** A request over HTTP. */
const HttpCall = z.object({
  url: z.string().describe('Address, http:// or https://.'),
  method: z.string().describe('Method, in capitals.'),
  query: Pairs.describe('What is added to the query of the address.'),
  headers: Pairs.describe('Headers; those of the runner itself are added.'),
  cookies: Pairs.describe('Cookies for the host of the address.'),
  body: z
    .unknown()
    .optional()
    .describe('Text, sent as it is; another value is JSON if the headers say so, else an object is a form.'),
  file: z
    .object({ name: z.string(), content: z.string(), type: z.string().optional() })
    .optional()
    .describe('Makes the body a form of several parts, with the file in the field of its name.'),
  username: z.string().optional().describe('For basic authentication.'),
  password: z.string().optional().describe('The same.'),
  auth: z.string().optional().describe('The same as user:password, where neither of both is given.'),
  proxies: z
    .object({ http: z.string().optional(), https: z.string().optional() })
    .describe('Proxy by scheme; default: by the variables of the pod.'),
  allowRedirects: z.boolean().describe('Whether redirects are followed.'),
  verifyCertificate: z.boolean().describe('Whether the certificate of the server must be good.'),
  blacklist: z.array(z.string()).describe('Hosts that must not be asked.'),
  whitelist: z.array(z.string()).describe('The only hosts that may be asked; empty: all.'),
});

/** How other machines are reached, over SSH. */
const RemoteHosts = z.object({
  hosts: z.string().describe('Hosts, separated by commas: host, host:port or [IPv6]:port.'),
  port: z.int().min(1).max(65535).describe('Port of hosts that have none of their own.'),
  bastionHost: z.string().optional().describe('Host over which all others are reached.'),
  parallel: z.boolean().describe('Whether several hosts are worked on at once.'),
  username: z.string().optional().describe("User; default: that of the namespace's Secret, then stanley."),
  password: z.string().optional().describe('Password of the user; it comes before a key.'),
  privateKey: z.string().optional().describe('Text of a private key, or its path in the pod.'),
  passphrase: z.string().optional().describe('What opens the private key.'),
  sudoPassword: z.string().optional().describe('What sudo reads from its input.'),
  folder: z.string().describe('Folder of the hosts in which a script gets a folder of its own.'),
});

/** What a runner does, in SQUALL_TASK (and SQUALL_TASK_1, _2, … when it is longer than one variable may be). */
export const Task = z.object({
  version: z.literal(1),
  execution: z.object({ namespace: z.string(), name: z.string(), uid: z.string() }),
  attempt: z.int().min(1),
  action: z.string().describe('Reference of the action.'),
  runner: z.enum(POD_RUNNERS),
  command: z
    .string()
    .optional()
    .describe('Shell command, run by sh -c, or by the shell of the user on another machine.'),
  script: z.string().optional().describe('Text of the script, or of the action; for what has no entry point.'),
  entryPoint: z
    .string()
    .optional()
    .describe('File of the pack that is run, by its path in it; else there is a script.'),
  content: z
    .object({
      pack: z.string().describe('Exact name of the pack; its folder has it too.'),
      files: ArchiveDigest.optional().describe('Archive of its files; default: they are in the image.'),
      environment: ArchiveDigest.optional().describe('Archive of its Python environment; default: that of the image.'),
      config: z.record(z.string(), z.unknown()).describe('Its configuration, with defaults.'),
      secret: z
        .array(z.array(z.union([z.string(), z.int()])))
        .optional()
        .describe('Where the configuration has secrets in clear text: keys and numbers of items; they are masked.'),
    })
    .optional()
    .describe('The pack that the action belongs to, fetched from SQUALL_CONTENT_URL.'),
  python: Call.optional().describe('For python-script.'),
  node: Call.optional().describe('For node-script.'),
  http: HttpCall.optional().describe('For http-request.'),
  remote: RemoteHosts.optional().describe('For remote-shell-cmd and remote-shell-script.'),
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
