// operator/domain/workflow/live.setup.ts — for tests: a run with its journal, of a definition of any engine, over a datastore of a few entries.
import type { WorkflowEngine } from '../../api/workflow.ts';
import type { Entries, Entry } from '../datastore/entry.ts';
import type { Plain } from '../expression/python/values.ts';
import { LiveRun } from './live.ts';
import { openRun } from './pinned.ts';
import { RunReads } from './reads.ts';

/** It has not begun; `stored` may be changed while it goes on. */
export function liveRun(
  engine: WorkflowEngine,
  definition: unknown,
  stored: Readonly<Record<string, Entry>> = {},
  parameters: Plain = {},
) {
  const entries: Entries = ({ scope, key }) => stored[scope === 'user' ? `user/${key}` : key];
  const reads = new RunReads('jane', () => entries);
  const pinned = { ref: 'p.w', engine, definition: definition as Plain, parameters: {} };
  const st2 = { user: 'jane' };
  const opened = openRun(pinned, {
    parameters,
    context: { st2, parent: { user: 'jane' } },
    uid: 'u',
    executionOf: (key) => key,
  });
  if (typeof opened === 'string') throw new Error(opened);
  const owner = { name: 'w', uid: 'u' };
  const nameOf = (_: unknown, { key }: { readonly key: string }) => key;
  const live = new LiveRun({
    run: opened,
    engine,
    startedAtMs: 0,
    seed: 1,
    references: new Set(),
    owner,
    nameOf,
    reads,
  });
  return { live, reads, inputs: () => [...live.open].map(({ child }) => child.input) };
}
