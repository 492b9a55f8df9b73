// operator/controllers/pack-refusals.ts — what the API server refuses of a Pack: objects that are to be registered, and its install Job.
import type { Draft } from '../api/meta.ts';
import type { Client } from '../kube/client.ts';
import { SquatterError, statusOf } from '../kube/errors.ts';

/** Objects that the API server is asked about at a time. */
const CHECKED_AT_A_TIME = 8;
/** What is refused for what it is, by a quota, or by an admission webhook of the cluster's own. */
const REFUSED = [400, 403, 413, 422];
/** What a refusal of the Job is about, as the API server says; a webhook's may not say it. */
const ABOUT_THE_JOB = [undefined, 'jobs', 'Job'];

/** What is wrong with each, as the API server says; nothing is stored. */
export async function refusalsOf(drafts: readonly Draft[], client: Client): Promise<readonly string[]> {
  const refusals: string[] = [];
  const rest = [...drafts];
  const check = async (): Promise<void> => {
    for (let draft = rest.shift(); draft; draft = rest.shift()) {
      const refusal = await refusalOf(draft, client);
      if (refusal !== undefined) refusals.push(`${draft.kind} ${draft.metadata.name}: ${refusal}`);
    }
  };
  await Promise.all(Array.from({ length: CHECKED_AT_A_TIME }, check));
  return refusals;
}

async function refusalOf(draft: Draft, client: Client): Promise<string | undefined> {
  try {
    await client.check(draft);
    return undefined;
  } catch (error) {
    const status = refusedWith(error);
    if (status) return status.message;
    throw error;
  }
}

function refusedWith(error: unknown) {
  const status = statusOf(error);
  return status && REFUSED.includes(status.code) ? status : undefined;
}

/** Undefined for what is no refusal of the Job. */
export function jobRefusal(error: unknown): string | undefined {
  if (error instanceof SquatterError) return error.message;
  const status = refusedWith(error);
  if (!status || !ABOUT_THE_JOB.includes(status.details?.kind)) return undefined;
  return `Kubernetes refused the install Job: ${status.message}`;
}
