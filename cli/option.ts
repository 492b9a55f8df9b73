// cli/option.ts — what the verbs have in common.
import { Option } from 'commander';

/** In which form it is printed; the first one unless another is named. */
export const output = (...formats: readonly string[]): Option =>
  new Option('-o, --output <format>', 'how to print it').choices(formats).default(formats[0]);

/** The exit code of a verb that either throws or has done its work: 0. */
export const done = (): undefined => undefined;
