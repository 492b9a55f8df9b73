// operator/domain/action/disabled.test.ts — where it is enabled again depends on who owns it.
import { expect, test } from 'vitest';
import { disabledText } from './disabled.ts';

const metadata = { name: 'my-pack.do-it', namespace: 'default', uid: 'u', resourceVersion: '1' };
const pack = { apiVersion: 'squall.dev/v1alpha1', kind: 'Pack', name: 'my-pack', uid: 'p' };

test.each([
  ['one of its own', {}, 'Set spec.enabled of Action my-pack.do-it to true'],
  [
    'one of a pack',
    { ownerReferences: [{ ...pack, controller: true }] },
    'Enable it in spec.overrides of Pack my-pack, or in the ConfigMap that overrides it',
  ],
  ['one that a pack only refers to', { ownerReferences: [pack] }, 'Set spec.enabled of Action my-pack.do-it to true'],
])('%s', (_name, more, remedy) => {
  const text = disabledText('my_pack.do_it', { kind: 'Action', metadata: { ...metadata, ...more } });
  expect(text).toBe(`Unable to execute. Action "my_pack.do_it" is disabled. ${remedy}`);
});
