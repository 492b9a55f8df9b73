// runners/node/answers.ts — what the operator answered → whether that is for good, and how long to wait before the next try.

/** What came back, or could not. */
export interface Answer {
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly text: string;
}
export type Problem = { readonly problem: string };

const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 15_000;
const LONGEST_RETRY_AFTER_MS = 120_000;

export type Verdict = 'taken' | 'superseded' | 'refused' | 'smaller';

export const problemOf = (error: unknown): Problem => {
  const { code, message } = error as NodeJS.ErrnoException;
  // A host with two addresses fails with an AggregateError, which has no message of its own.
  return { problem: message || code || String(error) };
};

/** What an answer means. */
export function judge(answer: Answer | Problem): Verdict | 'again' {
  if ('problem' in answer) return 'again';
  const { status } = answer;
  if (status >= 200 && status < 300) return 'taken';
  // Also the answer to a repeated post whose first answer was lost: the result is there.
  if (status === 409) return 'superseded';
  if (status === 413) return 'smaller';
  // 401: the token is read again for the next try, it may have been rotated.
  if (status === 401 || status === 408 || status === 425 || status === 429 || status >= 500) return 'again';
  return 'refused';
}

/** 0.2 s, doubled per try up to 15 s, less up to half of it by chance; at least what Retry-After asks for. */
export function pauseMs(answer: Answer | Problem, tries: number): number {
  const backoff = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(tries, 20));
  const asked = 'problem' in answer ? 0 : retryAfterMs(answer.retryAfter);
  return asked > 0 ? asked * (1 + Math.random() / 5) : backoff * (1 - Math.random() / 2);
}

function retryAfterMs(value: string | undefined): number {
  if (value === undefined) return 0;
  const ms = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return Number.isNaN(ms) ? 0 : Math.min(Math.max(ms, 0), LONGEST_RETRY_AFTER_MS);
}

export const wordsOf = (answer: Answer | Problem): string =>
  'problem' in answer
    ? answer.problem
    : `HTTP ${answer.status} ${answer.text.replaceAll(/\s+/g, ' ')}`.trim().slice(0, 300);
