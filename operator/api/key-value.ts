// operator/api/key-value.ts — KeyValue: an entry of the datastore, which actions, workflows, rules and configurations read.
import * as z from 'zod';
import { JudgedStatus } from './meta.ts';

/** Longest value, in bytes of UTF-8: with the rest of the object it fits into etcd. */
export const VALUE_MAX_BYTES = 512 * 1024;

export const KeyValueSpec = z
  .object({
    key: z
      .string()
      .min(1)
      .max(512)
      .describe('Exact name of the entry, for example redis.host or mypack.MySensor:last_id.'),
    scope: z
      .enum(['system', 'user'])
      .default('system')
      .describe('Whether all see it as st2kv.system, or one user as st2kv.user. Default: system.'),
    user: z.string().max(253).optional().describe('Whose it is, for scope user. Default: none.'),
    value: z.string().max(VALUE_MAX_BYTES).optional().describe('The text. Default: see spec.valueFrom.'),
    valueFrom: z
      .object({
        secretKeyRef: z
          .object({
            name: z.string().min(1).max(253).describe('Name of the Secret, in the same namespace.'),
            key: z.string().min(1).max(253).describe('Key in its data.'),
          })
          .describe('A key of a Secret; it is what StackStorm calls encrypted: only decrypt_kv and decrypt show it.'),
      })
      .optional()
      .describe('Where the text is, for a secret one. Default: see spec.value.'),
    expiresAt: z.iso
      .datetime({ offset: true })
      .optional()
      .describe('When it ends; from then on it is not seen, and soon deleted. Default: never.'),
  })
  .meta({
    'x-kubernetes-validations': [
      { rule: 'has(self.value) != has(self.valueFrom)', message: 'spec: give exactly one of value, valueFrom' },
      {
        rule: "has(self.user) == (self.scope == 'user')",
        message: 'spec.user: give it with scope "user", and only then',
      },
    ],
  });
export type KeyValueSpec = z.infer<typeof KeyValueSpec>;

export const KeyValueStatus = JudgedStatus;
export type KeyValueStatus = JudgedStatus;
