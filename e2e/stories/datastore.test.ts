// e2e/stories/datastore.test.ts — the datastore: entries reach actions, rules and workflows, pods write them, and secret ones stand nowhere.
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { Execution, KeyValue } from '../../operator/api/kinds.ts';
import {
  apply,
  callDoor,
  createExecution,
  ended,
  eventually,
  executionsOf,
  kubectl,
  list,
  openWebhook,
  ours,
  post,
  ready,
  stage,
} from '../harness.ts';
import { squallIn } from '../squall.ts';
import { grant, isRefused, tries } from './people.ts';
import { scratchNamespace } from './scratch.ts';

const { name: namespace } = scratchNamespace('datastore');
const SECRET = 'tr0ub4dor-and-3';
const API = `/ns/${namespace}/api/v1`;

const keyValue = (name: string, spec: object) => ours('KeyValue', namespace, name, spec);
const script = (name: string, text: string, parameters: object) =>
  ours('Action', namespace, name, { runner: 'local-shell-script', script: `#!/bin/bash\n${text}\n`, parameters });
const squall = squallIn(namespace);
const stdoutOf = async (name: string) => (await succeeded(name)).status.result as { stdout: string };

async function succeeded(name: string) {
  const execution = await ended(namespace, name);
  expect(execution.status).toMatchObject({ phase: 'Succeeded' });
  return execution;
}

const show = script('store.show', 'echo "host=$1 pw=$2"', {
  host: { type: 'string', default: '{{ st2kv.system.db.host }}{{ st2kv.system.missing }}', position: 0 },
  password: { type: 'string', secret: true, default: '{{ st2kv.system.db.password | decrypt_kv }}', position: 1 },
});

test('an action gets entries, and a secret one only in its pod', async () => {
  await apply(
    { apiVersion: 'v1', kind: 'Secret', metadata: { namespace, name: 'vault' }, stringData: { password: SECRET } },
    keyValue('db.host', { key: 'db.host', value: 'db.shop.svc' }),
    keyValue('from-git', { key: 'db.password', valueFrom: { secretKeyRef: { name: 'vault', key: 'password' } } }),
    show,
  );
  await ready(namespace, 'keyvalue/db.host', 'keyvalue/from-git', 'action/store.show');
  const name = await createExecution(namespace, 'store.show');
  expect((await stdoutOf(name)).stdout).toBe('host=db.shop.svc pw=********');
  const everything = await kubectl(['-n', namespace, 'get', 'executions,jobs,pods,events,keyvalues', '-o', 'yaml']);
  const log = await kubectl(['-n', stage.namespace, 'logs', 'deploy/squall', '--tail=2000']);
  for (const place of [everything, log]) expect(place).not.toContain(SECRET);
});

test('a pod reads and writes entries with its own token', async () => {
  const curl = 'curl -sk -H "X-Auth-Token: $ST2_ACTION_AUTH_TOKEN" -H "Content-Type: application/json"';
  const steps = [
    `${curl} -X PUT -d '{"name":"store.pod:last","value":"17"}' $ST2_ACTION_API_URL/keys/store.pod:last >/dev/null`,
    `${curl} -X PUT -d '{"name":"tok","value":"${SECRET}","secret":true}' $ST2_ACTION_API_URL/keys/tok >/dev/null`,
    `${curl} "$ST2_ACTION_API_URL/keys/store.pod:last/?decrypt=False&scope=system"`,
    'echo',
    `${curl} "$ST2_ACTION_API_URL/keys/tok?decrypt=true" | wc -c`,
    `${curl} -o /dev/null -w '%{http_code}' "$ST2_ACTION_API_URL/keys/none"`,
  ];
  const name = await createExecution(namespace, 'core.local', { cmd: steps.join('\n') });
  const [entry = '', bytes, code] = (await stdoutOf(name)).stdout.split('\n');
  expect(JSON.parse(entry)).toMatchObject({ name: 'store.pod:last', value: '17', scope: 'st2kv.system' });
  expect(Number(bytes)).toBeGreaterThan(SECRET.length);
  expect(code).toBe('404');
  expect((await list(KeyValue, namespace)).map(({ spec }) => (spec as { key: string }).key)).toContain(
    'store.pod:last',
  );
  expect(await kubectl(['-n', namespace, 'get', 'keyvalue', 'tok', '-o', 'yaml'])).not.toContain(SECRET);
  const second = await createExecution(namespace, 'store.show', { host: '{{ st2kv.system.tok | decrypt_kv }}' });
  expect((await stdoutOf(second)).stdout).toBe('host=******** pw=********');
});

test('rules and workflows read entries, and hand secret ones on', async () => {
  const definition = parse(`
version: 1.0
tasks:
  show:
    action: store.show
    input:
      host: <% st2kv('system.db.host') %>
      password: <% st2kv('system.db.password', decrypt => true) %>
`);
  await apply(
    ours('Workflow', namespace, 'store.flow', { engine: 'orquesta', definition, parameters: {} }),
    ...openWebhook(namespace, 'store', {
      ref: 'store.show',
      parameters: { host: '{{ st2kv.system.db.host }}', password: '{{ st2kv.system.db.password | decrypt_kv }}' },
    }),
  );
  await ready(namespace, 'workflow/store.flow', 'rule/hooks.store');
  const answer = await post(`${API}/webhooks/store`, {});
  expect(answer.code).toBe(202);
  const byRule = executionsOf(answer)[0] ?? '';
  expect((await stdoutOf(byRule)).stdout).toBe('host=db.shop.svc pw=********');
  const flow = await createExecution(namespace, 'store.flow');
  const { status } = await succeeded(flow);
  const journal = status.workflow?.journal.join('\n') ?? '';
  expect(journal).toContain('\t[["s:db.host","db.shop.svc"],["s:db.password",["vault","password"]]]');
  const children = (await list(Execution, namespace)).filter(({ metadata }) =>
    metadata.ownerReferences?.some((owner) => owner.name === flow),
  );
  expect(children.map(({ spec }) => spec)).toMatchObject([
    {
      request: {
        parameters: {
          host: 'db.shop.svc',
          password: { valueFrom: { secretKeyRef: { name: 'vault', key: 'password' } } },
        },
      },
    },
  ]);
  expect(JSON.stringify([status, children])).not.toContain(SECRET);
});

test('of two with the same key the older one counts, and what has expired is gone', async () => {
  await apply(keyValue('first', { key: 'twice', value: '1' }));
  await ready(namespace, 'keyvalue/first');
  await new Promise((later) => setTimeout(later, 1100)); // creation times are whole seconds
  const soon = new Date(Date.now() + 3_000).toISOString();
  await apply(
    keyValue('second', { key: 'twice', value: '2' }),
    keyValue('short', { key: 'short', value: '1', expiresAt: soon }),
  );
  const condition = '{.status.conditions[?(@.type=="Ready")].reason}';
  await eventually(
    'the second one is refused',
    async () =>
      (await kubectl(['-n', namespace, 'get', 'keyvalue', 'second', '-o', `jsonpath=${condition}`])) === 'RefTaken',
  );
  await eventually(
    'the short one is deleted',
    async () => !(await list(KeyValue, namespace)).some(({ metadata }) => metadata.name === 'short'),
  );
});

test('by the API a Kubernetes user may what RBAC allows', async () => {
  await kubectl(['-n', namespace, 'create', 'serviceaccount', 'reader']);
  const token = (await kubectl(['-n', namespace, 'create', 'token', 'reader'])).trim();
  const headers = { 'x-auth-token': token };
  expect(await callDoor('GET', `${API}/keys/db.host`, { headers })).toMatchObject({
    code: 403,
    body: { faultstring: expect.stringContaining('may not get keyvalues.squall.dev "db.host"') },
  });
  await kubectl(['-n', namespace, 'create', 'role', 'reader', '--verb=get,list', '--resource=keyvalues.squall.dev']);
  const account = `--serviceaccount=${namespace}:reader`;
  await kubectl(['-n', namespace, 'create', 'rolebinding', 'reader', '--role=reader', account]);
  const found = await eventually('the right is known', async () => {
    const answer = await callDoor('GET', `${API}/keys/db.host`, { headers });
    return answer.code === 200 && answer;
  });
  expect(found.body).toMatchObject({ name: 'db.host', value: 'db.shop.svc' });
  expect((await callDoor('GET', `${API}/keys?prefix=db.`, { headers })).body).toMatchObject([
    { name: 'db.host' },
    { name: 'db.password', value: '********', encrypted: true },
  ]);
  expect((await callDoor('PUT', `${API}/keys/x`, { headers, body: { value: '1' } })).code).toBe(403);
  expect((await callDoor('GET', `${API}/keys/tok?decrypt=true`, { headers })).code).toBe(403);
});

test('who may not read a Secret cannot make an entry of it', async () => {
  const entry = { key: 'k', valueFrom: { secretKeyRef: { name: 'vault', key: 'password' } } };
  const keyvalues = { groups: ['squall.dev'], resources: ['keyvalues'], verbs: ['create'] };
  await grant(namespace, 'kim', [keyvalues]);
  expect(await isRefused('kim', namespace, 'KeyValue', entry)).toContain('you may not read the Secret "vault"');
  await tries('kim', namespace, 'KeyValue', { key: 'k', value: 'plain' });
  await grant(namespace, 'kim', [
    keyvalues,
    { groups: [''], resources: ['secrets'], verbs: ['get'], names: ['vault'] },
  ]);
  await eventually('the right is known', () => tries('kim', namespace, 'KeyValue', entry));
});

test('the command line stores, shows and deletes entries', async () => {
  expect((await squall('key', 'set', 'cli.color', 'blue', '--ttl', '600')).code).toBe(0);
  expect((await squall('key', 'get', 'cli.color', '-o', 'value')).stdout).toBe('blue\n');
  expect((await squall('key', 'list', '--prefix', 'cli.', '-o', 'name')).stdout).toBe('cli.color\n');
  expect((await squall('key', 'get', 'tok', '--decrypt', '-o', 'value')).stdout).toBe(`${SECRET}\n`);
  expect((await squall('key', 'delete', 'cli.color')).code).toBe(0);
  expect((await squall('key', 'get', 'cli.color')).code).toBe(1);
});
