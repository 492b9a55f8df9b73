// operator/domain/install/conditions.ts — how far a pack is → its status with its conditions.
import type { Pack } from '../../api/kinds.ts';
import type { PackStatus } from '../../api/pack.ts';
import { judged, type Said } from '../conditions.ts';

export type PackCondition =
  | 'Fetched'
  | 'Valid'
  | 'EnvironmentReady'
  | 'Registered'
  | 'ConfigValid'
  | 'DependenciesReady'
  | 'Ready'
  | 'Stalled';

/** The status with some conditions said anew. */
export const tell = (
  pack: Pack,
  status: PackStatus,
  said: Readonly<Partial<Record<PackCondition, Said>>>,
  now: Date,
): PackStatus => ({ ...status, ...judged(pack, status.conditions, said, now) });
