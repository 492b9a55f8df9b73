// operator/domain/expression/jinja/recorded.test.ts — what jinja2 3.1.6 makes of templates as StackStorm sets it up, in recorded.jsonl: output, or class and text of the error.
import { describe, expect, test } from 'vitest';
import { evaluating } from '../evaluation.ts';
import { recordedIn } from '../recorded.setup.ts';
import { compileTemplate } from './template.ts';

const context = () => ({
  l: [1, 2, 3],
  d: { a: 1, b: 2 },
  s: 'hello you',
  n: 5,
  objs: [
    { n: 'x', g: 'b', v: 1, o: { k: 1 } },
    { n: 'Y', g: 'B', v: 0, o: { k: 2 } },
    { n: 'a', g: 'a', v: 2, o: { k: 3 } },
  ],
});
const render = (source: string) =>
  evaluating({ nowMs: 0, seed: 1 }, () => compileTemplate(source).render({ context: context() }));

describe.each(recordedIn(new URL('recorded.jsonl', import.meta.url)))('%s', (_, ones) => {
  test.each(ones.filter((one) => one.renders !== undefined))('$source', ({ source, renders }) => {
    expect(render(source)).toBe(renders);
  });
  test.each(ones.filter((one) => one.fails !== undefined))('$source fails', ({ source, fails, message }) => {
    expect(() => render(source)).toThrow(expect.objectContaining({ type: fails, message }));
  });
});
