// cli/tree.ts — `squall execution tree`: an Execution with all that it led to, once or until it ends.
import type { Phase } from '../operator/api/execution.ts';
import type { Execution } from '../operator/api/kinds.ts';
import { executionPath } from './execution.ts';
import { call } from './kube.ts';
import { json } from './print.ts';
import { exitCodeOf, isFinal, phaseOf } from './result.ts';
import type { Session } from './session.ts';
import { type Line, linesOf } from './tree-lines.ts';
import type { TreeNode } from './tree-model.ts';
import { readTree, watchTree } from './tree-source.ts';
import { lineOf, pathText } from './tree-text.ts';

export interface TreeOptions {
  readonly output: 'tree' | 'json';
  readonly watch?: boolean;
  readonly all?: boolean;
}

/** How often a tree is drawn again: when it changes at most so often, else so that durations go on; in ms. */
const DRAW_MS = 250;
const TICK_MS = 1000;

/** Exit code 0; with --watch that of the Execution. */
export async function showTree(session: Session, name: string, options: TreeOptions): Promise<number> {
  if (options.watch) {
    const path = executionPath(session.namespace, name);
    const first = await call<Execution>(session.to, `get Execution ${name}`, path);
    if (!isFinal(first)) await followTree(session, first, options);
  }
  const tree = await readTree(session, name, new Map());
  if (options.output === 'json') session.screen.out(json(jsonOf(tree)));
  else session.screen.out(textOf(linesIn(session, tree, options)));
  return options.watch ? exitCodeOf(tree.execution, tree.execution.status?.result) : 0;
}

const linesIn = ({ screen, now }: Session, tree: TreeNode, { all = false }: TreeOptions): readonly Line[] =>
  linesOf(tree, { screen, now: now(), all });

const textOf = (lines: readonly { readonly text: string }[]): string => lines.map(({ text }) => `${text}\n`).join('');

/** All lines of the tree as it is now. */
export async function treeText(session: Session, name: string): Promise<string> {
  return textOf(linesIn(session, await readTree(session, name, new Map()), { output: 'tree' }));
}

/** Resolves when it has ended: a terminal is as it was, elsewhere every change of a phase is a line. @throws when interrupted */
export async function followTree(
  session: Session,
  first: Execution,
  options: TreeOptions,
  interrupted?: AbortSignal,
): Promise<void> {
  const stop = new AbortController();
  const live = watchTree(session, first, stop.signal);
  const { screen } = session;
  const terminal = options.output === 'tree' ? screen.rows : undefined;
  const known = new Map<string, Phase>();
  let drawn = 0;
  try {
    for (;;) {
      await live.changed(TICK_MS);
      interrupted?.throwIfAborted();
      const tree = await live.current();
      if (isFinal(tree.execution)) return;
      if (terminal) {
        const lines = fitted(linesIn(session, tree, options), terminal() - 1);
        screen.out(over(drawn, textOf(lines)));
        drawn = lines.length;
      } else if (options.output === 'tree') sayChanges(session, tree, known);
      await new Promise((wake) => setTimeout(wake, DRAW_MS));
    }
  } finally {
    if (drawn > 0) screen.out(over(drawn, ''));
    stop.abort();
  }
}

/** Draws over the last lines; what is too wide is cut by the terminal, so that a line stays one. */
const over = (lines: number, text: string): string =>
  `${lines > 0 ? `\u001b[${lines}A` : ''}\r\u001b[J\u001b[?7l${text}\u001b[?7h`;

/** What does not fit is left out: first what has ended, then what is in the middle. */
export function fitted(lines: readonly Line[], max: number): readonly Line[] {
  if (lines.length <= max) return lines;
  const live = lines.filter(({ isLive }) => isLive);
  const room = Math.max(2, max - 1);
  const kept = live.length <= room ? live : [...live.slice(0, 1), ...live.slice(1 - room)];
  return [...kept, { text: `… ${lines.length - kept.length} more lines, shown at its end`, isLive: true }];
}

function sayChanges(session: Session, tree: TreeNode, known: Map<string, Phase>): void {
  const { screen, now } = session;
  const visit = (node: TreeNode, path: readonly TreeNode[]): void => {
    const { uid, name } = node.execution.metadata;
    const phase = phaseOf(node.execution);
    if (known.get(uid) !== phase) {
      known.set(uid, phase);
      const title = path.length === 0 ? name : pathText(path);
      screen.out(`${now().toISOString().slice(11, 19)} ${lineOf(title, node.execution, { screen, now: now() })}\n`);
    }
    for (const child of node.children) visit(child, [...path, child]);
  };
  visit(tree, []);
}

function jsonOf({ execution, place, children, unmade }: TreeNode): object {
  const { metadata, spec, status } = execution;
  const { workflow: state } = status ?? {};
  return {
    name: metadata.name,
    ...place,
    action: spec.request.action,
    ...(spec.request.workflow !== undefined && { workflow: spec.request.workflow }),
    ...(spec.request.cause?.rerunOf !== undefined && { rerunOf: spec.request.cause.rerunOf }),
    phase: phaseOf(execution),
    attempt: status?.attempt ?? 1,
    reason: status?.reason,
    message: status?.message,
    createdAt: metadata.creationTimestamp,
    startedAt: status?.startedAt,
    endedAt: status?.endedAt,
    notBefore: status?.notBefore,
    duration: status?.duration,
    ...(state && { revision: state.revision, tasks: state.tasks, waiting: unmade }),
    children: children.map(jsonOf),
  };
}
