// cli/action.ts — the word a user types → the Action or Workflow it means, with the parameters it takes.
import { Action, Workflow } from '../operator/api/kinds.ts';
import { nameOfRef, refOf } from '../operator/api/meta.ts';
import { effectiveSchemas } from '../operator/domain/action/runner-parameters.ts';
import { workflowSchemas } from '../operator/domain/workflow/runner-parameters.ts';
import { Failure, isForbidden, isMissing } from './failure.ts';
import { call, collection, listAll } from './kube.ts';
import type { Schemas } from './parameters.ts';
import { findOperator, type Session } from './session.ts';

export interface FoundAction {
  /** Exact reference, for spec.request.action. */
  readonly ref: string;
  /** Its parameters and those of its runner; undefined when this user may not read Actions. */
  readonly schemas: Schemas;
  readonly isWorkflow: boolean;
}

/** Finds `pack.name`, or the object called `name`, in the session's namespace; pack core is the operator's. Throws Failure. */
export async function findAction(session: Session, word: string): Promise<FoundAction> {
  const ref = word.includes('.') ? word : `default.${word}`;
  try {
    for (const namespace of await namespacesOf(session, ref)) {
      const action = await find<Action>(session, Action, namespace, ref);
      if (action) return { ref: refOf(action), schemas: effectiveSchemas(action.spec) as Schemas, isWorkflow: false };
      const workflow = await find<Workflow>(session, Workflow, namespace, ref);
      if (workflow)
        return { ref: refOf(workflow), schemas: workflowSchemas(workflow.spec) as Schemas, isWorkflow: true };
    }
  } catch (error) {
    if (!isForbidden(error)) throw error;
    session.screen.err(
      'squall: you may not read Actions and Workflows, so parameters are sent as text and checked by the operator\n',
    );
    return { ref, schemas: undefined, isWorkflow: false };
  }
  throw new Failure(
    `Action ${ref}: there is none in namespace ${session.namespace}, nor a Workflow; see "kubectl get actions,workflows -n ${session.namespace}"`,
  );
}

async function namespacesOf(session: Session, ref: string): Promise<string[]> {
  if (!ref.startsWith('core.')) return [session.namespace];
  const operator = await findOperator(session).catch(() => undefined);
  return [...new Set([operator?.metadata.namespace ?? session.namespace, session.namespace])];
}

/** By its usual name first, then among all: an object may be called as it likes. */
async function find<T extends Action | Workflow>(
  { to }: Session,
  kind: typeof Action | typeof Workflow,
  namespace: string,
  ref: string,
): Promise<T | undefined> {
  const path = collection(kind.apiVersion, namespace, kind.plural);
  const name = nameOfRef(ref);
  for (const candidate of ref.startsWith('default.') ? [name.slice('default.'.length), name] : [name]) {
    const found = await call<T>(to, `get ${kind.kind} ${candidate}`, `${path}/${encodeURIComponent(candidate)}`).catch(
      (error) => {
        if (isMissing(error)) return undefined;
        throw error;
      },
    );
    if (found && (refOf(found) === ref || found.metadata.name === ref.slice('default.'.length))) return found;
  }
  return (await listAll<T>(to, `list ${kind.kind}s`, path)).find((one) => refOf(one) === ref);
}
