// operator/domain/datastore/view.ts — the entries of a namespace as expressions of one user see them: secret ones are sealed until they are decrypted.
import type { SecretKey } from '../action/given-parameters.ts';
import { ExpressionFault } from '../expression/fault.ts';
import type { Datastore } from '../expression/functions/call.ts';
import type { Value } from '../expression/python/values.ts';
import type { Entries, EntryId } from './entry.ts';

/** What an expression reads of a secret entry: a text that says which it is, in the place of StackStorm's ciphertext. */
const SEALED = /^encrypted:st2kv\.(system|user)\.(.*)$/s;

export const sealed = ({ scope, key }: Pick<EntryId, 'scope' | 'key'>): string => `encrypted:st2kv.${scope}.${key}`;

/** What `decrypt_kv` gives for a secret entry. @throws ExpressionFault where nothing may be given */
export type OpenSecret = (secret: SecretKey, name: string) => Value;

/** `user` is whose entries st2kv.user are, whatever an expression says that the user is. */
export const datastoreOf = (entries: Entries, user: string, open: OpenSecret): Datastore => ({
  read: (scope, as, key) => {
    if (scope === 'user' && as !== user) return undefined;
    const id: EntryId = { scope, user: scope === 'user' ? user : '', key };
    const entry = entries(id);
    if (entry === undefined) return undefined;
    return 'value' in entry ? entry.value : sealed(id);
  },
  open: (text) => {
    const [, scope, key = ''] = SEALED.exec(text) ?? [];
    const entry = scope && entries({ scope: scope as EntryId['scope'], user: scope === 'user' ? user : '', key });
    if (entry && 'secret' in entry) return open(entry.secret, `st2kv.${scope}.${key}`);
    const shown = scope ? `st2kv.${scope}.${key}` : 'what is to be decrypted';
    throw new ExpressionFault(
      'value',
      'ValueError',
      `${shown} is not a secret entry of the datastore; leave decrypt out, or store it as secret`,
    );
  },
});

/** Where no secret may be read at all. `place` says where that is. */
export const refuseSecrets =
  (place: string): OpenSecret =>
  (_, name) => {
    throw new ExpressionFault(
      'value',
      'ValueError',
      `${name} is secret and cannot be decrypted in ${place}: only the pod of an action has its value; give it to a parameter that the action declares secret`,
    );
  };
