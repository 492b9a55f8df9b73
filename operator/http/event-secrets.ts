// operator/http/event-secrets.ts — Secrets for rendered secret parameters: made before their Execution, owned by it after.
import { Execution as ExecutionKind } from '../api/kinds.ts';
import type { Draft, KubeObject } from '../api/meta.ts';
import { SECRET_TYPE } from '../domain/rule/draft.ts';
import type { Client } from '../kube/client.ts';
import { AmbiguousError, isAlreadyExists, isNotFound, statusOf } from '../kube/errors.ts';
import { collectionPath, KIND } from '../kube/paths.ts';
import type { CallOptions, Transport } from '../kube/transport.ts';
import type { Log } from '../telemetry/log.ts';
import type { JournalEntry, SecretsJournal } from './secrets-journal.ts';

/** The operator may create, update and delete Secrets, and not read them. */
export interface EventSecretsOptions {
  readonly transport: Transport;
  readonly client: Client;
  readonly journal: SecretsJournal;
  readonly log: Log;
  readonly now?: () => Date;
}

/** How old an entry must be before its Secret counts as left behind; creations take seconds. */
const ORPHAN_MS = 60_000;

/** The name of a Secret is taken by one that we did not make. */
export class SecretTakenError extends Error {
  override readonly name = 'SecretTakenError';
}

export class EventSecrets {
  readonly #options: EventSecretsOptions;

  constructor(options: EventSecretsOptions) {
    this.#options = options;
  }

  /** Makes the Secret. @returns false when it is that of an Execution which exists already. @throws SecretTakenError */
  async make(secret: Draft, execution: string, options: CallOptions): Promise<boolean> {
    const { journal, transport, now = () => new Date() } = this.#options;
    const entry = entryOf(secret, execution, now());
    await journal.add(entry);
    try {
      await transport.create(collectionPath(KIND.secret, entry.namespace), secret, options);
    } catch (error) {
      if (!isAlreadyExists(error) && !(error instanceof AmbiguousError)) throw error;
      // An earlier try has made it. Its Execution may use the values that it has.
      if (!(await this.#isOrphan(entry))) return false;
      await this.#replace(secret, entry, options);
    }
    return true;
  }

  /** Gives the Secret to its Execution; when that does not work, the sweep deletes it after the Execution. */
  async own(secret: Draft, execution: KubeObject, options: CallOptions): Promise<void> {
    const { name, uid } = execution.metadata;
    const owner = { apiVersion: execution.apiVersion, kind: execution.kind, name, uid, controller: true };
    const owned = { ...secret, metadata: { ...secret.metadata, ownerReferences: [owner] } };
    try {
      await this.#options.client.replace(owned, options);
      await this.#options.journal.remove(entryOf(secret, name, new Date(0)));
    } catch (err) {
      this.#options.log.warn({ execution: name, err }, 'secret has no owner yet');
    }
  }

  /** Deletes the Secrets whose Execution does not exist; to be called at start and every 5 min. */
  async sweep(): Promise<void> {
    const { journal, log, now = () => new Date() } = this.#options;
    for (const entry of await journal.entries()) {
      if (now().getTime() - Date.parse(entry.writtenAt) < ORPHAN_MS) continue;
      try {
        if (await this.#isOrphan(entry)) await this.#delete(entry);
      } catch (err) {
        log.warn({ namespace: entry.namespace, execution: entry.execution, err }, 'secret is looked at again later');
      }
    }
  }

  async #replace(secret: Draft, entry: JournalEntry, options: CallOptions): Promise<void> {
    try {
      await this.#options.client.replace(secret, options);
    } catch (cause) {
      if (isNotFound(cause)) {
        const path = collectionPath(KIND.secret, secret.metadata.namespace);
        await this.#options.transport.create(path, secret, options);
        return;
      }
      // A Secret's type cannot be changed: one that refuses ours is somebody else's.
      if (statusOf(cause)?.code !== 422) throw cause;
      await this.#options.journal.remove(entry);
      const { namespace, name } = secret.metadata;
      throw new SecretTakenError(
        `Secret ${namespace}/${name} exists already and was not made by Squall; delete or rename it: kubectl delete secret -n ${namespace} ${name}`,
        { cause },
      );
    }
  }

  async #isOrphan({ namespace, execution }: JournalEntry): Promise<boolean> {
    return (await this.#options.client.getLive(ExecutionKind, `${namespace}/${execution}`)) === undefined;
  }

  async #delete(entry: JournalEntry): Promise<void> {
    const { client, journal, log } = this.#options;
    const { namespace, secret: name } = entry;
    try {
      // Emptied first: it works only on a Secret of our type, and the answer has the uid that the delete is bound to.
      const ours = await client.replace({
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { namespace, name },
        type: SECRET_TYPE,
      });
      await client.delete(ours);
      log.info({ namespace, execution: entry.execution }, 'secret without execution deleted');
    } catch (error) {
      if (!isNotFound(error) && statusOf(error)?.code !== 422) throw error;
    }
    await journal.remove(entry);
  }
}

const entryOf = ({ metadata }: Draft, execution: string, now: Date): JournalEntry => ({
  namespace: metadata.namespace ?? '',
  secret: metadata.name,
  execution,
  writtenAt: now.toISOString(),
});
