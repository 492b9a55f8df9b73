// operator/domain/alias/aliases.test.ts — which alias a message means, and what help shows.
import { describe, expect, test } from 'vitest';
import { type Alias, chooseAlias, helpOf } from './aliases.ts';

const alias = (name: string, over: Partial<Alias> = {}): Alias => ({
  name,
  pack: 'p',
  formats: [`${name} {{x}}`],
  ...over,
});

const MULTI = alias('ack', {
  formats: [{ display: 'ack <id>', representation: ['(?:\\b|^)ack (?P<id>\\d+)(?:\\b|$)'], match_multiple: true }],
});

describe('choosing', () => {
  test('the only one that matches', () =>
    expect(chooseAlias([alias('run'), alias('stop')], 'stop it')).toMatchObject({
      outcome: 'found',
      found: { alias: { name: 'stop' }, display: 'stop {{x}}', representation: 'stop {{x}}', matchMultiple: false },
    }));

  test.each<[string, Alias[], string, string]>([
    ['two aliases', [alias('run'), alias('r', { formats: ['run {{y}}'] })], 'run it', 'matched more than 1 pattern'],
    ['two formats of one', [alias('r', { formats: ['run {{y}}', '{{z}}'] })], 'run it', 'matched more than 1 pattern'],
    ['two of many matches', [MULTI, MULTI], 'do ack 1 now', 'matched more than 1 (multi) pattern'],
    ['none', [alias('run'), MULTI], 'hello', "Command 'hello' matched no patterns"],
    ['one that is disabled', [alias('run', { enabled: false })], 'run it', 'matched no patterns'],
    ['one for help only', [alias('run', { formats: [{ display: 'run <x>' }] })], 'run it', 'matched no patterns'],
  ])('%s', (_, aliases, command, message) => {
    const choice = chooseAlias(aliases, command);
    expect(choice.outcome).not.toBe('found');
    expect('message' in choice ? choice.message : '').toContain(message);
  });

  test('one that matches many times only if no other does', () => {
    expect(chooseAlias([MULTI, alias('do')], 'please ack 5 now')).toMatchObject({ found: { matchMultiple: true } });
    expect(chooseAlias([MULTI, alias('do')], 'do ack 5')).toMatchObject({ found: { alias: { name: 'do' } } });
  });

  test('a representation may be one text', () =>
    expect(chooseAlias([alias('r', { formats: [{ representation: 'go {{x}}' }] })], 'go on')).toMatchObject({
      found: { display: undefined, representation: 'go {{x}}' },
    }));
});

describe('help', () => {
  const aliases = [
    alias('run', {
      description: 'Runs it.',
      formats: ['Run {{x}}', { display: 'run twice' }, { representation: ['rr'] }],
    }),
    alias('stop', { pack: 'q', formats: ['stop now'] }),
    alias('gone', { enabled: false }),
  ];
  const shown = (query: Parameters<typeof helpOf>[1]) => {
    const { available, helpstrings } = helpOf(aliases, query);
    return [available, ...helpstrings.map(({ display }) => display)];
  };

  test.each<[Parameters<typeof helpOf>[1], unknown[]]>([
    [{}, [3, 'Run {{x}}', 'run twice', 'stop now']],
    [{ filter: '^RUN' }, [2, 'Run {{x}}', 'run twice']],
    [{ pack: 'q' }, [1, 'stop now']],
    [{ limit: 1 }, [3, 'Run {{x}}']],
    [{ offset: 1, limit: 1 }, [3, 'run twice']],
    [{ offset: 2 }, [3, 'stop now']],
  ])('%j', (query, texts) => expect(shown(query)).toEqual(texts));

  test('has the description', () =>
    expect(helpOf(aliases, { limit: 1 }).helpstrings).toEqual([
      { pack: 'p', display: 'Run {{x}}', description: 'Runs it.' },
    ]));
});
