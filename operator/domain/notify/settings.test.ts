// operator/domain/notify/settings.test.ts — who is told of which end, and what a file or a task may say about it.
import { expect, test } from 'vitest';
import type { Phase } from '../../api/execution.ts';
import { effectiveNotify, noticesOf, parseNotify } from './settings.ts';

const all = {
  'on-complete': { routes: ['c'] },
  'on-success': { message: 'good', routes: ['s'] },
  'on-failure': { routes: ['f'], data: { severity: 'high' } },
};

test.each<[Phase, readonly string[]]>([
  ['Succeeded', ['on-complete', 'on-success']],
  ['Failed', ['on-complete', 'on-failure']],
  ['TimedOut', ['on-complete', 'on-failure']],
  ['Abandoned', ['on-complete', 'on-failure']],
  ['Canceled', ['on-complete']],
])('%s is told by %j', (phase, sections) => {
  expect(noticesOf(all, phase).map(({ section }) => section)).toEqual(sections);
});

test('routes come before their old name, each once; without them nobody is told', () => {
  const routesOf = (section: object) =>
    noticesOf({ 'on-complete': section }, 'Succeeded').flatMap(({ routes }) => routes);
  expect(routesOf({ routes: ['a', 'b', 'a'], channels: ['c'] })).toEqual(['a', 'b']);
  expect(routesOf({ routes: [], channels: ['c'] })).toEqual(['c']);
  expect(routesOf({ message: 'hello' })).toEqual([]);
  expect(noticesOf(undefined, 'Failed')).toEqual([]);
});

test('what is run has the last word, unless it says nothing', () => {
  const request = { notify: { 'on-success': { routes: ['r'] } } };
  expect(effectiveNotify({ spec: { notify: all } }, request)).toEqual(all);
  expect(effectiveNotify({ spec: { notify: {} } }, request)).toEqual(request.notify);
  expect(effectiveNotify({ spec: {} }, request)).toEqual(request.notify);
  expect(effectiveNotify(undefined, request)).toEqual(request.notify);
  expect(effectiveNotify(undefined, {})).toBeUndefined();
  expect(effectiveNotify({ spec: { notify: { 'on-success': { routes: 'r' } } as never } }, request)).toEqual(
    request.notify,
  );
});

test('null stands for nothing', () => {
  expect(parseNotify(null)).toEqual({ notify: undefined });
  expect(parseNotify({ 'on-complete': null })).toEqual({ notify: undefined });
  expect(parseNotify({ 'on-complete': { message: null, routes: ['a'], channels: null } })).toEqual({
    notify: { 'on-complete': { routes: ['a'] } },
  });
});

test.each([
  ['text', 'notify: it must be a mapping'],
  [{ 'on-start': {} }, 'notify.on-start: there is only on-complete, on-success, on-failure'],
  [{ 'on-failure': 'slack' }, 'notify.on-failure: it must be a mapping'],
  [{ 'on-failure': { route: ['a'] } }, 'notify.on-failure.route: there is only message, data, routes, channels'],
  [{ 'on-failure': { routes: 'slack' } }, 'notify.on-failure.routes: '],
])('%j is refused with a reason', (value, message) => {
  expect(parseNotify(value)).toEqual({ fault: expect.stringContaining(message) });
});
