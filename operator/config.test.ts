// operator/config.test.ts — the environment is read once, whole, with clear errors.
import { expect, test } from 'vitest';
import { readConfig } from './config.ts';

const least = {
  SQUALL_NAMESPACE: 'squall',
  SQUALL_SERVICE_URL: 'https://squall.squall.svc/',
  SQUALL_RUNNER_NODE_IMAGE: 'squall/runner-node:1',
  SQUALL_RUNNER_PYTHON_IMAGE: 'squall/runner-python:1',
};

test('the least that must be said is enough', () => {
  const config = readConfig(least);
  expect(config.defaultNamespace).toBe('squall');
  expect(config.watchNamespace).toBeUndefined();
  expect(config.serviceUrl).toBe('https://squall.squall.svc');
  expect(config.user).toBe('system:serviceaccount:squall:squall');
  expect(config.roles).toEqual({ controller: true, api: true });
});

test.each([
  ['a missing namespace', { SQUALL_NAMESPACE: undefined }, /SQUALL_NAMESPACE/],
  ['a port that is none', { SQUALL_HTTPS_PORT: 'https' }, /SQUALL_HTTPS_PORT/],
  ['a role that does not exist', { SQUALL_ROLES: 'api,worker' }, /"worker" is not a role/],
  ['a foreign namespace', { SQUALL_WATCH_NAMESPACE: 'other' }, /"other" is not the operator's own namespace/],
  ['resources that are not JSON', { SQUALL_POD_RESOURCES: '{' }, /SQUALL_POD_RESOURCES: it must be JSON/],
])('%s is named', (_, wrong, message) => {
  expect(() => readConfig({ ...least, ...wrong })).toThrow(message);
});
