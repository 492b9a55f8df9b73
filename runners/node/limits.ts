// runners/node/limits.ts — the numbers and marks of the contract that this runner needs at run time, without a library.

/** Largest body that is posted, in bytes; the operator's RESULT_MAX_BYTES. */
export const RESULT_MAX_BYTES = 8 * 1024 * 1024;
const EDGE = '\u0001';
/** Finds what secretMark() writes; the first group is the parameter. */
export const SECRET_MARK = new RegExp(`${EDGE}squall:secret:([^${EDGE}]+)${EDGE}`, 'g');
/** What stands for a secret wherever it shows. */
export const MASK = '********';
/** Longest single word that the kernel takes in a command line or environment, in bytes, with its closing NUL. */
export const WORD_MAX_BYTES = 128 * 1024;
/** Pause between TERM and KILL, in ms. */
export const KILL_AFTER_MS = 5000;
/** How long output is read after the process has ended, while a background child still holds it open, in ms. */
export const DRAIN_MS = 1000;
/** How long a terminated runner tries to deliver, in seconds: its pod is killed 10 s after the signal. */
export const LAST_WORDS_SECONDS = 4;
/** Deepest JSON that output is decoded to; deeper output stays text. */
export const JSON_DEPTH_MAX = 128;
