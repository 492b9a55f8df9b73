// operator/http/log-lines.test.ts — what the door logs of an execution is found by its uid, and has nothing of its content.
import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import type { Execution } from '../api/kinds.ts';
import { createLog } from '../telemetry/log.ts';
import { API_KEY, BASE, openDoor, rule } from './door.setup.ts';

const owner = (kind: string, name: string, uid: string) => ({
  ownerReferences: [{ apiVersion: 'v1', kind, name, uid, controller: true }],
});

test('from the event to the result, with the trace', async () => {
  const lines: string[] = [];
  const destination = new Writable({
    write: (chunk, _encoding, done) => {
      lines.push(String(chunk));
      done();
    },
  });
  const fix = rule('fix', { action: { ref: 'acme.fix', parameters: { cmd: 'echo {{ trigger.body.host }}' } } });
  await using door = await openDoor([...BASE, fix], { log: createLog({ destination, level: 'debug' }) });
  const event = await door.post('/api/v1/webhooks/acme/alert', { host: 'db-7-private' }, { 'st2-api-key': API_KEY });
  expect(event.status).toBe(202);
  const [execution] = door.executions();
  const { name = '', uid = '' } = execution?.metadata ?? {};
  const metadata = { namespace: 'default', labels: { 'squall.dev/attempt': '1', 'squall.dev/execution': name } };
  const job = door.api.put({
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { ...metadata, name: 'j', ...owner('Execution', name, uid) },
  });
  const pod = door.api.put({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...metadata, name: 'p', ...owner('Job', 'j', job.metadata.uid) },
  });
  const now = new Date().toISOString();
  const result = { stdout: 'db-7-private' };
  const envelope = { attempt: 1, outcome: 'failed', result, startedAt: now, endedAt: now };
  const path = `/internal/v1/namespaces/default/executions/${name}/result`;
  const authorization = `Bearer ${await door.api.podToken(pod)}`;
  const answer = await door.post(path, JSON.stringify(envelope), { authorization });
  expect([answer.status, await answer.text()]).toEqual([204, '']);

  const { spec } = execution as unknown as Execution;
  const trace = spec.request.context?.trace?.id;
  expect(trace).toMatch(/^[0-9a-f]/);
  expect(lines.filter((line) => line.includes(uid)).map((line) => JSON.parse(line))).toMatchObject([
    { level: 'info', msg: 'event led to executions', executions: [name], uids: [uid], trace },
    { level: 'info', msg: 'result taken', execution: name, uid, trace, phase: 'Failed', attempt: 1 },
  ]);
  expect(lines.join('')).not.toContain('db-7-private');
});
