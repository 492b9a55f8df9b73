// operator/api/pack-file.ts — the files of a pack in StackStorm's layout: the keys that each has, and what they hold.
import * as z from 'zod';

// StackStorm takes null for whatever is optional.
const text = z.string();
const optionalText = text.nullish();
const flag = z.boolean().nullish();
const object = z.record(z.string(), z.unknown());
const optionalObject = object.nullish();
const texts = z.array(text).nullish();
/** Filled in by the platform; whatever a file says is overwritten. */
const computed = {
  id: z.unknown().optional(),
  ref: z.unknown().optional(),
  uid: z.unknown().optional(),
  metadata_file: z.unknown().optional(),
};

/** Semantic versions, in lower case and without a leading v. */
const SEMVER =
  /^(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)(?:-[\da-z-]+(?:\.[\da-z-]+)*)?(?:\+[\da-z-]+(?:\.[\da-z-]+)*)?$/;
/** Comparisons with commas between them. */
const COMPARISONS =
  /^(?:all|(?:>?>|>=|=|<=|<?<)\s*[0-9]+\.[0-9]+\.[0-9]+(?:\s*,)?\s*(?:(?:>?>|>=|=|<=|<?<)\s*[0-9]+\.[0-9]+\.[0-9]+(?:\s*,)?\s*)*)$/;

/** Keys that are not known are allowed here, and only here. */
export const PackFile = z.looseObject({
  name: text.min(1),
  ref: optionalText,
  description: text,
  keywords: texts,
  version: z
    .union([text, z.number()])
    .transform(String)
    .refine((version) => SEMVER.test(version), {
      error: ({ input }) =>
        `Pack version "${String(input)}" doesn't follow a valid semver format. Valid versions and formats include: 0.1.0, 0.2.1, 1.1.0, etc.`,
    }),
  stackstorm_version: text
    .regex(COMPARISONS, { error: 'write comparisons with commas between them, for example ">=3.2.0, <4.0.0"' })
    .nullish(),
  python_versions: z
    .array(z.enum(['2', '3'], { error: 'write the versions in quotes: "2", "3"' }))
    .min(1)
    .max(2)
    .refine((versions) => new Set(versions).size === versions.length, { error: 'name each version once' })
    .nullish(),
  author: text,
  email: optionalText,
  contributors: z.array(text.max(100)).nullish(),
  dependencies: texts,
  system: optionalObject,
});
export type PackFile = z.infer<typeof PackFile>;

const tags = z.array(object).nullish();

const Notification = z
  .strictObject({
    message: optionalText,
    channels: texts,
    routes: texts,
    data: optionalObject,
  })
  .nullish();

export const ActionFile = z.strictObject({
  ...computed,
  name: text.min(1),
  pack: optionalText,
  description: optionalText,
  enabled: flag,
  runner_type: text.min(1),
  entry_point: optionalText,
  parameters: z.record(z.string(), object).nullish(),
  output_schema: z.unknown().optional(),
  tags,
  notify: z
    .strictObject({ 'on-complete': Notification, 'on-success': Notification, 'on-failure': Notification })
    .nullish(),
});
export type ActionFile = z.infer<typeof ActionFile>;

/** Of a file, or in the list of a sensor. What else it says is passed over, as StackStorm does. */
export const TriggerFile = z.looseObject({
  name: text.min(1),
  pack: optionalText,
  description: optionalText,
  payload_schema: optionalObject,
  parameters_schema: optionalObject,
});
export type TriggerFile = z.infer<typeof TriggerFile>;

export const SensorFile = z.looseObject({
  class_name: text.min(1),
  entry_point: text.min(1),
  pack: optionalText,
  description: optionalText,
  enabled: flag,
  poll_interval: z
    .number()
    .refine((seconds) => seconds === 0 || seconds >= 4, { error: 'Minimum possible poll_interval is 4 seconds' })
    .nullish(),
  trigger_types: z.array(TriggerFile).nullish(),
});
export type SensorFile = z.infer<typeof SensorFile>;

export const RuleFile = z.strictObject({
  ...computed,
  name: text.min(1),
  pack: optionalText,
  description: optionalText,
  enabled: flag,
  type: z
    .strictObject({
      ref: z.enum(['standard', 'backstop'], { error: 'there are the types standard and backstop' }),
      parameters: optionalObject,
    })
    .nullish(),
  trigger: z.looseObject({ type: text.min(1), parameters: optionalObject }),
  criteria: optionalObject,
  action: z.strictObject({ ref: text.min(1), description: optionalText, parameters: optionalObject }),
  context: optionalObject,
  tags,
});
export type RuleFile = z.infer<typeof RuleFile>;

const AliasFormat = z.union(
  [
    text,
    z.looseObject({
      display: optionalText,
      representation: z.union([text, z.array(text)]).nullish(),
      match_multiple: flag,
    }),
  ],
  { error: 'write a text, or a mapping with display and representation' },
);

export const AliasFile = z.strictObject({
  ...computed,
  name: text.min(1),
  pack: optionalText,
  description: optionalText,
  enabled: flag,
  action_ref: text.min(1),
  formats: z.array(AliasFormat).nullish(),
  ack: z.looseObject({ enabled: flag, format: optionalText, extra: optionalObject, append_url: flag }).nullish(),
  result: z.looseObject({ enabled: flag, format: optionalText, extra: optionalObject }).nullish(),
  extra: optionalObject,
  immutable_parameters: optionalObject,
});
export type AliasFile = z.infer<typeof AliasFile>;

export const PolicyFile = z.strictObject({
  ...computed,
  name: text.min(1),
  pack: optionalText,
  description: optionalText,
  enabled: flag,
  resource_ref: text.min(1),
  policy_type: text.min(1),
  parameters: optionalObject,
});
export type PolicyFile = z.infer<typeof PolicyFile>;
