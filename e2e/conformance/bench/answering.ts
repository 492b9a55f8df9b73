// e2e/conformance/bench/answering.ts — how our engines are timed: the same requests and answers as answering.py has.
import { createInterface } from 'node:readline';
import type { Case } from '../suite.ts';

/** A case, parsed → its evaluation; what it throws means that the case cannot be timed. */
type Kind = (one: Case) => () => unknown;

type Request = { readonly prepare: Case; readonly kind: string } | { readonly run: number; readonly times: number };

/** Answers until there are no more requests. `within` runs an evaluation, `before` what a kind does before each, untimed. */
export async function serve(
  kinds: Readonly<Record<string, Kind>>,
  within: (evaluate: () => unknown) => unknown = (evaluate) => evaluate(),
  before: Readonly<Record<string, () => void>> = {},
): Promise<void> {
  const prepared: { readonly evaluate: () => unknown; readonly before: (() => void) | undefined }[] = [];
  const prepare = (kind: string, one: Case): object => {
    try {
      let evaluate: (() => unknown) | undefined;
      within(() => (evaluate = kinds[kind]?.(one)));
      if (!evaluate) return { skipped: 'no such kind' };
      within(evaluate);
      return { id: prepared.push({ evaluate, before: before[kind] }) - 1 };
    } catch (error) {
      return { skipped: String(error) };
    }
  };
  const run = (id: number, times: number): object => {
    const one = prepared[id];
    if (!one) throw new Error(`case ${id} was not prepared`);
    let ms = 0;
    for (let i = 0, step = one.before ? 1 : times; i < times; i += step) {
      one.before?.();
      const began = performance.now();
      for (let j = 0; j < step; j++) within(one.evaluate);
      ms += performance.now() - began;
    }
    return { seconds: ms / 1000 };
  };
  for await (const line of createInterface({ input: process.stdin })) {
    const asked = JSON.parse(line) as Request;
    console.log(JSON.stringify('prepare' in asked ? prepare(asked.kind, asked.prepare) : run(asked.run, asked.times)));
  }
}
