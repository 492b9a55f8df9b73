// runners/node/function-result.ts — how the process of a Python or Node action ended and what its function returned → its outcome.
import { constants } from 'node:os';
import type { ResultEnvelope } from '../../operator/api/envelope.ts';
import { JSON_DEPTH_MAX } from './limits.ts';
import type { Mask } from './mask.ts';
import type { Why } from './process.ts';
import type { Report } from './report.ts';
import { type Ending, maskedValue } from './result.ts';

/** The exit code with which Python's wrapper refuses what run() returned; the message is on stderr. */
const BAD_STATUS = 220;

/** What stands for the value when the function has not returned; in Python the word, as StackStorm has it. */
const NOTHING_RETURNED = { 'python-script': 'None', 'node-script': null };

interface Called {
  readonly runner: keyof typeof NOTHING_RETURNED;
  readonly report: Report;
  readonly mask: Mask;
}

/** What Python's run() returned is judged by StackStorm's rules. */
export function functionEnding(ending: Ending & { readonly why: Why }, { runner, report, mask }: Called): Ending {
  const { why, returnCode } = ending;
  if (runner === 'python-script' && why === 'exit' && returnCode === BAD_STATUS)
    return { ...ending, outcome: 'failed', shape: 'exception' };
  const returned = report.returned ?? { result: NOTHING_RETURNED[runner], status: undefined, error: undefined };
  const ended = {
    ...ending,
    ...(why === 'exit' && returned.error !== undefined && { error: returned.error }),
    ...(isOutOfHeap(ending, runner) && { error: OUT_OF_HEAP }),
    shape: 'function' as const,
    outcome: outcomeOf(why, returnCode, returned.status),
  };
  if (report.isTooLarge)
    return { ...ended, ...failing(`The action returned more than ${report.bytes} bytes; store it elsewhere`) };
  try {
    return { ...ended, returned: maskedValue(returned.result, mask, 0) };
  } catch {
    return { ...ended, ...failing(`The action returned a value that is nested deeper than ${JSON_DEPTH_MAX}`) };
  }
}

/** Node gives up before the kernel ends it: it takes a part of the memory of its container for itself. */
const OUT_OF_HEAP =
  'The action is out of memory: raise pod.resources.limits.memory, or the part that Node takes of it, with env NODE_OPTIONS=--max-old-space-size=<MiB>';

const isOutOfHeap = ({ returnCode, stderr }: Ending, runner: Called['runner']): boolean =>
  runner === 'node-script' &&
  returnCode === -constants.signals.SIGABRT &&
  /heap out of memory/.test(stderr.head + stderr.tail);

const failing = (error: string) => ({ outcome: 'failed' as const, returned: null, error });

function outcomeOf(why: Why, returnCode: number, status: boolean | undefined): ResultEnvelope['outcome'] {
  if (why === 'timeout') return 'timedOut';
  if (why === 'stop') return 'abandoned';
  return returnCode === 0 && status !== false ? 'succeeded' : 'failed';
}
