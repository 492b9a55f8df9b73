// e2e/conformance/suites/orquesta_transitions.ts — the suite orquesta_transitions: every request and event in every state.
import type { Suite } from '../suite.ts';
import { decode } from '../tagged.ts';
import { expectedOf, runCase } from './orquesta.ts';

export const suite: Suite = {
  name: 'orquesta_transitions',
  run: (one) => ({ result: decode(runCase(one)) }),
  expected: expectedOf,
};
