// operator/domain/rule/rule-index.test.ts — rules are found by what they wait for, and what is found follows each change.
import { expect, test } from 'vitest';
import { rule } from './match.setup.ts';
import { RuleIndex, stripSlashes, urlOf } from './rule-index.ts';

const on = (index: RuleIndex, type = 'acme.alert') => index.on({ namespace: 'default', type });
const names = (index: RuleIndex) => on(index).map((one) => one.rule.metadata.name);

test.each([
  ['a/b', 'a/b'],
  ['/a/b/', 'a/b'],
  ['//a//', 'a'],
  ['//', ''],
])('%s without slashes at its ends is %s', (url, bare) => {
  expect(stripSlashes(url)).toBe(bare);
});

test('only rules on webhooks have a url', () => {
  const on = (type: string, parameters?: object) => urlOf(rule('r', { trigger: { type, parameters } }));
  expect(on('core.st2.webhook', { url: '/ci/' })).toBe('ci');
  expect([on('core.st2.webhook', { url: 5 }), on('core.st2.webhook'), on('acme.alert', { url: 'ci' })]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

test('what is found is compiled once, until a rule of the trigger changes', () => {
  const index = new RuleIndex();
  const [a, b] = [rule('a'), rule('b')];
  index.put(undefined, a);
  const first = on(index);
  expect(on(index)).toBe(first);
  index.put(undefined, rule('other', { trigger: { type: 'acme.other' } }));
  expect(on(index)).toBe(first);
  index.put(undefined, b);
  expect(names(index)).toEqual(['a', 'b']);
  expect(on(index)[0]).toBe(first[0]);
});

test('a trigger without rules is not known, also after its last one has gone', () => {
  const index = new RuleIndex();
  expect([on(index), index.knows({ namespace: 'default', type: 'acme.alert' })]).toEqual([[], false]);
  index.put(undefined, rule('a', { enabled: false }));
  expect([on(index), index.knows({ namespace: 'default', type: 'acme.alert' })]).toEqual([[], true]);
  index.put(rule('a', { enabled: false }), undefined);
  expect(index.knows({ namespace: 'default', type: 'acme.alert' })).toBe(false);
});

test('a rule that moves to another trigger leaves the old one, and its namesakes are judged again', () => {
  const index = new RuleIndex();
  const older = rule('older', { ref: 'acme.r' }, { creationTimestamp: '2026-01-01T00:00:00Z' });
  const newer = rule(
    'newer',
    { ref: 'acme.r', trigger: { type: 'acme.b' } },
    { creationTimestamp: '2026-01-02T00:00:00Z' },
  );
  index.put(undefined, older);
  index.put(undefined, newer);
  expect([names(index), on(index, 'acme.b')]).toEqual([['older'], []]);
  const moved = rule('older', { ref: 'acme.other' }, { creationTimestamp: '2026-01-01T00:00:00Z' });
  index.put(older, moved);
  expect(names(index)).toEqual(['older']);
  expect(on(index, 'acme.b').map((one) => one.rule.metadata.name)).toEqual(['newer']);
});

test('of namesakes of one age the first by name wins', () => {
  const index = new RuleIndex();
  for (const name of ['b', 'a', 'c']) index.put(undefined, rule(name, { ref: 'acme.r' }));
  expect(names(index)).toEqual(['a']);
});

test('the index finds rules by trigger and url, drops disabled ones, and lets the oldest of two namesakes win', () => {
  const index = new RuleIndex();
  const hook = (url: string) => ({ trigger: { type: 'core.st2.webhook', parameters: { url } } });
  const rules = [
    rule('plain', {}, { creationTimestamp: '2026-01-01T00:00:00Z' }),
    rule('off', { enabled: false }),
    rule('thief', { ref: 'default.plain' }, { creationTimestamp: '2026-01-02T00:00:00Z' }),
    rule('hook', hook('/ci/build/')),
    rule('elsewhere', {}, { namespace: 'other' }),
  ];
  for (const one of rules) index.put(undefined, one);
  const names = (type: string, url?: string, namespace = 'default') =>
    index.on({ namespace, type, url }).map((one) => one.rule.metadata.name);
  expect(names('acme.alert')).toEqual(['plain']);
  expect(names('acme.alert', undefined, 'other')).toEqual(['elsewhere']);
  expect([names('core.st2.webhook', 'ci/build'), names('core.st2.webhook', 'ci'), names('core.st2.webhook')]).toEqual([
    ['hook'],
    [],
    [],
  ]);
  expect(index.knows({ namespace: 'default', type: 'core.st2.webhook', url: 'ci/build' })).toBe(true);
  index.put(rules[0], undefined);
  expect(names('acme.alert')).toEqual(['thief']);
  index.put(rules[1], rule('off'));
  expect(names('acme.alert').sort()).toEqual(['off', 'thief']);
});
