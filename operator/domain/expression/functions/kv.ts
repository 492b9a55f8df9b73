// operator/domain/expression/functions/kv.ts — the datastore in expressions: `st2kv.system.name` of templates, and the function st2kv() of workflows.
import { readCryptoKey } from '../../datastore/crypto-key.ts';
import { decrypt } from '../../datastore/encryption.ts';
import { ExpressionFault, typeFault, undefinedFault } from '../fault.ts';
import { dictGet, isDict } from '../python/dict.ts';
import { toFloat } from '../python/parse-number.ts';
import { repr, str } from '../python/repr.ts';
import { type Plain, PyObject, typeName, type Value } from '../python/values.ts';
import { bind, type Call, type Datastore, type PyFunction } from './call.ts';

/** Whose `st2kv.user` entries are meant where no user is told: StackStorm's system user. */
const SYSTEM_USER = 'stanley';

/**
 * A place in the datastore that a template names, step by step; it is read when it is printed. It is always there, always true,
 * and no text: what is not stored prints as nothing.
 */
export class KeyLookup extends PyObject {
  readonly typeName: string;
  readonly #scope: 'system' | 'user';
  readonly #user: string;
  readonly #key: string | undefined;
  readonly #datastore: Datastore | undefined;
  constructor(datastore: Datastore | undefined, scope: 'system' | 'user', user: string, key?: string) {
    super();
    this.typeName = scope === 'system' ? 'KeyValueLookup' : 'UserKeyValueLookup';
    this.#datastore = datastore;
    this.#scope = scope;
    this.#user = user;
    this.#key = key;
  }

  /** As error messages call it. */
  get keyName(): string {
    return `st2kv.${this.#scope}.${this.#key ?? ''}`;
  }
  repr(): string {
    return `<st2common.services.keyvalues.${this.typeName} object at 0x000000000000>`;
  }
  override text(): string {
    if (this.#key === undefined) throw undefinedFault('KeyError', "''");
    return this.#datastore?.read(this.#scope, this.#user, this.#key) ?? '';
  }
  override item(name: Value): Value {
    const key = this.#key === undefined ? str(name) : `${this.#key}.${str(name)}`;
    return new KeyLookup(this.#datastore, this.#scope, this.#user, key);
  }
  override attribute(name: string): Value {
    return this.item(name);
  }
  override hashKey(): string {
    return `st2kv:${this.#scope}:${this.#user}:${this.#key ?? ''}`;
  }
  /** What int and float make of it: the number in its text; one of a user's is none. @throws ExpressionFault ValueError */
  number(): Value {
    return this.#scope === 'system' ? toFloat(this.text()) : this;
  }
}

/** The value of `st2kv` in templates. `user` owns the entries of `st2kv.user`. */
export const kvScopes = (datastore: Datastore | undefined, user = SYSTEM_USER): Plain => ({
  system: new KeyLookup(datastore, 'system', user),
  user: new KeyLookup(datastore, 'user', user),
});

/** `value | decrypt_kv`: a lookup, or what encryption gave. */
export const decryptKv: PyFunction = (call, scope) => {
  const [value = null] = bind('decrypt_kv', call, ['value']);
  const text = value instanceof KeyLookup ? value.text() : value;
  if (value instanceof KeyLookup && text === '') {
    const message = `Referenced datastore item "${value.keyName}" doesn't exist or it contains an empty string`;
    throw new ExpressionFault('value', 'ValueError', message);
  }
  const ciphertext = text instanceof PyObject && text.isText() ? text.text() : text;
  if (typeof ciphertext !== 'string') {
    throw typeFault(`Ciphertext needs to either be a string/unicode or bytes (was <class '${typeName(ciphertext)}'>).`);
  }
  return decrypted(ciphertext, scope.datastore);
};

function decrypted(ciphertext: string, datastore: Datastore | undefined): Value {
  if (datastore?.open) return datastore.open(ciphertext);
  const key = datastore?.cryptoKey;
  if (key === undefined) {
    throw new ExpressionFault('value', 'ValueError', 'there is no key to decrypt with: none is set for the datastore');
  }
  return decrypt(readCryptoKey(key), ciphertext);
}

const evaluationFault = (message: string) => new ExpressionFault('value', 'ExpressionEvaluationException', message);

/** Orquesta's st2kv(key, decrypt=…, default=…); the user is that of the workflow's context. */
export const st2kv: PyFunction = ({ args, named }: Call, scope) => {
  const [key, ...rest] = [...args, ...(args.length === 0 && named.has('key') ? [named.get('key') as Value] : [])];
  if (key === undefined) throw typeFault("st2kv_() missing 1 required positional argument: 'key'");
  if (rest.length > 0) {
    throw typeFault(`st2kv_() takes 2 positional arguments but ${args.length + 1} were given`);
  }
  const name = typeof key === 'object' && key instanceof PyObject && key.isText() ? key.text() : key;
  if (typeof name !== 'string') throw typeFault('Given key is not typeof string.');
  const decrypts = named.get('decrypt') ?? false;
  if (typeof decrypts !== 'boolean') throw typeFault('Decrypt parameter is not typeof bool.');
  const user = userOf(scope.context);
  const isSystem = name.startsWith('system.');
  const stored = isSystem
    ? scope.datastore?.read('system', user, name.slice('system.'.length))
    : scope.datastore?.read('user', user, name);
  if (stored === undefined) {
    const fallback = named.get('default');
    if (fallback !== undefined) return fallback;
    const shown = isSystem ? name.slice('system.'.length) : `${user}:${name}`;
    throw evaluationFault(`The key "${shown}" does not exist in the StackStorm datastore.`);
  }
  return decrypts ? decryptedEntry(stored, scope.datastore) : stored;
};

function decryptedEntry(stored: string, datastore: Datastore | undefined): Value {
  try {
    return decrypted(stored, datastore);
  } catch (cause) {
    if (!(cause instanceof ExpressionFault) || cause.kind === 'budget') throw cause;
    throw new ExpressionFault('value', 'ExpressionEvaluationException', cause.message, { cause });
  }
}

function userOf(context: Value): string {
  const st2 = isDict(context) ? dictGet(context, 'st2') : undefined;
  const user = st2 !== undefined && isDict(st2) ? dictGet(st2, 'user') : undefined;
  if (user === undefined) throw undefinedFault('KeyError', repr('Could not get user from context.'));
  return str(user);
}
