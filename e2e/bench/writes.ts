// e2e/bench/writes.ts — the audit log → how many writes of the operator's user one execution costs.
import { readFileSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  apply,
  ended,
  eventually,
  executionsOf,
  getExecution,
  kubectl,
  list,
  openWebhook,
  ours,
  post,
  ready,
  stage,
} from '../harness.ts';
import type { Figure } from './figures.ts';

interface Entry {
  readonly verb: string;
  readonly user: { readonly username: string };
  readonly stage: string;
  readonly objectRef?: {
    readonly resource?: string;
    readonly namespace?: string;
    readonly name?: string;
    readonly subresource?: string;
  };
  readonly responseStatus?: { readonly code?: number };
  readonly requestReceivedTimestamp: string;
}

const WRITES = ['create', 'update', 'patch', 'delete', 'deletecollection'];

/** Writes in one namespace since `from` (bytes into the log), reviews of tokens and access not counted: they store nothing. */
function entriesSince(from: number, namespace: string): readonly Entry[] {
  const text = readFileSync(stage.auditLog!).subarray(from).toString();
  return text
    .split('\n')
    .filter((line) => line.startsWith('{') && line.endsWith('}'))
    .map((line) => JSON.parse(line) as Entry)
    .filter(
      ({ verb, stage: at, objectRef, responseStatus }) =>
        WRITES.includes(verb) &&
        at === 'ResponseComplete' &&
        objectRef?.namespace === namespace &&
        (responseStatus?.code ?? 500) < 300,
    );
}

function writesSince(from: number, namespace: string): { readonly ours: string[]; readonly all: number } {
  const entries = entriesSince(from, namespace);
  const operator = `system:serviceaccount:${stage.namespace}:${stage.release}`;
  const own = entries.filter(({ user }) => user.username === operator);
  return {
    ours: own.map(
      ({ verb, objectRef }) =>
        `${verb} ${objectRef!.resource}${objectRef!.subresource ? `/${objectRef!.subresource}` : ''}`,
    ),
    all: entries.length,
  };
}

/** Times (in ms since 1970) at which the status of one Execution was written since `from`. */
export const statusWritesSince = (from: number, namespace: string, name: string): readonly number[] =>
  entriesSince(from, namespace)
    .filter(({ objectRef: of }) => of?.resource === 'executions' && of.subresource === 'status' && of.name === name)
    .map(({ requestReceivedTimestamp }) => Date.parse(requestReceivedTimestamp));

/** Where the audit log ends now, in bytes. */
export const offset = (): number => statSync(stage.auditLog!).size;

/** Counts the writes of `count` executions that events cause: until known, and over their whole life. */
export async function writes(namespace: string, count = 10): Promise<Figure[]> {
  if (stage.auditLog === undefined) return [];
  await apply(
    ...openWebhook(namespace, 'plain', { ref: 'core.local', parameters: { cmd: 'echo hello' } }),
    ours('Action', namespace, 'writes.secret', {
      runner: 'local-shell-script',
      script: '#!/bin/sh\necho got it\n',
      parameters: { token: { type: 'string', secret: true, required: true, position: 0 } },
    }),
    ...openWebhook(namespace, 'secret', { ref: 'writes.secret', parameters: { token: '{{ trigger.body.token }}' } }),
  );
  await ready(namespace, 'rule/hooks.plain', 'rule/hooks.secret');
  const figures: Figure[] = [];
  for (const [hook, life] of [
    ['plain', 6],
    ['secret', 7],
  ] as const) {
    const from = offset();
    const names: string[] = [];
    for (let i = 0; i < count; i += 1) {
      names.push(...executionsOf(await post(`/ns/${namespace}/api/v1/webhooks/${hook}`, { i, token: `secret-${i}` })));
    }
    for (const name of names) await ended(namespace, name);
    await sleep(2000);
    const known = writesSince(from, namespace).ours.filter((write) => !write.startsWith('delete'));
    await eventually(
      'their Jobs are gone',
      async () => (await list({ apiVersion: 'batch/v1', plural: 'jobs' }, namespace)).length === 0,
      90,
    );
    // Their end of life, brought forward: the operator deletes each as it would a day later.
    for (const name of names) {
      await kubectl([
        '-n',
        namespace,
        'patch',
        'execution',
        name,
        '--type=merge',
        '-p',
        '{"spec":{"ttlSecondsAfterFinished":0}}',
      ]);
    }
    await sleep(1000);
    const left = (await Promise.all(names.map((name) => getExecution(namespace, name)))).filter(
      (found) => found !== undefined,
    );
    const whole = writesSince(from, namespace);
    const perLife = whole.ours.length / count + (left.length > 0 ? left.length / count : 0);
    const each = (found: readonly string[]): string =>
      Object.entries(Object.groupBy(found, (write) => write))
        .map(([write, times]) => `${((times?.length ?? 0) / count).toFixed(1)} ${write}`)
        .join(', ');
    figures.push({
      what: `API writes of the operator per execution (${hook}), until known: ${each(known)}`,
      measured: (known.length / count).toFixed(1),
      reference: `all writers ${(whole.all / count).toFixed(1)} so far`,
      budget: hook === 'plain' ? '≤ 4' : 'none; over its life, below',
      met: hook !== 'plain' || known.length / count <= 4,
    });
    figures.push({
      what: `… over its life (${hook}), its deletion included`,
      measured: perLife.toFixed(1),
      budget: `≤ ${life}`,
      met: perLife <= life,
    });
  }
  return figures;
}
