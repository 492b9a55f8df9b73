// operator/domain/workflow/reads.test.ts — what a run reads of the datastore is pinned: a replay sees it, whatever is stored by then.
import { expect, test } from 'vitest';
import { JOURNAL_LINE_MAX } from '../../api/execution.ts';
import type { Entries, Entry } from '../datastore/entry.ts';
import type { LiveRun } from './live.ts';
import { liveRun as run } from './live.setup.ts';
import { RunReads, splitLine } from './reads.ts';

const text = (value: string): Entry => ({ value });
const PASSWORD: Entry = { secret: { name: 'squall-datastore', key: 'password' } };
const REFERENCE = { valueFrom: { secretKeyRef: { name: 'squall-datastore', key: 'password' } } };

const orquesta = (input: object, more: object = {}) => ({
  version: 1,
  tasks: { a: { action: 'core.noop', next: [{ do: 'b' }] }, b: { action: 'p.x', input } },
  ...more,
});

function begun(input: object, stored: Readonly<Record<string, Entry>>) {
  const made = run('orquesta', orquesta(input), stored);
  made.live.record({ atMs: 0, entry: { is: 'start' } });
  const [first] = [...made.live.open];
  made.live.record({ atMs: 5, entry: { is: 'child', key: first?.child.key ?? '', status: 'succeeded', result: {} } });
  return made;
}

test('a value is read once, stands in the line of its entry, and a replay gives it again', () => {
  const stored: Record<string, Entry> = { host: text('one'), 'user/color': text('blue') };
  const input = { h: "<% st2kv('system.host') %>", c: "{{ st2kv('color') }}" };
  const { live, inputs } = begun(input, stored);
  expect(inputs()).toEqual([{ h: 'one', c: 'blue' }]);
  expect(live.journal).toHaveLength(2);
  expect(live.journal[1]).toBe('5 0s\t[["s:host","one"],["u:color","blue"]]');

  const again = run('orquesta', orquesta(input), { host: text('two') });
  again.live.replay(live.journal, () => ({}));
  expect(again.inputs()).toEqual([{ h: 'one', c: 'blue' }]);
  expect(again.live.journal).toEqual(live.journal);
});

test('what has not changed is not written again, and after a replay what is there counts', () => {
  const stored: Record<string, Entry> = { host: text('one') };
  const loop = {
    version: 1,
    tasks: {
      s: { action: 'core.noop', next: [{ do: 'a' }] },
      a: { action: 'p.x', input: { h: "<% st2kv('system.host') %>" }, next: [{ do: 'a' }] },
    },
  };
  const go = (live: LiveRun, atMs: number) => {
    const [open] = [...live.open];
    live.record({ atMs, entry: { is: 'child', key: open?.child.key ?? '', status: 'succeeded', result: {} } });
  };
  const { live } = run('orquesta', loop, stored);
  live.record({ atMs: 0, entry: { is: 'start' } });
  go(live, 1);
  go(live, 2);
  expect(live.journal).toEqual(['0 start', '1 0s\t[["s:host","one"]]', '2 1s']);

  const later = run('orquesta', loop, { host: text('two') });
  later.live.replay(live.journal, () => ({}));
  go(later.live, 3);
  expect(later.live.journal[3]).toBe('3 2s\t[["s:host","two"]]');
  expect(later.inputs()).toEqual([{ h: 'two' }]);
});

test('a missing key fails the task, as in StackStorm; with a default it does not', () => {
  expect(begun({ h: "<% st2kv('system.none', default => 'x') %>" }, {}).inputs()).toEqual([{ h: 'x' }]);
  const { live } = begun({ h: "<% st2kv('system.none') %>" }, {});
  expect(live.status).toBe('failed');
  expect(JSON.stringify(live.run.result())).toContain('The key \\"none\\" does not exist in the StackStorm datastore.');
});

test('a decrypted secret goes on as a reference, where it is whole', () => {
  const { live, inputs } = begun(
    { p: "<% st2kv('system.password', decrypt => true) %>", q: "{{ st2kv('system.password', decrypt=true) }}" },
    { password: PASSWORD },
  );
  expect(inputs()).toEqual([{ p: REFERENCE, q: REFERENCE }]);
  expect(live.mayHandOn(REFERENCE)).toBe(true);
  expect(live.mayHandOn({ valueFrom: { secretKeyRef: { name: 'other', key: 'password' } } })).toBe(false);
  expect(live.journal[1]).toBe('5 0s\t[["s:password",["squall-datastore","password"]]]');

  const again = run('orquesta', orquesta({ p: "<% st2kv('system.password', decrypt => true) %>" }), {});
  again.live.replay(live.journal, () => ({}));
  expect(again.inputs()).toEqual([{ p: REFERENCE }]);
  expect(again.live.mayHandOn(REFERENCE)).toBe(true);
});

test('chains hand on secrets and read entries too', () => {
  const chain = {
    default: 'a',
    vars: { color: '{{ st2kv.user.color }}' },
    chain: [
      {
        name: 'a',
        ref: 'p.x',
        parameters: { h: '{{ st2kv.system.host }}/{{ color }}', p: '{{ st2kv.system.password | decrypt_kv }}' },
      },
    ],
  };
  const { live, inputs } = run('action-chain', chain, {
    host: text('h1'),
    'user/color': text('blue'),
    password: PASSWORD,
  });
  live.record({ atMs: 0, entry: { is: 'start' } });
  expect(inputs()).toEqual([{ h: 'h1/blue', p: REFERENCE }]);
});

test('a text that is too large for a journal is refused, in a replay too', () => {
  const { live } = begun({ h: "<% st2kv('system.big') %>" }, { big: text('x'.repeat(70_000)) });
  expect(live.status).toBe('failed');
  expect(JSON.stringify(live.run.result())).toContain('70000 bytes');
  const again = run('orquesta', orquesta({ h: "<% st2kv('system.big') %>" }), {});
  again.live.replay(live.journal, () => ({}));
  expect(again.live.run.result()).toEqual(live.run.result());
});

test('what may be read counts with names and with what is not there: all of it stands in one line', () => {
  const named = (n: number) => ({
    h: `<% range(${n}).select(st2kv('system.inventory.owner.of.' + str($), default => '')) %>`,
  });
  expect(begun(named(2000), {}).live.status).toBe('running');
  const { live } = begun(named(9000), {});
  expect(live.status).toBe('failed');
  expect(JSON.stringify(live.run.result())).toContain('262144 bytes in all, with the names of entries');
  for (const line of live.journal) expect(line.length).toBeLessThan(JOURNAL_LINE_MAX);
});

test.each([
  [
    'orquesta',
    {
      version: 1,
      tasks: { a: { action: 'p.a', next: [{ publish: [{ v: '<% st2kv("system." + result().stdout) %>' }] }] } },
    },
  ],
  [
    'mistral',
    {
      version: '2.0',
      'p.w': { tasks: { a: { action: 'p.a', publish: { v: "<% st2kv('system.' + task(a).result.stdout) %>" } } } },
    },
  ],
  ['action-chain', { chain: [{ name: 'a', ref: 'p.a', publish: { v: '{{ st2kv.system[a.stdout] | decrypt_kv }}' } }] }],
] as const)(
  '%s: a name longer than any entry has is missing as another is, and is not written down',
  (engine, definition) => {
    const told = (stdout: string) => {
      const { live } = run(engine, definition);
      live.record({ atMs: 0, entry: { is: 'start' } });
      const [open] = [...live.open];
      live.record({
        atMs: 1,
        entry: { is: 'child', key: open?.child.key ?? '', status: 'succeeded', result: { stdout } },
      });
      const again = run(engine, definition).live;
      again.replay(live.journal, () => ({ stdout }));
      expect(again.run.result()).toEqual(live.run.result());
      return { live, result: JSON.stringify(live.run.result()).replaceAll(/y{9,}/g, 'y') };
    };
    const [long, short] = [told('y'.repeat(600)), told('y'.repeat(500))];
    expect([short.live.status, long.result]).toEqual(['failed', short.result]);
    expect(short.live.journal.join()).toContain('yyy');
    expect(long.live.journal.join()).not.toContain('yyy');
  },
);

test('what is read beyond the limit is refused with the reason, adds no names to the journal, and a replay refuses it too', () => {
  const stored: Record<string, Entry> = { changing: text('a'), same: text('s') };
  const entries: Entries = ({ key }) => stored[key] ?? (key.startsWith('big') ? text('x'.repeat(60_000)) : undefined);
  const reads = new RunReads('jane', () => entries);
  const names = [
    'changing',
    'same',
    ...[0, 1, 2, 3, 4].map((i) => `big${i}`),
    ...Array(3000)
      .keys()
      .map((i) => `none${i}`),
  ];
  const told = (from: RunReads) =>
    names.map((key) => {
      try {
        return from.entries({ scope: 'system', user: '', key }) ?? null;
      } catch (error) {
        return (error as Error).message;
      }
    });
  const lines = [told(reads), reads.take(), told(reads), reads.take()];
  stored['changing'] = text('b');
  lines.push(told(reads), reads.take());
  stored['changing'] = text('a');
  lines.push(told(reads), reads.take());
  const over = (key: string) =>
    `st2kv.system.${key} was not read: this run has read as much of the datastore as a workflow may, 262144 bytes in all, with the names of entries; let an action read it`;
  const [first, pins, second, none, changed, more, last, noMore] = lines;
  expect(first?.slice(0, 2)).toEqual([text('a'), text('s')]);
  expect(first?.slice(6)).toEqual(names.slice(6).map(over));
  expect([second, none, noMore]).toEqual([first, undefined, undefined]);
  expect([changed?.slice(0, 2), more]).toEqual([[over('changing'), text('s')], '[["s:changing",0]]']);
  expect(last).toEqual(changed);
  expect((pins as string).length).toBeLessThan(JOURNAL_LINE_MAX);

  const again = new RunReads('jane', () => () => undefined);
  for (const [line, expected] of [
    [pins, first],
    [none, second],
    [more, changed],
    [noMore, last],
  ] as const) {
    again.replay(line as string | undefined);
    expect(told(again)).toEqual(expected);
  }
});

test('what was read at the start counts once, though the line is read twice', () => {
  const big = { value: 'x'.repeat(60_000) };
  const stored = { a: big, b: big, c: big, d: big };
  const read = (key: string) => `<% st2kv('system.${key}') %>`;
  const definition = orquesta(
    { d: "<% len(st2kv('system.d')) %>" },
    { vars: ['a', 'b', 'c'].map((key) => ({ [key]: read(key) })) },
  );
  const first = run('orquesta', definition, stored);
  first.live.record({ atMs: 0, entry: { is: 'start' } });
  const again = run('orquesta', definition, stored);
  again.reads.replay(splitLine(first.live.journal[0] ?? '').pins);
  again.live.replay(first.live.journal, () => ({}));
  for (const { live, inputs } of [first, again]) {
    const [open] = [...live.open];
    live.record({ atMs: 5, entry: { is: 'child', key: open?.child.key ?? '', status: 'succeeded', result: {} } });
    expect(inputs()).toEqual([{ d: 60_000 }]);
  }
});
