// operator/domain/workflow/action-chain/stance.ts — pause, resume, cancel, and how the child stands → how the chain stands, and what the child is told.
import type { ChildStatus, Entry, RunStatus, Step } from '../engine.ts';
import { type End, ENDINGS, type Visit } from './visit.ts';

type Request = Extract<Entry, { readonly is: 'request' }>['request'];
type Told = Step['tell'];

/** A chain that is not over. */
export interface Stance {
  /** What was asked for last; a cancel stays. */
  readonly wish: 'go' | 'pause' | 'cancel';
  /** From when a child is paused or pending until the chain is resumed. */
  readonly isHalted: boolean;
  /** The task under way, none between two; its child may have ended already while the chain was paused. */
  readonly visit: Visit | undefined;
}

export const FIRST_STANCE: Stance = { wish: 'go', isHalted: false, visit: undefined };

export function statusOf({ wish, isHalted, visit }: Stance): RunStatus {
  if (wish === 'cancel') return 'canceling';
  if (isHalted) return 'paused';
  if (wish === 'go') return 'running';
  return visit ? 'pausing' : 'paused';
}

/** The task whose end is to be taken now; not while the chain waits for somebody to resume it. */
export const endedVisit = ({ wish, isHalted, visit }: Stance): (Visit & { readonly end: End }) | undefined =>
  visit?.end && (wish === 'cancel' || !isHalted) ? { ...visit, end: visit.end } : undefined;

interface News {
  readonly status: ChildStatus;
  readonly result: End['result'];
  readonly atMs: number;
}

/** A child that was pending goes on by itself, and the chain with it; one that was paused leaves the chain paused until that is resumed. */
export function hear(stance: Stance, visit: Visit, { status, result, atMs }: News): Stance {
  const isWaiting = status === 'paused' || status === 'pending';
  const isAnswered = visit.stands === 'pending' && status !== 'pending';
  const ending = ENDINGS.get(status);
  return {
    ...stance,
    isHalted: isWaiting || (stance.isHalted && !isAnswered),
    visit: {
      ...visit,
      stands: isWaiting ? status : 'active',
      ...(isWaiting ? { halt: { state: status, result, atMs } } : {}),
      ...(ending ? { end: { ending, result, atMs, isRefused: false } } : {}),
    },
  };
}

/** What is asked of a chain is asked of its child; one that plays no part in it takes no notice. */
export function ask(stance: Stance, request: Request): { readonly stance: Stance; readonly tell: Told } {
  const { visit } = stance;
  const child = visit?.end ? undefined : visit;
  if (stance.wish === 'cancel' || stance.wish === request) return { stance, tell: [] };
  if (request === 'resume') return resume(stance, child);
  const isTold = child !== undefined && (request === 'cancel' || child.stands === 'active');
  // Nobody may ever answer, so a question is not waited for.
  const isLeft = request === 'cancel' && child?.stands === 'pending';
  return {
    stance: { ...stance, wish: request, visit: isLeft ? undefined : visit },
    tell: isTold ? [{ key: child.key, request }] : [],
  };
}

/** What waits for an answer goes on waiting. */
function resume(stance: Stance, child: Visit | undefined): { readonly stance: Stance; readonly tell: Told } {
  if (!child) return { stance: { ...stance, wish: 'go', isHalted: false }, tell: [] };
  if (child.stands === 'pending') return { stance: { ...stance, wish: 'go' }, tell: [] };
  const isTold = child.stands === 'paused' || stance.wish === 'pause';
  return {
    stance: { wish: 'go', isHalted: false, visit: { ...child, stands: 'active' } },
    tell: isTold ? [{ key: child.key, request: 'resume' }] : [],
  };
}
