// cli/revision.ts — an Execution of a workflow → the definition that it began with, as its ControllerRevision has it.
import type { Execution } from '../operator/api/kinds.ts';
import { WORKFLOW_ENGINES } from '../operator/api/workflow.ts';
import { namespaceOfRef } from '../operator/domain/rule/reference.ts';
import type { Pinned } from '../operator/domain/workflow/pinned.ts';
import { Failure, isMissing } from './failure.ts';
import { call, collection } from './kube.ts';
import { findOperator, type Session } from './session.ts';

/** @throws Failure where it is gone, may not be read, or was not written by the operator */
export async function readRevision(session: Session, { metadata, spec, status }: Execution): Promise<Pinned> {
  const name = status?.workflow?.revision;
  if (name === undefined)
    throw new Failure(
      `Execution ${metadata.name}: it runs no workflow, or has not begun; see "squall execution get ${metadata.name}"`,
    );
  const namespace = await homeOf(session, spec.request.action);
  const path = `${collection('apps/v1', namespace, 'controllerrevisions')}/${encodeURIComponent(name)}`;
  const { data } = await call<{ data?: Partial<Pinned> }>(session.to, `get ControllerRevision ${name}`, path).catch(
    (cause) => {
      if (!isMissing(cause)) throw cause;
      throw new Failure(
        `ControllerRevision ${namespace}/${name}: it is gone, and with it the definition that Execution ${metadata.name} began with`,
        { cause },
      );
    },
  );
  const isOurs = data?.definition !== undefined && WORKFLOW_ENGINES.some((engine) => engine === data.engine);
  if (!isOurs) throw new Failure(`ControllerRevision ${namespace}/${name}: it has no definition of a workflow`);
  return data as Pinned;
}

/** Pack core is where the operator is. */
async function homeOf(session: Session, ref: string): Promise<string> {
  if (namespaceOfRef(ref, 'here', 'there') === 'here') return session.namespace;
  return (await findOperator(session)).metadata.namespace;
}
