// operator/api/install.ts — the wires of an installation: what the install Job is to do, what it reports, what it brings.
import * as z from 'zod';
import { Digest, FreeForm } from './meta.ts';
import { BuiltFrom, PackContent, PackRef, PackSource } from './pack.ts';

/** What a pack's source may at most be. */
export const InstallLimits = z.object({
  files: z.int().min(1).describe('Most files.'),
  fileBytes: z.int().min(1).describe('Largest file, in bytes.'),
  totalBytes: z.int().min(1).describe('All files together, in bytes.'),
  yamlBytes: z.int().min(1).describe('Largest file of metadata, in bytes.'),
});
export type InstallLimits = z.infer<typeof InstallLimits>;

/** An environment of the pack store that may be used again, by what it was made of. */
export const KnownEnvironment = z.object({
  key: z.string().max(64).describe('Hash of its packages, with all that they depend on.'),
  asked: z.string().max(64).optional().describe('Hash of the requirements as they are written.'),
  unpackedBytes: z.int().min(0).optional().describe('Memory that it takes where it is unpacked into it, in bytes.'),
  digest: Digest,
});
export type KnownEnvironment = z.infer<typeof KnownEnvironment>;

/** What the install Job is to do; it asks for it by GET. */
export const InstallTask = z.object({
  version: z.literal(1),
  pack: z.object({ namespace: z.string(), name: z.string() }),
  key: z.string().describe('Hash of the source that is asked for; reports repeat it.'),
  from: z.string().optional().describe('The source as typed.'),
  source: PackSource.optional().describe('The source in fields.'),
  commit: z
    .string()
    .regex(/^[0-9a-f]{40,64}$/)
    .optional()
    .describe('Commit that is installed, which counts in the place of what the source names.'),
  ref: z.string().optional().describe('Exact name that the pack must have.'),
  force: z.boolean(),
  reinstall: z.string().optional().describe('What the Pack says to have its source fetched again.'),
  indexes: z.array(z.string()).describe('Addresses of index files; the leftmost wins.'),
  indexTexts: z
    .array(z.object({ place: z.string(), text: z.string() }))
    .describe('Index files of the cluster, with the ConfigMap that each is in; they come before all addresses.'),
  environments: z.array(KnownEnvironment).describe('Environments that need not be built.'),
  limits: InstallLimits,
  authorities: z.string().optional().describe('PEM text of authorities that are trusted beside the usual ones.'),
});
export type InstallTask = z.infer<typeof InstallTask>;

/** One thing that is wrong with a file of a pack. */
export const Finding = z.object({
  file: z.string().describe('Path in the pack.'),
  line: z.int().min(1).optional().describe('Line, from 1.'),
  message: z.string().describe('What is wrong and what to do.'),
});
export type Finding = z.infer<typeof Finding>;

/** What the install Job says of itself; the last one has step Done or Failed. */
export const InstallReport = z.object({
  key: z.string(),
  step: z.enum(['Fetch', 'Validate', 'Build', 'Done', 'Failed']).describe('What it has come to.'),
  failedStep: z.enum(['Fetch', 'Validate', 'Build']).optional().describe('What failed, with step Failed.'),
  message: z.string().max(4096).optional().describe('What went wrong, for people.'),
  findings: z.array(Finding).max(100).optional().describe('What is wrong with the files.'),
  ref: z.string().optional(),
  version: z.string().optional(),
  commit: z.string().optional().describe('Commit that was fetched.'),
  content: PackContent.optional().describe('What was brought into the pack store, with step Done.'),
  builtFrom: BuiltFrom.optional().describe('What its environment was made of, with step Done.'),
});
export type InstallReport = z.infer<typeof InstallReport>;

export const MANIFEST_KINDS = ['Action', 'Workflow', 'TriggerType', 'Rule'] as const;

/** All that is registered from a pack; a blob of the pack store. */
export const Manifest = z.object({
  version: z.literal(1),
  ref: PackRef,
  pack: z.object({
    name: z.string(),
    description: z.string(),
    version: z.string(),
    author: z.string(),
    email: z.string().optional(),
    keywords: z.array(z.string()),
    contributors: z.array(z.string()),
    dependencies: z.array(z.string()),
    stackstormVersion: z.string().optional(),
    pythonVersions: z.array(z.string()).optional(),
  }),
  commit: z.string().optional(),
  resources: z.array(
    z.object({
      kind: z.enum(MANIFEST_KINDS),
      file: z.string().describe('Path in the pack.'),
      spec: FreeForm.describe('The whole spec, but for content of an Action.'),
    }),
  ),
  waiting: z
    .array(
      z.object({
        kind: z.enum(['Action', 'Sensor', 'ActionAlias', 'Policy']),
        name: z.string(),
        file: z.string(),
        content: FreeForm,
      }),
    )
    .describe('What is valid and whose kind or runner comes later.'),
  configSchema: FreeForm.optional().describe('Properties of its configuration, as config.schema.yaml has them.'),
  counts: z.record(z.string(), z.int().min(0)).describe('As StackStorm counts: workflows are actions.'),
  warnings: z.array(z.string()),
  files: z.array(z.string()).describe('Paths of all files.'),
});
export type Manifest = z.infer<typeof Manifest>;
