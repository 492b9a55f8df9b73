// operator/api/pack.ts — Pack: where a pack comes from, how it is configured; and what became of it.
import * as z from 'zod';
import { PodSettings } from './action.ts';
import { Digest, FreeForm, JudgedStatus } from './meta.ts';

/** The one ConfigMap of a namespace that has `<pack>.yaml` for its packs, whether they are installed or not. */
export const CONFIGS = 'squall-configs';

/** The one ConfigMap of a namespace that has StackStorm's overrides: `_global.yaml` for all packs, and `<pack>.yaml`. */
export const OVERRIDES = 'squall-overrides';

/** Name of a pack, as its files and references have it. */
export const PackRef = z
  .string()
  .max(63)
  .regex(/^[a-z0-9_]+$/);

const SecretName = z.object({ name: z.string().min(1).max(253).describe('Name of the Secret.') });

const KeyRef = z.object({
  name: z.string().min(1).max(253).describe('Name of the object.'),
  key: z.string().min(1).max(253).describe('Key in its data.'),
});

export const GitSource = z.object({
  url: z
    .string()
    .min(1)
    .max(2048)
    .describe('Address of the repository: https://…, ssh://…, git@host:owner/name.git or file:///path.'),
  ref: z
    .string()
    .max(256)
    .optional()
    .describe('Branch, tag, commit or version (1.2.3 also finds the tag v1.2.3). Default: the default branch.'),
  path: z
    .string()
    .max(1024)
    .optional()
    .describe('Folder of the pack in the repository. Default: the top of the repository.'),
  secretRef: SecretName.optional().describe(
    'Secret with ssh-privatekey and known_hosts, or username and password. Default: the Secret "squall-git" of the namespace, if there is one.',
  ),
  claimName: z
    .string()
    .min(1)
    .max(253)
    .optional()
    .describe('PersistentVolumeClaim that a file:/// address is in, mounted read-only at /volume. Default: none.'),
});
export type GitSource = z.infer<typeof GitSource>;

export const PackSource = z
  .object({
    git: GitSource.optional().describe('A git repository. Default: none.'),
    image: z
      .string()
      .min(1)
      .max(512)
      .optional()
      .describe(
        'Image made from runner-python that has the pack in /opt/stackstorm/packs; its actions start from it, nothing is fetched. Default: none.',
      ),
    archive: Digest.optional().describe('Archive that was uploaded to the pack store, by its digest. Default: none.'),
    inline: z
      .record(z.string(), z.string().max(262_144))
      .optional()
      .meta({ maxProperties: 256 })
      .describe('Text of each file by its path in the pack, for example actions/hello.yaml. Default: none.'),
  })
  .meta({
    'x-kubernetes-validations': [
      {
        rule: '[has(self.git), has(self.image), has(self.archive), has(self.inline)].filter(x, x).size() == 1',
        message: 'spec.source: give exactly one of git, image, archive, inline',
      },
    ],
  });
export type PackSource = z.infer<typeof PackSource>;

export const PackConfig = z.object({
  // Server-side apply leaves null of a map of which all keys are taken away.
  values: FreeForm.nullish().describe(
    'Values by key; they come before those of <pack>.yaml in the ConfigMap "squall-configs". Default: none.',
  ),
  valuesFrom: z
    .array(
      z
        .object({
          path: z
            .string()
            .min(1)
            .max(512)
            .describe('Where the value belongs: keys with dots between them, for example profiles.main.token.'),
          secretKeyRef: KeyRef.optional().describe('Key of a Secret; only pods read it. Default: none.'),
          configMapKeyRef: z
            .object({
              name: z.enum([CONFIGS]).describe('Name of the ConfigMap: the one that the operator reads.'),
              key: z.string().min(1).max(253).describe('Key in its data.'),
            })
            .optional()
            .describe('Key of the ConfigMap of all configurations, for what several packs share. Default: none.'),
        })
        .meta({
          'x-kubernetes-validations': [
            {
              rule: 'has(self.secretKeyRef) != has(self.configMapKeyRef)',
              message: 'spec.config.valuesFrom: give exactly one of secretKeyRef, configMapKeyRef',
            },
          ],
        }),
    )
    .max(64)
    .optional()
    .describe('Single values from Secrets and the ConfigMap; they come before all others. Default: none.'),
});
export type PackConfig = z.infer<typeof PackConfig>;

/** Of the pods of all its actions. */
const PackPodSettings = PodSettings.extend({
  image: z
    .string()
    .min(1)
    .max(512)
    .optional()
    .describe(
      "Image made from runner-python that its actions run in and its environment is built in, for programs that runner-python lacks. Default: the runners'.",
    ),
});

const Enabled = z.object({ enabled: z.boolean().describe('Whether it may be used.') });

/** StackStorm's overrides: the only thing that may be overridden is `enabled`. */
const Override = z.object({
  defaults: Enabled.optional().describe('For all of this kind in the pack. Default: what the files say.'),
  exceptions: z
    .record(z.string(), Enabled)
    // As with the values of a configuration: null when all keys were taken away.
    .nullish()
    .meta({ maxProperties: 1024 })
    .describe('For single ones, by name. Default: none.'),
});

export const PackSpec = z
  .object({
    ref: PackRef.optional().describe(
      'Exact name of the pack, as its pack.yaml has it. Default: the name of the object, with - as _.',
    ),
    from: z
      .string()
      .min(1)
      .max(2048)
      .optional()
      .describe(
        'Where it comes from, as typed for StackStorm: name, name=version, owner/repo, https://host/repo=branch. Default: see spec.source.',
      ),
    source: PackSource.optional().describe('Where it comes from, in fields. Default: see spec.from.'),
    force: z
      .boolean()
      .default(false)
      .describe('Whether to install it though it asks for another StackStorm or Python. Default: false.'),
    reinstall: z
      .string()
      .max(128)
      .optional()
      .describe('Any text; another one fetches the source again, for example after a branch has moved. Default: none.'),
    config: PackConfig.optional().describe('Its configuration. Default: none, the defaults of its schema apply.'),
    pod: PackPodSettings.optional().describe(
      'Settings of the pods of its actions, for example the service account that they act as. Default: none.',
    ),
    overrides: z
      .object({
        actions: Override.optional().describe('Of actions and workflows. Default: none.'),
        rules: Override.optional().describe('Of rules. Default: none.'),
        sensors: Override.optional().describe('Of sensors, by class name. Default: none.'),
        aliases: Override.optional().describe('Of aliases. Default: none.'),
      })
      .optional()
      .describe(
        'What is enabled or disabled, whatever its files and the ConfigMap "squall-overrides" say. Default: none.',
      ),
  })
  .meta({
    'x-kubernetes-validations': [
      { rule: 'has(self.from) != has(self.source)', message: 'spec: give exactly one of from, source' },
      {
        rule: '!(has(self.source) && has(self.source.image) && has(self.pod) && has(self.pod.image))',
        message: 'spec.pod.image: the actions of a pack in an image run in spec.source.image; leave spec.pod.image out',
      },
    ],
  });
export type PackSpec = z.infer<typeof PackSpec>;

/** What of a pack is in the pack store; nothing of it changes once it is there. */
export const PackContent = z.object({
  files: Digest.describe('Archive of its files.'),
  environment: Digest.optional().describe('Archive of its Python environment; absent when it needs none of its own.'),
  manifest: Digest.describe('List of all that is registered from it.'),
  unpackedBytes: z
    .int()
    .min(0)
    .optional()
    .describe('Memory that files and environment take where they are unpacked into it, in bytes. Default: not known.'),
});
export type PackContent = z.infer<typeof PackContent>;

/** What an environment was made of; one that is made of the same need not be built. */
export const BuiltFrom = z.object({
  key: z.string().max(64).describe('Hash of the packages in it and of what they run on.'),
  asked: z.string().max(64).optional().describe('Hash of the requirements as they are written.'),
  unpackedBytes: z.int().min(0).optional().describe('Memory that it takes where it is unpacked into it, in bytes.'),
});
export type BuiltFrom = z.infer<typeof BuiltFrom>;

export const PackStatus = JudgedStatus.extend({
  ref: z.string().max(63).optional().describe('Exact name of the installed pack.'),
  version: z.string().max(256).optional().describe('Version of the installed pack.'),
  commit: z.string().max(64).optional().describe('Commit that was installed.'),
  author: z.string().max(256).optional().describe('Who wrote it.'),
  description: z.string().max(1024).optional().describe('What it is for.'),
  installed: z
    .object({
      key: z.string().max(64).describe('Hash of the source that was asked for.'),
      content: PackContent.optional().describe(
        'Where its content is; actions of a pack in an image take their files from there.',
      ),
      builtFrom: BuiltFrom.optional().describe('What its Python environment was made of.'),
      image: z.string().max(512).optional().describe('Image that it is in.'),
      podImage: z.string().max(512).optional().describe('Image of its pods that it was installed for.'),
      at: z.iso.datetime({ offset: true }).describe('When it was installed.'),
    })
    .optional()
    .describe('What is installed and registered.'),
  install: z
    .object({
      key: z.string().max(64).describe('Hash of the source that is asked for.'),
      attempt: z.int().min(1).describe('Number of the try, from 1.'),
      pauses: z.int().min(1).optional().describe('Pauses that came before it. Default: none.'),
      job: z.string().max(63).describe('Name of the Job that does it.'),
      step: z.enum(['Fetch', 'Validate', 'Build', 'Register', 'Done', 'Failed']).describe('How far it is.'),
      startedAt: z.iso.datetime({ offset: true }).describe('When it began.'),
      commit: z.string().max(64).optional().describe('Commit that the Job has fetched.'),
      reported: PackContent.optional().describe('What the Job has brought and is not registered yet.'),
      builtFrom: BuiltFrom.optional().describe('What the environment that it has brought was made of.'),
    })
    .optional()
    .describe('The latest installation.'),
  counts: z
    .record(z.string(), z.int().min(0))
    .optional()
    .meta({ maxProperties: 16 })
    .describe('How many of each kind are registered from it.'),
  content: z.string().max(256).optional().describe('The same in words.'),
  configSchema: FreeForm.optional().describe('Schema of each key of its configuration.'),
  waiting: z
    .array(
      z.object({
        kind: z.string().max(32).describe('Kind that is not acted on yet.'),
        name: z.string().max(253).describe('Name of the one in the file.'),
        file: z.string().max(1024).describe('Path in the pack.'),
      }),
    )
    .max(1024)
    .optional()
    .describe('Files that are valid and whose kind comes later.'),
  missing: z
    .array(z.string().max(2048))
    .max(64)
    .optional()
    .describe('Packs that it depends on and that are not here, as its pack.yaml names them.'),
  drift: z
    .array(
      z.object({
        kind: z.string().max(32).describe('Kind of the object.'),
        name: z.string().max(253).describe('Name of the object.'),
      }),
    )
    .max(256)
    .optional()
    .describe('Objects that were edited by hand since they were registered; they are left as they are.'),
  findings: z
    .array(
      z.object({
        file: z.string().max(1024).describe('Path in the pack.'),
        line: z.int().min(1).optional().describe('Line, from 1.'),
        message: z.string().max(2048).describe('What is wrong and what to do.'),
      }),
    )
    .max(100)
    .optional()
    .describe('What is wrong with the files that were last fetched.'),
  warnings: z.array(z.string().max(1024)).max(64).optional().describe('What is odd about it and does no harm.'),
});
export type PackStatus = z.infer<typeof PackStatus>;
