// e2e/conformance/suites.ts — which suites there are; each is loaded when it is run, so that a broken one breaks no other.
import { existsSync } from 'node:fs';
import type { Suite } from './suite.ts';

/** Each file of suites/ exports `suite`. */
const ADAPTERS: Readonly<Record<string, () => Promise<{ readonly suite: Suite }>>> = {
  yaql: () => import('./suites/yaql.ts'),
  jinja: () => import('./suites/jinja.ts'),
  criteria: () => import('./suites/criteria.ts'),
  casts: () => import('./suites/casts.ts'),
  timers: () => import('./suites/timers.ts'),
  crypto: () => import('./suites/crypto.ts'),
  aliases: () => import('./suites/aliases.ts'),
  orquesta: () => import('./suites/orquesta.ts'),
  orquesta_transitions: () => import('./suites/orquesta_transitions.ts'),
  orquesta_inspect: () => import('./suites/orquesta_inspect.ts'),
  orquesta_misc: () => import('./suites/orquesta_misc.ts'),
};

/** Suites of engines that are not here yet. */
const LATER: readonly string[] = [];

export type Loaded =
  | { readonly state: 'loaded'; readonly suite: Suite }
  | { readonly state: 'skipped' | 'unsupported' }
  | { readonly state: 'broken'; readonly error: unknown };

/** The adapter of a suite. */
export async function loadSuite(name: string): Promise<Loaded> {
  if (LATER.includes(name)) return { state: 'skipped' };
  const load = Object.hasOwn(ADAPTERS, name) ? ADAPTERS[name] : undefined;
  if (!load) return { state: 'unsupported' };
  try {
    return { state: 'loaded', suite: (await load()).suite };
  } catch (error) {
    return existsSync(new URL(`suites/${name}.ts`, import.meta.url))
      ? { state: 'broken', error }
      : { state: 'unsupported' };
  }
}
