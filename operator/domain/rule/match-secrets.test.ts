// operator/domain/rule/match-secrets.test.ts — secret parameters of what a rule asks for: kept in a Secret, copied nowhere, shown in no fault.
import { expect, test } from 'vitest';
import { sha256 } from '../execution/builders.setup.ts';
import { action, EVENT, match, rule } from './match.setup.ts';

test('rendered secrets leave the Execution; references and nulls stay', () => {
  const secret = { type: 'string', secret: true };
  const found = action({
    parameters: { pw: secret, ref: secret, none: secret, 'odd key': secret, list: { type: 'array', secret: true } },
  });
  const reference = { valueFrom: { secretKeyRef: { name: 's', key: 'k' } } };
  const parameters = {
    pw: '{{ trigger.body.host }}',
    ref: reference,
    none: null,
    'odd key': 'x',
    list: [1],
    undeclared: 'y',
  };
  const [drafted] = match([rule('fix', { action: { ref: 'acme.fix', parameters } })], found).drafts;
  const name = `${drafted?.execution.metadata.name}-secrets`;
  const odd = `p-${sha256('odd key').slice(0, 40)}`;
  const to = (key: string) => ({ valueFrom: { secretKeyRef: { name, key } } });
  expect(drafted?.secret).toMatchObject({
    metadata: { name },
    type: 'squall.dev/parameters',
    stringData: { pw: 'db-7', list: '[1]', [odd]: 'x' },
  });
  expect(drafted?.execution['spec']).toMatchObject({
    request: {
      parameters: { pw: to('pw'), ref: reference, none: null, 'odd key': to(odd), list: to('list'), undeclared: 'y' },
    },
  });
});

test("a runner's own secret parameters are secret in every action that it runs", () => {
  const found = action({ runner: 'remote-shell-cmd' });
  const parameters = { hosts: 'h', cmd: 'date', password: '{{ trigger.body.host }}' };
  const [drafted] = match([rule('a', { action: { ref: 'acme.fix', parameters } })], found).drafts;
  const name = `${drafted?.execution.metadata.name}-secrets`;
  expect(drafted?.execution.spec).toMatchObject({
    request: { parameters: { cmd: 'date', password: { valueFrom: { secretKeyRef: { name, key: 'password' } } } } },
  });
  expect(drafted?.secret).toMatchObject({ stringData: { password: 'db-7' } });
  const copied = { ...parameters, cmd: 'echo {{ password }}' };
  expect(match([rule('a', { action: { ref: 'acme.fix', parameters: copied } })], found).enforcements).toMatchObject([
    { failure: expect.stringContaining('its template names the secret parameter "password"') },
  ]);
});

test('a fault of a secret parameter does not show what the event brought', () => {
  const found = action({ parameters: { pin: { type: 'integer', secret: true } } });
  const event = { ...EVENT, payload: { body: { pin: 'hunter2' } } };
  const { enforcements } = match(
    [rule('fix', { action: { ref: 'acme.fix', parameters: { pin: '{{ trigger.body.pin }}' } } })],
    found,
    event,
  );
  expect(enforcements[0]?.failure).toMatch(/^spec\.action\.parameters\.pin: .*not shown$/);
  expect(JSON.stringify(enforcements.map(({ failure }) => failure))).not.toContain('hunter2');
});

test('a rule cannot copy a secret parameter into another one', () => {
  const found = action({ parameters: { pw: { type: 'string', secret: true }, msg: { type: 'string' } } });
  const parameters = { pw: '{{ trigger.body.host }}', msg: ['it is {{ pw }}'] };
  const { drafts, enforcements } = match([rule('fix', { action: { ref: 'acme.fix', parameters } })], found);
  expect(drafts).toEqual([]);
  expect(enforcements[0]?.failure).toMatch(/parameters\.msg: its template names the secret parameter "pw"/);
});
