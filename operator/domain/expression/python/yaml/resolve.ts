// operator/domain/expression/python/yaml/resolve.ts — what a plain word of YAML 1.1 is, as PyYAML resolves it.

export type Tag = 'bool' | 'float' | 'int' | 'merge' | 'null' | 'timestamp' | 'value' | 'str';

const BOOL = /^(?:yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF)$/;
const FLOAT = new RegExp(
  [
    '^(?:[-+]?[0-9][0-9_]*\\.[0-9_]*(?:[eE][-+][0-9]+)?',
    '\\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?',
    '[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\\.[0-9_]*',
    '[-+]?\\.(?:inf|Inf|INF)',
    '\\.(?:nan|NaN|NAN))$',
  ].join('|'),
);
const INT = new RegExp(
  [
    '^(?:[-+]?0b[0-1_]+',
    '[-+]?0[0-7_]+',
    '[-+]?(?:0|[1-9][0-9_]*)',
    '[-+]?0x[0-9a-fA-F_]+',
    '[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+)$',
  ].join('|'),
);
const NULL = /^(?:~|null|Null|NULL|)$/;

/** A date, or a date and a time with an offset. */
export const TIMESTAMP =
  /^(?<year>\d{4})-(?<month>\d\d?)-(?<day>\d\d?)(?:(?:[Tt]|[ \t]+)(?<hour>\d\d?):(?<minute>\d\d):(?<second>\d\d)(?:\.(?<fraction>\d*))?(?:[ \t]*(?<zone>Z|(?<sign>[-+])(?<zoneHour>\d\d?)(?::(?<zoneMinute>\d\d))?))?)?$/;
const DAY = /^\d{4}-\d\d-\d\d$/;

/** The first character tells what a word may be at all. */
export function resolveTag(text: string): Tag {
  const c = text.charAt(0);
  if ('yYnNtTfFoO'.includes(c) && BOOL.test(text)) return 'bool';
  if ('-+0123456789.'.includes(c) && c !== '') {
    if (FLOAT.test(text)) return 'float';
    if (INT.test(text)) return 'int';
    if (TIMESTAMP.test(text) && (text.length > 10 || DAY.test(text))) return 'timestamp';
  }
  if (text === '<<') return 'merge';
  if ('~nN'.includes(c) && NULL.test(text)) return 'null';
  return text === '=' ? 'value' : 'str';
}
