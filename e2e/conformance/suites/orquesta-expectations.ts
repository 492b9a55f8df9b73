// e2e/conformance/suites/orquesta-expectations.ts — what is recorded of a workflow after a step, as far as it is compared.
import type { Json } from '../tagged.ts';

interface ErrorTold {
  readonly message: string;
  readonly [field: string]: Json;
}

/** How a workflow stands after a step. */
export interface Expectation {
  readonly raised?: { readonly type: string; readonly message: string };
  readonly next?: readonly Json[];
  readonly status: string;
  readonly task_status?: string | null;
  readonly errors?: readonly ErrorTold[];
}

export interface RecordedFinal {
  readonly status: string;
  readonly output: Json;
  readonly errors: readonly ErrorTold[];
  readonly tasks: readonly Json[];
  readonly routes: readonly Json[];
  readonly terminal_context?: Json;
}

/** Of a message the kind of the error: what is after it may quote Python. */
const told = (errors: readonly ErrorTold[]): Json =>
  errors.map(({ message, ...rest }) => ({ ...rest, message: message.split(': ')[0] as string }));

/** What raised is compared by its class. */
export const comparable = (came: Expectation, recorded: Expectation): Json => ({
  status: came.status,
  errors: told(came.errors ?? []),
  ...(recorded.next && { next: came.next ?? [] }),
  ...('task_status' in recorded && { task_status: came.task_status ?? null }),
  ...(came.raised && { raised: came.raised.type }),
});

export const comparableInitial = ({ status, errors }: Expectation): Json => ({ status, errors: told(errors ?? []) });

export const comparableFinal = (final: RecordedFinal): Json => ({ ...final, errors: told(final.errors) });
