// operator/domain/alias/command.test.ts — chat messages and formats: parameters, defaults, pairs at the end, anchors, and hostile texts.
import { describe, expect, test } from 'vitest';
import { ExpressionFault } from '../expression/fault.ts';
import { dictEntries } from '../expression/python/dict.ts';
import { addImmutable, matchCommand, matchCommandMultiple } from './command.ts';

const match = (format: string, command: string) => Object.fromEntries(matchCommand(format, command));

function faultOf(run: () => unknown): ExpressionFault {
  try {
    run();
  } catch (error) {
    if (error instanceof ExpressionFault) return error;
    throw error;
  }
  throw new Error('there was no fault');
}

describe('parameters', () => {
  test.each<[string, string, Record<string, string | null>]>([
    ['deploy {{app}} to {{env=staging}}', 'deploy web to prod', { app: 'web', env: 'prod' }],
    ['deploy {{app}} to {{env=staging}}', 'deploy web to', { app: 'web', env: 'staging' }],
    ['deploy {{app}}( to {{env=staging}})?', 'deploy web', { app: 'web', env: 'staging' }],
    [
      'run {{cmd}} on {{hosts}}',
      'run date on localhost timeout=120',
      { cmd: 'date', hosts: 'localhost', timeout: '120' },
    ],
    ['run {{cmd}} on {{hosts}}', "run 'ls -l /var' on h1,h2", { cmd: 'ls -l /var', hosts: 'h1,h2' }],
    ['run {{cmd}} on {{hosts}}', 'run "echo a on b" on h1', { cmd: 'echo a on b', hosts: 'h1' }],
    ['run {{cmd}} on {{hosts}}', 'run echo a on b on h1', { cmd: 'echo a', hosts: 'b on h1' }],
    ['post {{body={"a": 1}}}', 'post', { body: '{"a": 1}' }],
    ['post {{body}}', 'post {"x": "y z"}', { body: '{"x": "y z"}' }],
    ['list sensors', '  list sensors  pack=core limit=2', { pack: 'core', limit: '2' }],
    ['(show|get) pack {{ name }}[!.]?', 'get pack core!', { name: 'core' }],
    ['note {{text}}', 'note first\nsecond line', { text: 'first\nsecond line' }],
    ['note {{text=none}}', `note a="" b='x y' c={"k": 1}`, { text: 'none', a: '', b: 'x y', c: '{"k": 1}' }],
    ['close (?P<issue>[A-Z]+-\\d+)', 'close OPS-12', { issue: 'OPS-12' }],
    ['', 'a=1 b="two words"', { a: '1', b: 'two words' }],
    ["say '{{msg}}' now", "say 'it is' now", { msg: 'it is' }],
    ['go {{x}}(?=!)!', 'go home!', { x: 'home' }],
    ['(?i:hello) {{who}}', 'HELLO Ann', { who: 'Ann' }],
    ['pay {{n}} €', 'pay 😀 €', { n: '😀' }],
    ['set {{__proto__}}', 'set x constructor=y', { constructor: 'y', ['__proto__']: 'x' }],
  ])('%j, %j', (format, command, parameters) => expect(match(format, command)).toEqual(parameters));

  test.each([
    ['deploy {{app}} to {{env=staging}}', 'deploy web'],
    ['list sensors', 'LIST sensors'],
    ['list sensors', 'please list sensors'],
    ['note {{text}}', 'note key=val'],
  ])('%j does not match %j', (format, command) =>
    expect(faultOf(() => match(format, command))).toMatchObject({
      kind: 'validation',
      type: 'ParseException',
      message: `Command "${command}" doesn't match format string "${format}"`,
    }),
  );

  test('nothing said and nothing meant', () =>
    expect(faultOf(() => match('{{a=""}}', '')).message).toBe('No value supplied and no default value found.'));
});

describe('many matches', () => {
  const all = (format: string, command: string) =>
    matchCommandMultiple(format, command).map((parameters) => Object.fromEntries(parameters));

  test.each<[string, string, Record<string, string | null>[]]>([
    ['(?:\\b|^)ack (?P<id>\\d+)(?:\\b|$)', 'ack 12 and ack 15 thanks', [{ id: '12' }, { id: '15' }]],
    ['ack (?P<id>\\d+)', 'ack 12 and ack 15 thanks', []],
    [
      '(?:\\b|^)ack (?P<id>\\d+)(?:\\b|$)',
      'ack 1 and ack 2 by=me',
      [
        { id: '1', by: 'me' },
        { id: '2', by: 'me' },
      ],
    ],
  ])('%j, %j', (format, command, found) => expect(all(format, command)).toEqual(found));
});

describe('bad formats', () => {
  test.each([
    ['x ( {{a}}', 'missing ), unterminated subpattern at position 2'],
    ['x {{a}} {{a}}', "redefinition of group name 'a' as group 2; was group 1 at position 77"],
    ['x {{a-b}}', 'bad character in group name'],
    ['(?P<a>x)(?P=a)', 'references to groups'],
    ['(a{1000}){1000}', 'the expression is too large'],
    ['x'.repeat(2001), 'the format is longer than 2000 characters'],
  ])('%j', (format, message) => {
    const fault = faultOf(() => match(format, 'x'));
    expect(fault.kind).toBe('value');
    expect(fault.message).toContain(message);
  });
});

describe('hostile texts take no longer than others', () => {
  test.each([
    ['(a+)+$', `${'a'.repeat(5000)}!`],
    ['{{a}} {{b}} {{c}} {{d}} {{e}} x$', 'a '.repeat(2000)],
    ['(x*)*y', 'x'.repeat(5000)],
    ['go {{a}}', `go ${'k=v '.repeat(2000)}"`],
  ])('%j', (format, command) => {
    expect(['ParseException', 'BudgetExceeded', 'none']).toContain(
      (() => {
        try {
          matchCommand(format, command);
          return 'none';
        } catch (error) {
          return error instanceof ExpressionFault ? error.type : String(error);
        }
      })(),
    );
  });
});

describe('immutable parameters', () => {
  const datastore = { read: (scope: string, user: string, name: string) => `${scope} ${user} ${name}` };

  test('are rendered with the datastore and the context', () => {
    const immutable = { a: '{{ st2kv.user.token }}', b: '{{ user }}', c: 5 };
    const [added] = addImmutable(immutable, [{ d: 'x' }], { context: { user: 'bob' }, datastore });
    expect(Object.fromEntries(dictEntries(added ?? {}))).toEqual({ a: 'user bob token', b: 'bob', c: 5, d: 'x' });
  });

  test('cannot be said in the command', () =>
    expect(faultOf(() => addImmutable({ a: 1, b: 2 }, [{ a: 'x' }], { context: { user: 'bob' } }))).toMatchObject({
      type: 'ValueError',
      message: 'Immutable arguments cannot be overriden: a',
    }));

  test('may be none', () => expect(addImmutable(undefined, [{ a: 'x' }], { context: {} })).toEqual([{ a: 'x' }]));
});
