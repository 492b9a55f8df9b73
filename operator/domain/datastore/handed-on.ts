// operator/domain/datastore/handed-on.ts — secrets of the datastore where nobody may know them: rules and workflows hand on where each one is.
import type { SecretValue } from '../../api/action.ts';
import type { SecretKey } from '../action/given-parameters.ts';
import type { Datastore } from '../expression/functions/call.ts';
import type { Entries } from './entry.ts';
import { datastoreOf } from './view.ts';

const EDGE = '\u{e000}';
const BEGIN = `${EDGE}squall:datastore:`;
/** Of what a mark is made once it was written as JSON, as Python, in a URL or in capitals, also several times over. */
const WRITTEN = {
  edge: `(?:${EDGE}|(?<!\\\\)\\\\+ue000|%(?:25)*EE%(?:25)*80%(?:25)*80)`,
  core: 'squall(?::|%(?:25)*3A)datastore(?::|%(?:25)*3A)',
  slash: '(?:/|%(?:25)*2F)',
  name: '[-.\\w]*',
};
/** A mark as it may be written, whole or with one of its ends alone; the words without an end of it are anybody's. */
const MARK = new RegExp(
  `${WRITTEN.edge}${WRITTEN.core}${WRITTEN.name}(?:${WRITTEN.slash}${WRITTEN.name}${WRITTEN.edge}?)?` +
    `|${WRITTEN.core}${WRITTEN.name}${WRITTEN.slash}${WRITTEN.name}${WRITTEN.edge}`,
  'giu',
);
const WHOLE = new RegExp(`^${BEGIN}[^${EDGE}/]*/[^${EDGE}/]*${EDGE}$`, 'u');

/** What a decrypted entry, or a secret that a workflow was given, is in expressions of rules and workflows: a text that may be passed on, and must stay whole. */
const markOf = ({ name, key }: SecretKey): string => `${BEGIN}${name}/${key}${EDGE}`;

const referenceTo = ({ name, key }: SecretKey): SecretValue => ({ valueFrom: { secretKeyRef: { name, key } } });

/** What stands where a secret was, in what people see. */
export const MASK = '********';

/** Hides such texts, in what people see; of JSON too, which stays JSON. */
export const withoutMarks = (text: string): string => text.replaceAll(MARK, MASK);

/** Whether such a text, or what is left of one, is in a value, also where it was written down in another language meanwhile. */
export const hasMark = (value: unknown): boolean => JSON.stringify(value ?? null).search(MARK) >= 0;

/** Whether a value is such a text and nothing else. */
export const isMark = (value: unknown): boolean => typeof value === 'string' && WHOLE.test(value);

/** A parameter of a rule's action that a secret of the datastore cannot go to. */
const misplaced = (parameter: string): string =>
  `${parameter}: a secret of the datastore may only be the whole value of a parameter that the action declares secret; decrypt it in the action instead, in the default of a parameter`;

/** A parameter of a task that neither a secret of the datastore nor one that its workflow was given can go to. */
export const misplacedInTask = (parameter: string): string =>
  `${parameter}: a secret may only be the whole value of a parameter that the action declares secret; let the action put it into a text, or decrypt it there, in the default of a parameter`;

type Parameters = Readonly<Record<string, unknown>>;

/** The secrets that some expressions have decrypted, or were given. Only those can be handed on: an event or a result that looks like one is data. */
export class HandedOn {
  readonly #opened = new Map<string, SecretKey>();

  datastore(entries: Entries, user: string): Datastore {
    return datastoreOf(entries, user, (secret) => this.open(secret));
  }

  open(secret: SecretKey): string {
    const mark = markOf(secret);
    this.#opened.set(mark, secret);
    return mark;
  }

  get size(): number {
    return this.#opened.size;
  }

  /** The reference that a whole value stands for, if it is one that was decrypted here. */
  reference(value: unknown): SecretValue | undefined {
    const secret = typeof value === 'string' ? this.#opened.get(value) : undefined;
    return secret && referenceTo(secret);
  }

  has(reference: SecretValue): boolean {
    return this.#opened.has(markOf(reference.valueFrom.secretKeyRef));
  }

  /** References in the place of marks. `secrets` are the parameters that are declared secret. @throws Error for one elsewhere */
  replaced(parameters: Parameters, secrets: readonly string[], place: string) {
    if (this.#opened.size === 0) return { parameters, references: [] as string[] };
    const references: string[] = [];
    const found = new Set<unknown>();
    const entries = Object.entries(parameters).map(([name, value]): [string, unknown] => {
      const reference = this.reference(value);
      if (reference && secrets.includes(name)) {
        references.push(name);
        found.add(value);
        return [name, reference];
      }
      if (reference || hasMark(value)) throw new Error(misplaced(`${place}.${name}`));
      return [name, value];
    });
    // One that is nowhere was changed on the way: what came of it is no secret, and not what was wanted either.
    if (found.size < this.#opened.size)
      throw new Error(misplaced(`${place}: a template computes with what it decrypts`));
    return { parameters: Object.fromEntries(entries), references };
  }
}
