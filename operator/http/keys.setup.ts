// operator/http/keys.setup.ts — for tests: a door with a datastore behind it, called as StackStorm's client calls.
import { onTestFinished } from 'vitest';
import type { Draft } from '../api/meta.ts';
import { BASE, openDoor } from './door.setup.ts';

export const KEYS = '/apis/squall.dev/v1alpha1/namespaces/default/keyvalues';
export const SECRET = '/api/v1/namespaces/default/secrets/squall-datastore';
export const NS = '/ns/default/api/v1';
const TOKEN = { 'x-auth-token': 'jane-token' };

interface Shown {
  readonly id: string;
  readonly uid: string;
  readonly name: string;
  readonly value: string;
  readonly faultstring: string;
  readonly expire_timestamp: string;
}

const owner = (kind: string, name: string, uid: string) => ({
  ownerReferences: [{ apiVersion: 'v1', kind, name, uid, controller: true }],
});

/** A door with these objects, a way to call it, and the credential of a pod. */
export async function scene(...objects: readonly Draft[]) {
  const door = await openDoor([...BASE, ...objects]);
  onTestFinished(() => door[Symbol.asyncDispose]());
  door.api.users.set('jane-token', 'jane').set('eve-token', 'eve');
  door.api.allowed.add('jane');
  const call = async (
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = TOKEN,
  ) => {
    // As the client does: a slash at the end of names, and booleans in Python's spelling.
    const answer = await fetch(`${door.url}${path}`, {
      method,
      headers: { 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return {
      status: answer.status,
      headers: answer.headers,
      body: (text === '' ? {} : JSON.parse(text)) as Shown & Shown[],
    };
  };
  const podOf = async (namespace: string, user: string) => {
    const at = (name: string) => ({ namespace, name });
    const execution = door.api.put({
      apiVersion: 'squall.dev/v1alpha1',
      kind: 'Execution',
      metadata: at('run'),
      spec: { request: { action: 'acme.fix', context: { user } }, control: 'run' },
    });
    const labels = { 'squall.dev/attempt': '1', 'squall.dev/execution': 'run' };
    const job = door.api.put({
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { ...at('run-1'), labels, ...owner('Execution', 'run', execution.metadata.uid) },
    });
    const pod = door.api.put({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { ...at('run-1-x'), labels, ...owner('Job', 'run-1', job.metadata.uid) },
    });
    return { 'x-auth-token': await door.api.podToken(pod) };
  };
  return { door, call, podOf };
}

export const keyValue = (name: string, spec: object): Draft => ({
  apiVersion: 'squall.dev/v1alpha1',
  kind: 'KeyValue',
  metadata: { name, namespace: 'default' },
  spec: { scope: 'system', ...spec },
});
