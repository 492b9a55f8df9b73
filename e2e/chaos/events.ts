// e2e/chaos/events.ts — events sent as a careful sender does: under one id, again and again until they are accepted.
import { setTimeout as sleep } from 'node:timers/promises';
import { apply, ended, executionsOf, ours, post, ready } from '../harness.ts';
import type { Ledger } from './ledger.ts';

export interface Accepted {
  readonly id: string;
  readonly execution: string;
  /** How often it was sent before the door took it. */
  readonly tries: number;
}

/** A webhook whose deliveries carry their id in X-Id, and a rule that writes each into the ledger. */
export async function ledgerRule(namespace: string, url: string, ledger: Ledger, action: object = {}): Promise<void> {
  await apply(
    ours('Action', namespace, `${url}.write`, {
      runner: 'local-shell-script',
      script: `#!/bin/bash\n${ledger.command('$1')}\n`,
      parameters: {
        id: { type: 'string', required: true, position: 0 },
        password: { type: 'string', secret: true, required: true, position: 1 },
      },
      ...action,
    }),
    ours('TriggerType', namespace, `${url}.event`, {
      webhook: { url, authentication: 'open', id: { header: 'X-Id' } },
    }),
    ours('Rule', namespace, `${url}.write`, {
      trigger: { type: `${url}.event` },
      action: {
        ref: `${url}.write`,
        parameters: { id: '{{ trigger.body.id }}', password: 'of {{ trigger.body.id }}' },
      },
    }),
  );
  await ready(namespace, `rule/${url}.write`, `action/${url}.write`);
}

/** Sends one event until it is accepted. @throws Error when the door says that it never will be */
export async function send(namespace: string, url: string, id: string, seconds = 180): Promise<Accepted> {
  const until = performance.now() + seconds * 1000;
  for (let tries = 1; ; tries += 1) {
    const answer = await post(`/ns/${namespace}/api/v1/webhooks/${url}`, { id }, { 'X-Id': id }).catch(() => undefined);
    if (answer?.code === 202) {
      const names = executionsOf(answer);
      if (names.length !== 1) throw new Error(`event ${id} was accepted with ${names.length} executions`);
      return { id, execution: names[0]!, tries };
    }
    if (answer && ![429, 503].includes(answer.code))
      throw new Error(`event ${id}: ${answer.code} ${JSON.stringify(answer.body)}`);
    if (performance.now() > until) throw new Error(`event ${id} was not accepted within ${seconds} s`);
    await sleep(100 + Math.random() * 200);
  }
}

/** Sends `count` events, `parallel` at a time. */
export async function sendAll(
  namespace: string,
  url: string,
  ids: readonly string[],
  parallel = 8,
): Promise<Accepted[]> {
  const left = [...ids];
  const accepted: Accepted[] = [];
  const worker = async (): Promise<void> => {
    for (let id = left.shift(); id !== undefined; id = left.shift()) accepted.push(await send(namespace, url, id));
  };
  await Promise.all(Array.from({ length: parallel }, worker));
  return accepted;
}

/** The lines that the ledger must hold once all have ended well. */
export async function settled(namespace: string, accepted: readonly Accepted[], seconds = 240): Promise<string[]> {
  const ends = await Promise.all(
    accepted.map(async ({ id, execution }) => ({ id, end: await ended(namespace, execution, seconds) })),
  );
  const bad = ends.filter(({ end }) => end.status.phase !== 'Succeeded');
  if (bad.length > 0)
    throw new Error(`not Succeeded: ${JSON.stringify(bad.map(({ end }) => end.status)).slice(0, 4000)}`);
  return ends.map(({ id, end }) => `${id} ${end.metadata.name} ${end.status.attempt}`);
}

export const idsOf = (prefix: string, count: number): string[] =>
  Array.from({ length: count }, (_, i) => `${prefix}-${i}`);
