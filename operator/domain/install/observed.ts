// operator/domain/install/observed.ts — what is seen of a Pack before it is decided what to do.
import type { Manifest } from '../../api/install.ts';
import type { Execution, Pack } from '../../api/kinds.ts';
import type { Job, Pod } from '../job/shapes.ts';
import type { JobSettings } from '../job/settings.ts';
import type { ConfigMap } from './config.ts';
import type { Registered, RegisteredKind } from './register.ts';

/** A look though nothing is known to change, in ms. */
export const LOOK_MS = 600_000;

export interface ObservedPack {
  readonly self: Pack;
  /** The Job of the latest try, if it is there. */
  readonly job: Job | undefined;
  /** Why the API server would not have the Job of the latest try. */
  readonly jobRefused?: string | undefined;
  readonly pods: readonly Pod[];
  /** Of the content that is reported, else of the one that is installed; `missing` when the pack store has it no more. */
  readonly manifest: Manifest | 'missing' | undefined;
  readonly owned: readonly Registered[];
  readonly find: (kind: RegisteredKind, name: string) => Registered | undefined;
  /** What the API server says against what is to be applied, asked without storing anything. */
  readonly refusals: readonly string[];
  /** Versions of the packs of its namespace, by their exact names. */
  readonly versions?: ReadonlyMap<string, string>;
  /** The ConfigMap of all configurations. */
  readonly configs?: ConfigMap | undefined;
  /** The ConfigMap of all overrides. */
  readonly overrides?: ConfigMap | undefined;
  /** Executions of its actions that have not ended. */
  readonly live: readonly Execution[];
  readonly settings: InstallSettings;
}

export interface InstallSettings extends JobSettings {
  /** Image in which packs are installed, and Python actions run. */
  readonly runnerPythonImage: string;
}
