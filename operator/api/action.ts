// operator/api/action.ts — Action: something that can be run, with its parameters, limits and pod settings.
import * as z from 'zod';
import { Description, Digest, JudgedStatus } from './meta.ts';
import { NotifySettings } from './notify.ts';
import { RUNNERS } from './runners.ts';

export const Ref = z
  .string()
  .max(128)
  .regex(/^[A-Za-z0-9_-]+\.[A-Za-z0-9_.-]+$/);

/** Any JSON value; the API server keeps it as it is. */
const AnyValue = z.unknown().meta({ 'x-kubernetes-preserve-unknown-fields': true });

/** One parameter: JSON schema draft 4 with StackStorm's boolean `required`, `secret`, `position` and `immutable`. */
export const Parameter = z
  .object({
    type: z
      .enum(['array', 'boolean', 'integer', 'null', 'number', 'object', 'string'])
      .optional()
      .describe('JSON type of the value. Default: any type.'),
    description: Description.optional().describe('What the parameter means, for people. Default: none.'),
    default: AnyValue.optional().describe('Value when the caller gives none or null. Default: none.'),
    required: z.boolean().optional().describe('Whether a value must be given. Default: false.'),
    secret: z
      .boolean()
      .optional()
      .describe('Whether the value is given as valueFrom.secretKeyRef and masked wherever it shows. Default: false.'),
    immutable: z.boolean().optional().describe('Whether callers may not set it; it needs a default. Default: false.'),
    position: z.int().min(0).max(255).optional().describe('Position as a script argument, from 0. Default: named.'),
    enum: z.array(AnyValue).max(1024).optional().describe('The values that are allowed. Default: all.'),
    pattern: z.string().max(1024).optional().describe('RE2 expression that a string must contain. Default: none.'),
    minLength: z.int().min(0).optional().describe('Shortest string, in characters. Default: 0.'),
    maxLength: z.int().min(0).optional().describe('Longest string, in characters. Default: unlimited.'),
    minimum: z.number().optional().describe('Smallest number. Default: none.'),
    maximum: z.number().optional().describe('Largest number. Default: none.'),
  })
  .loose()
  .meta({ 'x-kubernetes-preserve-unknown-fields': true });
export type Parameter = z.infer<typeof Parameter>;

/** The parameters of what can be run. */
export const Parameters = z
  .record(z.string(), Parameter)
  .default({})
  .meta({ maxProperties: 512 })
  .describe('Parameters by name. Default: none.');
export type Parameters = z.infer<typeof Parameters>;

export const Container = z.object({
  image: z.string().min(1).max(512).describe('Image to run; it must not need root.'),
  command: z
    .array(z.string().max(4096))
    .max(64)
    .optional()
    .describe("Replaces the image's entry point. Default: kept."),
  args: z
    .array(z.string().max(4096))
    .max(64)
    .optional()
    .describe('Arguments; {{ name }} stands for a parameter. Default: the arguments of the image.'),
  env: z
    .record(z.string(), z.string().max(4096))
    .optional()
    .meta({ maxProperties: 64 })
    .describe('Environment; {{ name }} stands for a parameter, a secret one only as the whole value. Default: none.'),
  workingDir: z.string().max(512).optional().describe('Working directory. Default: that of the image.'),
});

const Quantities = z.record(z.string(), z.string().max(32)).meta({ maxProperties: 16 });

/** The only pod settings that an Action may choose. */
export const PodSettings = z.object({
  serviceAccountName: z
    .string()
    .max(253)
    .optional()
    .describe(
      'Service account of the pods, with its API token. Whoever names it needs the verb "use" on it. Default: none, no token.',
    ),
  resources: z
    .object({
      requests: Quantities.optional().describe(
        'Reserved amounts, for example cpu: 100m. Default: set by the operator.',
      ),
      limits: Quantities.optional().describe('Upper limits, for example memory: 256Mi. Default: set by the operator.'),
    })
    .optional()
    .describe('Compute resources of the container, as in Kubernetes. Default: set by the operator.'),
  nodeSelector: z
    .record(z.string(), z.string().max(63))
    .optional()
    .meta({ maxProperties: 16 })
    .describe('Labels that the node must have. Default: none.'),
  tolerations: z
    .array(
      z.object({
        key: z.string().max(316).optional().describe('Key of the taint. Default: all keys.'),
        operator: z.enum(['Exists', 'Equal']).optional().describe('How the value is compared. Default: Equal.'),
        value: z.string().max(63).optional().describe('Value of the taint. Default: empty.'),
        effect: z
          .enum(['NoSchedule', 'PreferNoSchedule', 'NoExecute'])
          .optional()
          .describe('Effect that is tolerated. Default: all.'),
      }),
    )
    .max(16)
    .optional()
    .describe('Taints that the pods tolerate. Default: none.'),
  runAsUser: z.int().min(1).max(2147483647).optional().describe('Numeric user id of the process. Default: 65532.'),
  imagePullSecrets: z
    .array(z.string().max(253))
    .max(8)
    .optional()
    .describe('Names of Secrets for pulling the image. Default: none.'),
});
export type PodSettings = z.infer<typeof PodSettings>;

export const Retry = z.object({
  limit: z.int().min(0).max(20).default(0).describe('How many further attempts a failure may have. Default: 0.'),
  delaySeconds: z
    .int()
    .min(0)
    .max(86400)
    .default(0)
    .describe('Pause before each further attempt, in seconds. Default: 0.'),
  on: z
    .array(z.enum(['Failed', 'TimedOut']))
    .max(2)
    .default(['Failed', 'TimedOut'])
    .describe('Which ends are tried again. Default: both.'),
  onNodeLoss: z
    .boolean()
    .default(false)
    .describe(
      'Whether to try again when the node was lost, though the old container may still run there. Default: false.',
    ),
});

/** Where the files of the pack are that an action belongs to; written when the pack is registered. */
export const ActionContent = z.object({
  files: Digest.optional().describe('Archive of the files, in the pack store. Default: none, they are in the image.'),
  environment: Digest.optional().describe('Archive of the Python environment, in the pack store. Default: none.'),
  unpackedBytes: z
    .int()
    .min(0)
    .optional()
    .describe(
      "Memory that both take where they are unpacked into it, in bytes; they are when that is at most an eighth of the pod's memory limit. Default: not known, they are unpacked on disk.",
    ),
  image: z
    .string()
    .max(512)
    .optional()
    .describe("Image to run in, made from the runner's, where the Pack names one. Default: the runner's."),
});
export type ActionContent = z.infer<typeof ActionContent>;

/** How long something is kept that has finished, in seconds. */
export const TtlSeconds = z.int().min(0).max(31_536_000);

/** What an Action and a Workflow have in common. */
export const CallableFields = {
  ref: Ref.optional().describe(
    'Exact reference, pack.name. Default: the name of the object, in pack "default" if it has no dot.',
  ),
  description: Description.optional().describe('What it does, for people. Default: none.'),
  enabled: z.boolean().default(true).describe('Whether it may be run. Default: true.'),
  parameters: Parameters,
  notify: NotifySettings.optional().describe('Who is told how it ended. Default: whom the request names.'),
  ttlSecondsAfterFinished: TtlSeconds.optional().describe(
    'How long its finished Executions are kept, in seconds, never less than the dedupe window. Default: 86400.',
  ),
};

export const ActionSpec = z
  .object({
    ...CallableFields,
    runner: z.enum(RUNNERS).describe('How it is run.'),
    script: z
      .string()
      .max(65536)
      .optional()
      .describe(
        'Text of an action of one file: a script for local-shell-script and remote-shell-script, whose first line chooses the interpreter; Python with a class that has run() for python-script; TypeScript or JavaScript that exports a function for node-script. Default: none.',
      ),
    entryPoint: z
      .string()
      .min(1)
      .max(1024)
      .optional()
      .describe('File that is run, by its path in the pack, for example actions/hello.py. Default: none.'),
    content: ActionContent.optional().describe('Where the files of its pack are. Default: none, it needs no files.'),
    container: Container.optional().describe('Image and command, for the runner container. Default: none.'),
    timeoutSeconds: z
      .int()
      .min(1)
      .max(604800)
      .optional()
      .describe(
        "Longest run of one attempt, in seconds, from the process's start. Default: 60, for python-script and node-script 600, for containers 3600.",
      ),
    pendingTimeoutSeconds: z
      .int()
      .min(1)
      .max(86400)
      .default(600)
      .describe('Longest wait of one attempt for its process to start, in seconds. Default: 600.'),
    retry: Retry.optional().describe('Further attempts after a failure. Default: none.'),
    pod: PodSettings.optional().describe('Settings of the pods. Default: none.'),
  })
  .meta({
    'x-kubernetes-validations': [
      {
        rule: "(self.runner == 'container') == has(self.container)",
        message: 'spec.container: give it with runner "container", and only then',
      },
      {
        rule: "!has(self.script) || self.runner in ['local-shell-script', 'remote-shell-script', 'python-script', 'node-script']",
        message:
          'spec.script: give it with runner "local-shell-script", "remote-shell-script", "python-script" or "node-script" only',
      },
      {
        rule: "!(self.runner in ['local-shell-script', 'remote-shell-script', 'python-script', 'node-script']) || has(self.script) != has(self.entryPoint)",
        message:
          'spec: runners "local-shell-script", "remote-shell-script", "python-script" and "node-script" need exactly one of script, entryPoint',
      },
      {
        rule: "!has(self.entryPoint) || self.runner in ['local-shell-script', 'remote-shell-script', 'python-script', 'node-script']",
        message:
          'spec.entryPoint: give it with runner "local-shell-script", "remote-shell-script", "python-script" or "node-script" only',
      },
      {
        rule: '!has(self.entryPoint) || has(self.content)',
        message: 'spec.content: spec.entryPoint is a file of a pack; install the pack that has it',
      },
    ],
  });
export type ActionSpec = z.infer<typeof ActionSpec>;

export const ActionStatus = JudgedStatus;
export type ActionStatus = JudgedStatus;

/** Keeps a value for `valueFrom` of a secret parameter. */
export const SecretValue = z.object({
  valueFrom: z.object({ secretKeyRef: z.object({ name: z.string().max(253), key: z.string().max(253) }) }),
});
export type SecretValue = z.infer<typeof SecretValue>;
