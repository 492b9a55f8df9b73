// cli/status.test.ts — which webhooks exist, who may send, and which rules hear of it.
import { expect, test } from 'vitest';
import type { Rule, TriggerType } from '../operator/api/kinds.ts';
import { webhookRows } from './status.ts';

const meta = (name: string) => ({ name, namespace: 'a', uid: name, resourceVersion: '1' });
const triggerType = (name: string, webhook?: object): TriggerType =>
  ({
    apiVersion: 'squall.dev/v1alpha1',
    kind: 'TriggerType',
    metadata: meta(name),
    spec: { ...(webhook && { webhook }) },
  }) as TriggerType;
const rule = (name: string, type: string, url?: string, enabled = true): Rule =>
  ({
    apiVersion: 'squall.dev/v1alpha1',
    kind: 'Rule',
    metadata: meta(name),
    spec: {
      enabled,
      trigger: { type, ...(url !== undefined && { parameters: { url } }) },
      criteria: {},
      action: { ref: 'core.local' },
    },
  }) as unknown as Rule;

test('a declared webhook lists the rules of its type and those that name its URL', () => {
  const types = [triggerType('alerts', { url: 'alertmanager', authentication: 'hmac' }), triggerType('silent')];
  const rules = [
    rule('one', 'default.alerts'),
    rule('two', 'core.st2.webhook', '/alertmanager/'),
    rule('other', 'default.else'),
  ];
  expect(webhookRows(types, rules)).toEqual([
    {
      url: 'alertmanager',
      authentication: 'hmac',
      triggerType: 'default.alerts',
      rules: ['one', 'two'],
      ready: 'Unknown',
    },
  ]);
});

test('a URL known only from rules asks for authentication and collects them', () => {
  const rules = [rule('b', 'core.st2.webhook', 'deploy/prod', false), rule('a', 'core.st2.webhook', 'deploy/prod')];
  expect(webhookRows([], rules)).toEqual([
    {
      url: 'deploy/prod',
      authentication: 'required',
      triggerType: 'core.st2.webhook',
      rules: ['b (disabled)', 'a'],
      ready: 'True',
    },
  ]);
});
