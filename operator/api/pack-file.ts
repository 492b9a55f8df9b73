// operator/api/pack-file.ts — files of a pack in StackStorm's layout, as far as they become objects here.
import * as z from 'zod';
import { FreeForm } from './meta.ts';

export const ActionFile = z.object({
  name: z.string().min(1),
  pack: z.string().optional(),
  description: z.string().optional(),
  enabled: z.boolean().default(true),
  runner_type: z.string().min(1),
  entry_point: z.string().default(''),
  parameters: z.record(z.string(), z.record(z.string(), z.unknown())).default({}),
});
export type ActionFile = z.infer<typeof ActionFile>;

export const TriggerFile = z.object({
  name: z.string().min(1),
  pack: z.string().optional(),
  description: z.string().optional(),
  payload_schema: FreeForm.optional(),
  parameters_schema: FreeForm.optional(),
});
export type TriggerFile = z.infer<typeof TriggerFile>;
