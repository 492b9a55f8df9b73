// operator/domain/workflow/orquesta/contexts.test.ts — what branches see of what was published.
import { expect, test } from 'vitest';
import type { Plain } from '../../expression/python/values.ts';
import { Contexts, joined, rootView, type View, viewWith } from './contexts.ts';

const publish = (contexts: Contexts, view: View, layer: Plain): View => viewWith(view, contexts.add(layer));

function begun(layer: Plain): { contexts: Contexts; root: View } {
  const contexts = new Contexts();
  contexts.add(layer);
  return { contexts, root: rootView() };
}

test('a branch sees what was published on its way, not what others published', () => {
  const { contexts, root } = begun({ x: 1, keep: true });
  const [a, b] = [publish(contexts, root, { x: 2 }), publish(contexts, root, { y: 3 })];
  expect(contexts.valueOf(a)).toEqual({ x: 2, keep: true });
  expect(contexts.valueOf(b)).toEqual({ x: 1, keep: true, y: 3 });
});

test('a join sees all, the branch that came last wins, and a null is a value', () => {
  const { contexts, root } = begun({ x: 1 });
  const [a, b] = [publish(contexts, root, { x: 2, a: 1 }), publish(contexts, root, { x: null, b: 1 })];
  expect(contexts.valueOf(joined(a, b))).toEqual({ x: null, a: 1, b: 1 });
  expect(contexts.valueOf(joined(b, a))).toEqual({ x: 2, a: 1, b: 1 });
});

test('objects are merged deeply, lists are not', () => {
  const { contexts, root } = begun({ d: { a: 1, m: { x: 1 }, l: [1] } });
  const view = publish(contexts, root, { d: { b: 2, m: { y: 2 }, l: [2] } });
  expect(contexts.valueOf(view)).toEqual({ d: { a: 1, b: 2, m: { x: 1, y: 2 }, l: [2] } });
});

test('as in the reference an object keeps what was merged into it, for all who see its layer', () => {
  const { contexts, root } = begun({ d: { a: 1 } });
  const other = publish(contexts, root, { e: 1 });
  const view = publish(contexts, root, { d: { b: 2 } });
  expect(contexts.valueOf(other)).toEqual({ d: { a: 1 }, e: 1 });
  contexts.valueOf(view);
  expect(contexts.valueOf(other)).toEqual({ d: { a: 1, b: 2 }, e: 1 });
  expect(contexts.valueOf(root)).toEqual({ d: { a: 1, b: 2 } });
});

test('an object that takes the place of something else belongs to its own layer', () => {
  const { contexts, root } = begun({ d: 5 });
  const view = publish(contexts, root, { d: { a: 1 } });
  contexts.valueOf(publish(contexts, view, { d: { b: 2 } }));
  expect(contexts.valueOf(root)).toEqual({ d: 5 });
  expect(contexts.valueOf(view)).toEqual({ d: { a: 1, b: 2 } });
});

test('a value is shared as long as nothing changes it', () => {
  const { contexts, root } = begun({ d: { a: 1 } });
  const view = publish(contexts, root, { x: 1 });
  expect(contexts.valueOf(view)).toBe(contexts.valueOf(view));
});

test('the ends are merged in their order, each branch as a whole', () => {
  const { contexts, root } = begun({ x: 0 });
  const a = publish(contexts, root, { x: 1, a: 1 });
  const b = publish(contexts, publish(contexts, root, { x: { p: 1 } }), { x: { q: 2 } });
  expect(contexts.terminal([a, b])).toEqual({ x: { p: 1, q: 2 }, a: 1 });
  expect(contexts.terminal([])).toEqual({});
});

test('joins in a loop do not pile up layers', () => {
  const { contexts, root } = begun({ n: 0 });
  let view = root;
  for (let n = 1; n <= 40; n++) {
    const [a, b] = [publish(contexts, view, { n, [`a${n}`]: n }), publish(contexts, view, { b: n })];
    view = joined(a, b);
    expect(contexts.valueOf(view)).toMatchObject({ b: n, [`a${n}`]: n });
  }
  expect(view.length).toBeLessThan(1000);
});

test('the bytes are those of all layers as JSON', () => {
  const { contexts, root } = begun({ x: 'ä"', l: [1, null, true] });
  expect(contexts.bytes).toBe(new TextEncoder().encode('{"x":"ä\\"","l":[1,null,true]}').length + 2);
  publish(contexts, root, {});
  expect(contexts.bytes).toBeGreaterThan(0);
});
