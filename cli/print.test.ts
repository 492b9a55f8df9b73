// cli/print.test.ts — tables, ages and colours.
import { expect, test } from 'vitest';
import { age, phaseTable, properties, type Screen, table, withoutPassword } from './print.ts';

const screen = (colour: boolean): Screen => ({ out: () => {}, err: () => {}, colour });

test('columns are as wide as their widest cell, and nothing trails', () => {
  expect(
    table(
      ['NAME', 'STATUS', 'RULE'],
      [
        ['a', 'Succeeded', ''],
        ['longer-name', 'Failed', 'r'],
      ],
    ),
  ).toBe('NAME          STATUS      RULE\na             Succeeded\nlonger-name   Failed      r\n');
});

test('no rows: the heading alone', () => {
  expect(table(['NAME'], [])).toBe('NAME\n');
});

test('a cell cannot move the cursor or break the row', () => {
  expect(table(['MESSAGE'], [['a\u001b[2Jb\nc']])).toBe('MESSAGE\na [2Jb c\n');
});

test('phases are coloured on a terminal only, and only as whole cells', () => {
  const rows = [['Failed-over', 'Failed', 'x']];
  expect(phaseTable(screen(false), ['NAME', 'STATUS', 'RULE'], rows)).not.toContain('\u001b');
  const painted = phaseTable(screen(true), ['NAME', 'STATUS', 'RULE'], rows);
  expect(painted.split('\u001b[31mFailed\u001b[0m')).toHaveLength(2);
  expect(painted).toContain('Failed-over');
});

test.each([
  [0, '0s'],
  [119, '119s'],
  [120, '2m'],
  [192, '3m12s'],
  [3600, '60m'],
  [5 * 3600, '5h'],
  [47 * 3600, '47h'],
  [12 * 86400, '12d'],
  [-5, '0s'],
])('%d seconds ago is %s', (seconds, expected) => {
  const now = new Date('2026-01-31T12:00:00Z');
  expect(age(new Date(now.getTime() - seconds * 1000).toISOString(), now)).toBe(expected);
});

test('properties that are missing are left out, nested values are YAML', () => {
  expect(properties({ id: 'x', reason: undefined, result: { stdout: 'a\nb', return_code: 0 } })).toBe(
    'id: x\nresult:\n  stdout: |-\n    a\n    b\n  return_code: 0\n',
  );
});

test.each([
  ['https://me:hunter2@host/x', 'https://********@host/x'],
  ['https://a-token@host/x=v1', 'https://********@host/x=v1'],
  ['ssh://me:hunter2@host/x', 'ssh://********@host/x'],
  ['ssh://me@host:22/x', 'ssh://me@host:22/x'],
  ['ssh://git@host/x', 'ssh://git@host/x'],
  ['git@host:x/y.git', 'git@host:x/y.git'],
  ['https://host/x@y', 'https://host/x@y'],
  ['csv=1.0.0', 'csv=1.0.0'],
])('%s is shown as %s', (address, shown) => {
  expect(withoutPassword(address)).toBe(shown);
});
