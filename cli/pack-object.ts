// cli/pack-object.ts — where a Pack is, and what it says of itself.
import { Pack } from '../operator/api/kinds.ts';
import { API_VERSION } from '../operator/api/meta.ts';
import { ApiFailure, Failure } from './failure.ts';
import { collection } from './kube.ts';
import type { Session } from './session.ts';

/** Path of one Pack or, without a name, of all of the namespace. */
export const packPath = ({ namespace }: Pick<Session, 'namespace'>, name?: string): string =>
  `${collection(API_VERSION, namespace, Pack.plural)}${name === undefined ? '' : `/${encodeURIComponent(name)}`}`;

/** An answer about a Pack that must be there. @throws Failure that says where to look when it is not */
export const ofPackThere = <T>(
  { namespace }: Pick<Session, 'namespace'>,
  name: string,
  answer: Promise<T>,
): Promise<T> =>
  answer.catch((error: unknown) => {
    // A kind that the cluster does not know has no reason.
    if (!(error instanceof ApiFailure) || error.code !== 404 || error.reason !== 'NotFound') throw error;
    throw new Failure(
      `Pack ${name}: there is none in namespace ${namespace}; see squall pack list, or choose another -n`,
      {
        cause: error,
      },
    );
  });

export const conditionOf = (status: Pack['status'], type: string) =>
  status?.conditions?.find((condition) => condition.type === type);
