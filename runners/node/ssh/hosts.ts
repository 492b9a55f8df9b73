// runners/node/ssh/hosts.ts — "a, b:2222, [::1]:22" → hosts, their ports, and the names that they have in the result.
import { TaskFailure } from '../failure.ts';

export interface Address {
  readonly host: string;
  readonly port: number;
}

export interface Host extends Address {
  /** Its key in the result: the host, or as it is written where a host is named twice. */
  readonly key: string;
}

/** Throws TaskFailure for a list without a host, or a port that is none. */
export function hostsOf(text: string, port: number): readonly Host[] {
  const written = [...new Set(text.split(',').map((one) => one.trim()))].filter((one) => one !== '');
  if (written.length === 0) throw new TaskFailure('hosts: no host is named; give some, separated by commas');
  const hosts = written.map((one) => ({ written: one, ...hostOf(one, port) }));
  return hosts.map(({ written: own, host, port: on }) => ({
    key: hosts.filter((other) => other.host === host).length === 1 ? host : own,
    host,
    port: on,
  }));
}

/** One host, with a port or without. Throws TaskFailure. */
export function hostOf(written: string, port: number): Address {
  const bracketed = /^\[([^\]]+)\](?::(\d+))?$/.exec(written);
  const plain = /^([^:[\]\s]+)(?::(\d+))?$/.exec(written);
  // An address of IPv6 without brackets is one with more than one colon.
  const [, host, own] = bracketed ?? plain ?? (/^[0-9a-f:.]*:[0-9a-f:.]*(%\w+)?$/i.test(written) ? ['', written] : []);
  const number = own === undefined ? port : Number(own);
  if (host === undefined || !Number.isInteger(number) || number < 1 || number > 65_535)
    throw new TaskFailure(`hosts: ${JSON.stringify(written)} is no host; give host, host:port or [IPv6]:port`);
  return { host, port: number };
}
