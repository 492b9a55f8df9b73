// operator/http/event-secrets.test.ts — Secrets of events: none is left behind, and nobody else's is touched.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { KINDS } from '../api/kinds.ts';
import type { Draft } from '../api/meta.ts';
import { Client } from '../kube/client.ts';
import { ScriptedTransport } from '../kube/scripted.ts';
import { createLog } from '../telemetry/log.ts';
import { EventSecrets, SecretTakenError } from './event-secrets.ts';
import { SecretsJournal } from './secrets-journal.ts';

const PATH = '/api/v1/namespaces/default/secrets/run-secrets';
const SECRET: Draft = {
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'run-secrets', namespace: 'default' },
  type: 'squall.dev/parameters',
  stringData: { pw: 'x' },
};
const EXECUTION: Draft = {
  apiVersion: 'squall.dev/v1alpha1',
  kind: 'Execution',
  metadata: { name: 'run', namespace: 'default' },
};

/** As the API server does: the type of a Secret cannot be changed. */
class Api extends ScriptedTransport {
  override async replace(path: string, object: object) {
    const old = this.object(path) as { type?: string } | undefined;
    if (old && old.type !== (object as { type?: string }).type)
      this.fail({ verb: 'replace', path }, { code: 422, reason: 'Invalid' });
    return await super.replace(path, object);
  }
}

function setUp() {
  const transport = new Api([], KINDS);
  const client = new Client({ transport, kinds: KINDS, fieldManager: 'squall', instance: 'test' });
  const directory = join(mkdtempSync(join(tmpdir(), 'squall-journal-')), 'journal');
  onTestFinished(() => rmSync(join(directory, '..'), { recursive: true, force: true }));
  let now = new Date('2026-01-01T00:00:00Z');
  const secrets = new EventSecrets({
    transport,
    client,
    journal: new SecretsJournal(directory),
    log: createLog({ level: 'silent' }),
    now: () => now,
  });
  const later = () => {
    now = new Date(now.getTime() + 120_000);
  };
  return { transport, secrets, directory, later, journal: () => readdirSync(directory) };
}

test('the journal has no value and is empty again when the Secret has its owner', async () => {
  const { transport, secrets, directory, journal } = setUp();
  expect(await secrets.make(SECRET, 'run', {})).toBe(true);
  expect(journal()).toHaveLength(1);
  expect(readFileSync(join(directory, journal()[0] ?? ''), 'utf8')).not.toContain('"pw"');
  await secrets.own(SECRET, transport.put(EXECUTION), {});
  expect(journal()).toEqual([]);
  expect(transport.object(PATH)?.metadata.ownerReferences).toHaveLength(1);
});

test('a Secret whose Execution never came is deleted, one whose Execution exists stays until that is gone', async () => {
  const { transport, secrets, later, journal } = setUp();
  await secrets.make(SECRET, 'run', {});
  await secrets.sweep();
  expect(transport.object(PATH)).toBeDefined(); // too young
  transport.put(EXECUTION);
  later();
  await secrets.sweep();
  expect([transport.object(PATH) !== undefined, journal().length]).toEqual([true, 1]);
  transport.drop('/apis/squall.dev/v1alpha1/namespaces/default/executions/run');
  await secrets.sweep();
  expect([transport.object(PATH), journal().length]).toEqual([undefined, 0]);
});

test('a sweep that the API server does not answer keeps its entry for the next one', async () => {
  const { transport, secrets, later, journal } = setUp();
  await secrets.make(SECRET, 'run', {});
  later();
  transport.fail({ verb: 'get' }, { code: 500 });
  await secrets.sweep();
  expect(journal()).toHaveLength(1);
  await secrets.sweep();
  expect(transport.object(PATH)).toBeUndefined();
});

test("somebody else's Secret of that name is neither changed nor deleted", async () => {
  const { transport, secrets, later, directory } = setUp();
  transport.put({ ...SECRET, type: 'Opaque', stringData: { mine: '1' } });
  await expect(secrets.make(SECRET, 'run', {})).rejects.toThrow(SecretTakenError);
  // Also where a crash has left the entry in the journal.
  writeFileSync(
    join(directory, 'x.json'),
    JSON.stringify({
      namespace: 'default',
      secret: 'run-secrets',
      execution: 'run',
      writtenAt: '2025-01-01T00:00:00Z',
    }),
  );
  later();
  await secrets.sweep();
  expect(transport.object(PATH)).toMatchObject({ type: 'Opaque', stringData: { mine: '1' } });
});

test('values of an Execution that exists already are not overwritten', async () => {
  const { transport, secrets } = setUp();
  transport.put(EXECUTION);
  transport.put(SECRET);
  expect(await secrets.make({ ...SECRET, stringData: { pw: 'other' } }, 'run', {})).toBe(false);
  expect(transport.object(PATH)).toMatchObject({ stringData: { pw: 'x' } });
});

test('what a crash has cut off in the journal does not stop a sweep', async () => {
  const { transport, secrets, directory, later } = setUp();
  await secrets.make(SECRET, 'run', {});
  writeFileSync(join(directory, 'half.json'), '{"namespace": "defa');
  later();
  await secrets.sweep();
  expect(transport.object(PATH)).toBeUndefined();
});
