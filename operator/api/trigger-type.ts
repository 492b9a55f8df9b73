// operator/api/trigger-type.ts — TriggerType: a kind of event, its payload, and the webhook that brings it in.
import * as z from 'zod';
import { Ref } from './action.ts';
import { Description, FreeForm, JudgedStatus } from './meta.ts';

/** Where the id of a delivery comes from; the same id is the same event. */
export const EventIdSource = z
  .object({
    header: z.string().max(128).optional().describe('Name of the header that has the id. Default: none.'),
    expression: z
      .string()
      .max(1024)
      .optional()
      .describe('Template over the payload, for example {{ trigger.body.id }}. Default: none.'),
    bodyHash: z
      .object({
        windowSeconds: z
          .int()
          .min(1)
          .max(3600)
          .default(300)
          .describe('How long the same body is the same event, in seconds. Default: 300.'),
      })
      .optional()
      .describe('The same body within a window is the same event. Default: none.'),
    preset: z
      .enum(['github', 'cloudevents', 'alertmanager'])
      .optional()
      .describe(
        'The rule of a known sender: X-GitHub-Delivery; source and id of a CloudEvent; the alerts of a notification within 5 min. Default: none.',
      ),
  })
  .meta({
    'x-kubernetes-validations': [
      {
        rule: '[has(self.header), has(self.expression), has(self.bodyHash), has(self.preset)].filter(x, x).size() == 1',
        message: 'spec.webhook.id: give exactly one of header, expression, bodyHash, preset',
      },
    ],
  });
export type EventIdSource = z.infer<typeof EventIdSource>;

export const Hmac = z.object({
  secretKey: z
    .string()
    .min(1)
    .max(253)
    .describe('Key, in the Secret "squall-webhooks" of this namespace, that holds the shared secret.'),
  header: z
    .string()
    .max(128)
    .default('X-Hub-Signature-256')
    .describe('Header with the signature. Default: X-Hub-Signature-256.'),
  prefix: z.string().max(32).default('sha256=').describe('Text before the signature in its header. Default: sha256=.'),
  algorithm: z.enum(['sha256', 'sha512']).default('sha256').describe('Hash function. Default: sha256.'),
  encoding: z.enum(['hex', 'base64']).default('hex').describe('How the signature is written. Default: hex.'),
  timestampHeader: z
    .string()
    .max(128)
    .optional()
    .describe('Header with the time of sending, in seconds since 1970. Default: none.'),
  signedText: z
    .string()
    .max(128)
    .default('{body}')
    .describe(
      'What is signed: {body} and, with a timestampHeader, {timestamp}, for example {timestamp}.{body}. Default: {body}.',
    ),
  toleranceSeconds: z
    .int()
    .min(1)
    .max(3600)
    .default(300)
    .describe(
      'Replay window: older or later timestamps, and signatures seen within it, are refused, in seconds. Default: 300.',
    ),
});
export type Hmac = z.infer<typeof Hmac>;

export const Webhook = z
  .object({
    url: z
      .string()
      .min(1)
      .max(256)
      .describe('Path below /api/v1/webhooks/, without a slash at either end; it may contain slashes.'),
    id: EventIdSource.optional().describe(
      'Where the id of a delivery comes from. Default: header Idempotency-Key, else each request is a new event.',
    ),
    authentication: z
      .enum(['required', 'hmac', 'open'])
      .default('required')
      .describe(
        'required: API key or Kubernetes token; hmac: a signature; open: anybody who can reach it. Default: required.',
      ),
    hmac: Hmac.optional().describe('How deliveries are signed, for authentication hmac. Default: none.'),
  })
  .meta({
    'x-kubernetes-validations': [
      {
        rule: "(self.authentication == 'hmac') == has(self.hmac)",
        message: 'spec.webhook.hmac: give it with authentication "hmac", and only then',
      },
      {
        rule: "!self.url.startsWith('/') && !self.url.endsWith('/') && self.url != 'st2'",
        message: 'spec.webhook.url: no slash at either end, and not "st2", which is the generic webhook',
      },
      {
        rule: "!has(self.hmac) || !has(self.hmac.signedText) || self.hmac.signedText.contains('{body}')",
        message: 'spec.webhook.hmac.signedText: it must contain {body}',
      },
    ],
  });
export type Webhook = z.infer<typeof Webhook>;

export const TriggerTypeSpec = z.object({
  ref: Ref.optional().describe(
    'Exact reference, pack.name. Default: the name of the object, in pack "default" if it has no dot.',
  ),
  description: Description.optional().describe('When it happens, for people. Default: none.'),
  payloadSchema: FreeForm.optional().describe(
    'JSON schema of the payload; an event that breaks it is refused. Default: anything.',
  ),
  parametersSchema: FreeForm.optional().describe(
    'JSON schema of the parameters that a Rule gives with this trigger. Default: anything.',
  ),
  dedupeWindowSeconds: z
    .int()
    .min(60)
    .max(86400)
    .default(3600)
    .describe(
      'How long an event id is remembered, in seconds; Executions of its events are kept at least as long. Default: 3600.',
    ),
  webhook: Webhook.optional().describe('The webhook whose deliveries are events of this type. Default: none.'),
});
export type TriggerTypeSpec = z.infer<typeof TriggerTypeSpec>;

export const TriggerTypeStatus = JudgedStatus;
export type TriggerTypeStatus = JudgedStatus;
