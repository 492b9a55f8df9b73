// cli/action.ts — the word a user types → the Action it means, with the parameters it takes.
import { Action } from '../operator/api/kinds.ts';
import { nameOfRef, refOf } from '../operator/api/meta.ts';
import { effectiveSchemas } from '../operator/domain/action/runner-parameters.ts';
import { Failure, isForbidden, isMissing } from './failure.ts';
import { call, collection, listAll } from './kube.ts';
import type { Schemas } from './parameters.ts';
import { findOperator, type Session } from './session.ts';

export interface FoundAction {
  /** Exact reference, for spec.request.action. */
  readonly ref: string;
  /** Its parameters and those of its runner; undefined when this user may not read Actions. */
  readonly schemas: Schemas;
}

/** Finds `pack.name`, or the object called `name`, in the session's namespace; pack core is the operator's. Throws Failure. */
export async function findAction(session: Session, word: string): Promise<FoundAction> {
  const ref = word.includes('.') ? word : `default.${word}`;
  try {
    for (const namespace of await namespacesOf(session, ref)) {
      const action = await actionIn(session, namespace, ref);
      if (action) return { ref: refOf(action), schemas: effectiveSchemas(action.spec) as Schemas };
    }
  } catch (error) {
    if (!isForbidden(error)) throw error;
    session.screen.err(
      'squall: you may not read Actions, so parameters are sent as text and checked by the operator\n',
    );
    return { ref, schemas: undefined };
  }
  throw new Failure(
    `Action ${ref}: there is none in namespace ${session.namespace}; see "kubectl get actions -n ${session.namespace}"`,
  );
}

async function namespacesOf(session: Session, ref: string): Promise<string[]> {
  if (!ref.startsWith('core.')) return [session.namespace];
  const operator = await findOperator(session).catch(() => undefined);
  return [...new Set([operator?.metadata.namespace ?? session.namespace, session.namespace])];
}

async function actionIn({ to }: Session, namespace: string, ref: string): Promise<Action | undefined> {
  const path = collection(Action.apiVersion, namespace, Action.plural);
  const name = nameOfRef(ref);
  for (const candidate of ref.startsWith('default.') ? [name.slice('default.'.length), name] : [name]) {
    const action = await call<Action>(to, `get Action ${candidate}`, `${path}/${encodeURIComponent(candidate)}`).catch(
      (error) => {
        if (isMissing(error)) return undefined;
        throw error;
      },
    );
    if (action && (refOf(action) === ref || action.metadata.name === ref.slice('default.'.length))) return action;
  }
  return (await listAll<Action>(to, 'list Actions', path)).find((action) => refOf(action) === ref);
}
