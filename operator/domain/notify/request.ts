// operator/domain/notify/request.ts — the request of an Execution, also of one that does not fit its schema.
import type { ExecutionRequest } from '../../api/execution.ts';
import type { KubeObject } from '../../api/meta.ts';
import { isRecord, own } from '../action/schema.ts';

/** Whatever of it can be read; of one that fits no schema a field may have any type. */
export function requestIn({ spec }: Pick<KubeObject, 'spec'>): Partial<ExecutionRequest> {
  const request = isRecord(spec) ? own(spec, 'request') : undefined;
  return isRecord(request) ? (request as Partial<ExecutionRequest>) : {};
}
