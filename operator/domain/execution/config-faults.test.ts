// operator/domain/execution/config-faults.test.ts — a wrong configuration of a pack ends those Executions that need it, and no others.
import { expect, test } from 'vitest';
import { action, execution, iso, plan } from './builders.setup.ts';

test('a wrong configuration is told where a template fails that names it', () => {
  const configFaults = ['"token" is missing'];
  const config = { pack: 'ops', schema: {}, values: {}, references: [] };
  const named = action({ parameters: { x: { type: 'string', default: '{{ config_context.token }}' } } });
  expect(plan({ action: named, config, configFaults }, 1).status).toMatchObject({
    reason: 'ConfigInvalid',
    message: configFaults[0],
  });
  const given = execution({ request: { parameters: { x: '{{ config_context.token }}' } } });
  const plain = { runner: 'noop', parameters: { x: { type: 'string' } } };
  expect(plan({ self: given, action: action(plain), config, configFaults }, 1).status).toMatchObject({
    reason: 'ConfigInvalid',
  });
  const trigger = { type: 'ops.t', event: '1', source: 's', receivedAt: iso(0), rule: { name: 'r', uid: 'u' } };
  const fromEvent = execution({ request: { ...given.spec.request, context: { trigger } } });
  expect(plan({ self: fromEvent, action: action(plain), config, configFaults }, 1).status).toMatchObject({
    phase: 'Succeeded',
  });
  const other = execution({ request: { parameters: { x: '{{ nope }}' } } });
  expect(plan({ self: other, action: action(plain), config, configFaults }, 1).status).toMatchObject({
    reason: 'RenderFailed',
  });
});

test('a wrong configuration stops what runs a file of the pack, but no command', () => {
  const content = { files: `sha256:${'a'.repeat(64)}` };
  const configFaults = ['"token" is missing'];
  const script = { runner: 'local-shell-script', parameters: {}, entryPoint: 'actions/a.sh', content };
  expect(plan({ action: action(script), configFaults }, 1).status).toMatchObject({
    reason: 'ConfigInvalid',
    message: configFaults[0],
  });
  expect(plan({ action: action({ content }), configFaults }, 1).writes).toMatchObject([{ do: 'create' }]);
});
