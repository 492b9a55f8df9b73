// operator/domain/action/opened-secrets.ts — secrets of the datastore that templates decrypt, found out by rendering until no other one comes up.
import { secretMark } from '../../api/envelope.ts';
import type { Entries } from '../datastore/entry.ts';
import { datastoreOf } from '../datastore/view.ts';
import { ExpressionFault } from '../expression/fault.ts';
import type { Datastore } from '../expression/functions/call.ts';
import { Refused, type SecretKey } from './given-parameters.ts';
import { SecretText } from './secret-stand-ins.ts';

/** Secrets of the datastore in the parameters of one action. */
const SECRETS_MAX = 64;
const MARK = secretMark('').slice(0, -1);

export class OpenedSecrets {
  readonly #entries: Entries | undefined;
  readonly #taken: ReadonlySet<string>;
  readonly #hasOthers: boolean;
  readonly #names = new Map<string, string>();
  readonly #secrets = new Map<string, SecretKey>();
  /** What was read, so that no stand-in looks like it. */
  readonly texts = new Set<string>();

  /** `taken` are names that parameters have; `hasOthers` says whether there are secrets besides those of the datastore. */
  constructor(entries: Entries | undefined, taken: ReadonlySet<string>, hasOthers: boolean) {
    this.#entries = entries;
    this.#hasOthers = hasOthers;
    this.#taken = taken;
  }

  /** By the name of the mark that stands for it. */
  get secrets(): Readonly<Record<string, SecretKey>> {
    return Object.fromEntries(this.#secrets);
  }

  /** Renders again as long as something is decrypted for which there was no stand-in yet. @throws what `render` throws */
  untilKnown<T>(render: () => T): T {
    for (;;) {
      const before = this.#known();
      let fault: { readonly error: unknown } | undefined;
      let made: T | undefined;
      try {
        made = render();
      } catch (error) {
        fault = { error }; // it may come of a stand-in that was not there
      }
      if (this.#secrets.size > SECRETS_MAX)
        throw new Refused('RenderFailed', `parameters: they decrypt more than ${SECRETS_MAX} entries of the datastore`);
      if (this.#known() !== before) continue;
      if (fault) throw fault.error;
      return made as T;
    }
  }

  /** What stands for a secret in one rendering; `standIns` are those of this rendering, by name. */
  standIn(secret: SecretKey, standIns: Readonly<Record<string, SecretText>>): SecretText {
    const name = this.#nameOf(secret);
    return (Object.hasOwn(standIns, name) ? standIns[name] : undefined) ?? new SecretText('');
  }

  /** What one rendering reads; `standIns` are those of this rendering, by name. */
  datastore(user: string, standIns: Readonly<Record<string, SecretText>>): Datastore | undefined {
    if (!this.#entries) return undefined;
    const { read, open } = datastoreOf(this.#entries, user, (secret) => this.standIn(secret, standIns));
    return {
      ...(open && { open }),
      read: (scope, as, key) => {
        const text = read(scope, as, key);
        // It would be given the content of a secret in the pod.
        if (text?.includes(MARK))
          throw new ExpressionFault('value', 'ValueError', `st2kv.${scope}.${key} contains the character U+0001`);
        if (text !== undefined) this.texts.add(text);
        return text;
      },
    };
  }

  /** Texts matter only where there is a stand-in that they could look like. */
  #known(): string {
    const { size } = this.#secrets;
    return `${size} ${size > 0 || this.#hasOthers ? this.texts.size : 0}`;
  }

  #nameOf(secret: SecretKey): string {
    const id = `${secret.name}/${secret.key}`;
    const known = this.#names.get(id);
    if (known !== undefined) return known;
    let name = `st2kv.${this.#names.size}`;
    while (this.#taken.has(name)) name += '_';
    this.#names.set(id, name);
    this.#secrets.set(name, secret);
    return name;
  }
}
