// runners/node/python-result.ts — how a Python action's process ended and what run() returned → its outcome, by StackStorm's rules.
import type { ResultEnvelope } from '../../operator/api/envelope.ts';
import { JSON_DEPTH_MAX } from './limits.ts';
import type { Mask } from './mask.ts';
import type { Why } from './process.ts';
import type { Report } from './report.ts';
import { type Ending, maskedValue } from './result.ts';

/** The exit code with which the wrapper refuses what run() returned; the message is on stderr. */
const BAD_STATUS = 220;

/** What stands for the value when run() has not returned: the word, as StackStorm has it. */
const NOTHING_RETURNED = 'None';

export function pythonEnding(ending: Ending & { readonly why: Why }, report: Report, mask: Mask): Ending {
  const { why, returnCode } = ending;
  if (why === 'exit' && returnCode === BAD_STATUS) return { ...ending, outcome: 'failed', shape: 'exception' };
  const returned = report.returned ?? { result: NOTHING_RETURNED, status: undefined };
  const python = { ...ending, shape: 'python' as const, outcome: outcomeOf(why, returnCode, returned.status) };
  if (report.isTooLarge)
    return { ...python, ...failing(`The action returned more than ${report.bytes} bytes; store it elsewhere`) };
  try {
    return { ...python, returned: maskedValue(returned.result, mask, 0) };
  } catch {
    return { ...python, ...failing(`The action returned a value that is nested deeper than ${JSON_DEPTH_MAX}`) };
  }
}

const failing = (error: string) => ({ outcome: 'failed' as const, returned: null, error });

function outcomeOf(why: Why, returnCode: number, status: boolean | undefined): ResultEnvelope['outcome'] {
  if (why === 'timeout') return 'timedOut';
  if (why === 'stop') return 'abandoned';
  return returnCode === 0 && status !== false ? 'succeeded' : 'failed';
}
