// operator/domain/expression/python/regex/template.ts — `\1 \g<name>`: what takes the place of a match.
import { ExpressionFault, undefinedFault } from '../../fault.ts';
import { ESCAPED } from '../string-escapes.ts';

/** Texts, and numbers of groups. */
export type Template = readonly (string | number)[];

const fault = (message: string, template: readonly string[], at: number) => {
  const before = template.slice(0, at);
  const line = before.filter((c) => c === '\n').length + 1;
  const where = template.includes('\n') ? ` (line ${line}, column ${at - before.lastIndexOf('\n')})` : '';
  return new ExpressionFault('value', 'error', `${message} at position ${at}${where}`);
};

/** Reads a replacement. @throws ExpressionFault re.error, or IndexError for an unknown name */
export function parseTemplate(text: string, groups: number, names: ReadonlyMap<string, number>): Template {
  if (!text.includes('\\')) return [text];
  const units = [...text];
  const out: (string | number)[] = [];
  for (let at = 0; at < units.length; ) {
    const c = units[at] ?? '';
    if (c !== '\\') {
      out.push(c);
      at++;
      continue;
    }
    const [part, length] = readEscape(units, at, groups, names);
    out.push(part);
    at += length;
  }
  return out;
}

type Read = readonly [part: string | number, length: number];

function readEscape(units: readonly string[], at: number, groups: number, names: ReadonlyMap<string, number>): Read {
  const c = units[at + 1];
  if (c === undefined) throw fault('bad escape (end of pattern)', units, at);
  if (c === 'g') return readNamed(units, at, groups, names);
  if (c === '0') {
    const digits = /^[0-7]{0,2}/.exec(units.slice(at + 2, at + 4).join(''))?.[0] ?? '';
    return [String.fromCharCode(Number.parseInt(`0${digits}`, 8)), 2 + digits.length];
  }
  if (/^[1-9]$/.test(c)) return readNumbered(units, at, groups);
  const known = ESCAPED.get(c);
  if (known === undefined && /^[A-Za-z]$/.test(c)) throw fault(`bad escape \\${c}`, units, at);
  return [known ?? `\\${c}`, 2];
}

function readNumbered(units: readonly string[], at: number, groups: number): Read {
  const digits = /^[0-9]{1,3}/.exec(units.slice(at + 1, at + 4).join(''))?.[0] ?? '';
  if (/^[0-3]?[0-7]{3}$/.test(digits) || /^[4-7][0-7]{2}$/.test(digits)) {
    const code = Number.parseInt(digits, 8);
    if (code > 0o377) throw fault(`octal escape value \\${digits} outside of range 0-0o377`, units, at);
    return [String.fromCharCode(code), 4];
  }
  const number = digits.slice(0, 2);
  return [checked(Number(number), groups, units, at + 1), 1 + number.length];
}

function checked(group: number, groups: number, units: readonly string[], at: number): number {
  if (group > groups) throw fault(`invalid group reference ${group}`, units, at);
  return group;
}

function readNamed(units: readonly string[], at: number, groups: number, names: ReadonlyMap<string, number>): Read {
  if (units[at + 2] !== '<') throw fault('missing <', units, at + 2);
  const end = units.indexOf('>', at + 3);
  const name = units.slice(at + 3, end < 0 ? units.length : end).join('');
  if (end < 0) {
    throw name === ''
      ? fault('missing group name', units, units.length)
      : fault('missing >, unterminated name', units, at + 3);
  }
  if (name === '') throw fault('missing group name', units, at + 3);
  const length = end - at + 1;
  if (/^[0-9]+$/.test(name)) return [checked(Number(name), groups, units, at + 3), length];
  if (!/^[\p{L}\p{Nl}_][\p{L}\p{N}\p{M}_]*$/u.test(name)) {
    throw fault(`bad character in group name '${name}'`, units, at + 3);
  }
  const number = names.get(name);
  if (number === undefined) throw undefinedFault('IndexError', `unknown group name '${name}'`);
  return [number, length];
}
