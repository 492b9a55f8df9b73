// cli/pack-object.ts — where a Pack is, and what it says of itself.
import { Pack } from '../operator/api/kinds.ts';
import { API_VERSION } from '../operator/api/meta.ts';
import { collection } from './kube.ts';
import type { Session } from './session.ts';

/** Path of one Pack or, without a name, of all of the namespace. */
export const packPath = ({ namespace }: Pick<Session, 'namespace'>, name?: string): string =>
  `${collection(API_VERSION, namespace, Pack.plural)}${name === undefined ? '' : `/${encodeURIComponent(name)}`}`;

export const conditionOf = (status: Pack['status'], type: string) =>
  status?.conditions?.find((condition) => condition.type === type);
