// operator/domain/workflow/reads.ts — what a run reads of the datastore and its pack's configuration: looked up once, and pinned to the entry of the journal that asked for it.
import { KeyValueSpec } from '../../api/key-value.ts';
import type { Entries, Entry, EntryId } from '../datastore/entry.ts';
import { HandedOn } from '../datastore/handed-on.ts';
import { datastoreOf } from '../datastore/view.ts';
import { ExpressionFault } from '../expression/fault.ts';
import type { Datastore } from '../expression/functions/call.ts';
import { bytesOf } from '../result/result.ts';

/** An entry as it was: a text, a secret's place, nothing, or what a run must not take in: a long text by its bytes, or OVER. */
type Pin = string | readonly [name: string, key: string] | null | number;

/** Longest text that a run may read, in bytes: the journal is in the status of an Execution, with all its entries. */
const TEXT_MAX_BYTES = 64 * 1024;
/** All that a run may read, with the names of entries, in bytes; a line of the journal has room for more. */
const ALL_MAX_BYTES = 256 * 1024;
/** In the place of bytes: when it was to be read the run had read all that it may. */
const OVER = 0;
/** A name that no entry has: it is pinned when the run has read all that it may, and from then on nothing new is. */
const FULL = 'full';
/** Between a line of the journal and what was read for it; JSON has none. */
const TAB = '\t';

/** A line and its pins. */
export function splitLine(line: string): { readonly line: string; readonly pins: string | undefined } {
  const at = line.indexOf(TAB);
  return at < 0 ? { line, pins: undefined } : { line: line.slice(0, at), pins: line.slice(at + 1) };
}

export const joinLine = (line: string, pins: string | undefined): string =>
  pins === undefined ? line : `${line}${TAB}${pins}`;

export class RunReads {
  /** Secrets that the run has decrypted or was given, to be handed on. */
  readonly handedOn = new HandedOn();
  readonly datastore: Datastore;
  readonly #source: () => Entries;
  readonly #known = new Map<string, Pin>();
  #fresh = new Map<string, Pin>();
  #bytes = 0;
  #isReplay = false;

  /** `user` is whose entries st2kv.user are; `source` gives the datastore as it is now. */
  constructor(user: string, source: () => Entries) {
    this.#source = source;
    this.datastore = datastoreOf(this.entries, user, (secret) => this.handedOn.open(secret));
  }

  /** As it is now, or was. @throws ExpressionFault for more than a run may read */
  readonly entries: Entries = (id) => {
    if (!isKey(id.key)) return undefined;
    const name = `${id.scope === 'system' ? 's' : 'u'}:${id.key}`;
    const pin = this.#isReplay ? this.#recalled(name) : this.#pin(name, () => pinOf(this.#source()(id)));
    if (typeof pin === 'number') throw tooLarge(id, pin);
    return entryOf(pin);
  };

  /** Another text that a run reads, under a name that no entry has; its bytes where that is more than it may read. */
  pinned(name: string, source: () => string | undefined): string | number | undefined {
    if (!this.#known.has(name) && !this.#isReplay) this.#pin(name, () => source() ?? null);
    const known = this.#known.get(name) ?? undefined;
    return typeof known === 'object' ? undefined : known;
  }

  /** From now on reads give what earlier ones gave, and these. `pins` are of a line of the journal. */
  replay(pins: string | undefined): void {
    this.#isReplay = true;
    const all = pins === undefined ? [] : (JSON.parse(pins) as readonly (readonly [string, Pin])[]);
    for (const [name, pin] of all) this.#keep(name, pin);
  }

  /** From now on reads give what is there. */
  goLive(): void {
    this.#isReplay = false;
  }

  /** What was read, and is not as it was before, since the last call; as JSON. */
  take(): string | undefined {
    if (this.#fresh.size === 0) return undefined;
    const pins = JSON.stringify([...this.#fresh]);
    this.#fresh = new Map();
    return pins;
  }

  #recalled(name: string): Pin {
    const known = this.#known.get(name);
    return known === undefined && this.#known.has(FULL) ? OVER : (known ?? null);
  }

  /** What is read now, pinned if it is not as it was before. */
  #pin(name: string, source: () => Pin): Pin {
    const known = this.#known.get(name);
    if (known === OVER) return OVER;
    const read = source();
    const bytes = writtenBytes(read);
    const pin = bytes > TEXT_MAX_BYTES ? bytes : read;
    if (known !== undefined && isSame(known, pin)) return pin;
    const isOver = this.#known.has(FULL) || this.#bytes + writtenBytes([name, pin]) > ALL_MAX_BYTES;
    if (!isOver) return this.#add(name, pin);
    this.#add(FULL, OVER);
    // A replay must not see what it was before; a name is pinned so only once.
    return known === undefined ? OVER : this.#add(name, OVER);
  }

  #add(name: string, pin: Pin): Pin {
    if (this.#known.get(name) !== pin) this.#fresh.set(name, pin);
    this.#keep(name, pin);
    return pin;
  }

  /** The first line is read twice, and counts once. */
  #keep(name: string, pin: Pin): void {
    if (this.#known.has(name) && isSame(this.#known.get(name), pin)) return;
    this.#known.set(name, pin);
    this.#bytes += writtenBytes([name, pin]);
  }
}

/** As it stands in the journal, without what is around it. */
const writtenBytes = (written: Pin | readonly [name: string, pin: Pin]): number =>
  bytesOf(JSON.stringify(written)) - (typeof written === 'string' ? 2 : 0);

function pinOf(entry: Entry | undefined): Pin {
  if (entry === undefined) return null;
  return 'value' in entry ? entry.value : [entry.secret.name, entry.secret.key];
}

function entryOf(pin: Exclude<Pin, number>): Entry | undefined {
  if (pin === null) return undefined;
  return typeof pin === 'string' ? { value: pin } : { secret: { name: pin[0], key: pin[1] } };
}

/** Whether there can be an entry of that name. */
const isKey = (key: string): boolean => KeyValueSpec.shape.key.safeParse(key).success;

const isSame = (a: Pin | undefined, b: Pin): boolean => a === b || JSON.stringify(a) === JSON.stringify(b);

/** Journals of an earlier version have the bytes of whatever was one read too many. */
function tooLarge({ scope, key }: EntryId, bytes: number): ExpressionFault {
  const why =
    bytes > TEXT_MAX_BYTES
      ? `has ${bytes} bytes, and a workflow may read ${TEXT_MAX_BYTES} at once`
      : `was not read: this run has read as much of the datastore as a workflow may, ${ALL_MAX_BYTES} bytes in all, with the names of entries`;
  return new ExpressionFault('value', 'ValueError', `st2kv.${scope}.${key} ${why}; let an action read it`);
}
