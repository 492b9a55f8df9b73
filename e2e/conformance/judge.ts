// e2e/conformance/judge.ts — one case → passed, or what was expected and what came.
import { ExpressionFault } from '../../operator/domain/expression/fault.ts';
import { same } from './same.ts';
import type { Answer, Case, Suite } from './suite.ts';
import { encode, type Json } from './tagged.ts';

/** What came of a case, in words for people. */
export interface Verdict {
  readonly passed: boolean;
  readonly expected: string;
  readonly came: string;
}

/** Runs one case. Never throws: what crashes is a failure. */
export function judge(suite: Suite, one: Case): Verdict {
  const expected = suite.expected ? JSON.stringify(suite.expected(one)) : expectation(one);
  let answer: Answer;
  try {
    answer = suite.run(one);
  } catch (error) {
    if (!(error instanceof ExpressionFault)) return { passed: false, expected, came: crash(error) };
    answer = { error: { type: error.type, kind: error.kind, message: error.message } };
  }
  if ('error' in answer) {
    const { type, kind, message } = answer.error;
    const passed = one['kind'] === kind && Object.hasOwn(one, 'error');
    return { passed, expected, came: `error ${kind}, ${type}: ${message}` };
  }
  try {
    const came = compared(suite.name, encode(answer.result));
    const recorded = ['result', 'intended']
      .filter((field) => Object.hasOwn(one, field))
      .map((field) => one[field] as Json);
    const accepted = suite.expected ? [suite.expected(one)] : recorded;
    const passed = accepted.some((json) => same(compared(suite.name, json), came));
    return { passed, expected, came: JSON.stringify(came) };
  } catch (error) {
    return { passed: false, expected, came: crash(error) };
  }
}

function expectation(one: Case): string {
  if (Object.hasOwn(one, 'error'))
    return `error ${String(one['kind'])}, ${String(one['error'])}: ${String(one['message'])}`;
  const intended = Object.hasOwn(one, 'intended') ? ` or ${JSON.stringify(one['intended'])}` : '';
  return `${JSON.stringify(one['result'])}${intended}`;
}

/** The local times of a timer are recorded for people. */
function compared(suite: string, json: Json): Json {
  if (suite !== 'timers' || typeof json !== 'object' || json === null || Array.isArray(json)) return json;
  return Object.fromEntries(Object.entries(json).filter(([key]) => key !== 'local'));
}

const crash = (error: unknown) =>
  `a crash: ${error instanceof Error ? (error.stack ?? String(error)).split('\n').slice(0, 6).join('\n') : String(error)}`;
