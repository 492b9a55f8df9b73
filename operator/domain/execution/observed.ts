// operator/domain/execution/observed.ts — all that a decision about an Execution may look at.
import type { ExecutionStatus } from '../../api/execution.ts';
import type { KubeObject } from '../../api/meta.ts';
import type { Readable } from '../job/job.ts';
import type { Warned } from '../job/outcome.ts';
import type { JobSettings } from '../job/settings.ts';
import type { Job, Pod } from '../job/shapes.ts';
import type { Audience } from '../notify/audience.ts';
import type { Plan } from '../plan.ts';
import type { Stored } from '../result/result.ts';

/** What a plan wants to be asked of the API server itself before it decides. */
export type Look =
  /** Whether the Job of the current attempt is really gone. */
  | { readonly at: 'job'; readonly name: string }
  /** Warnings about Job or Pod: what keeps it from starting. */
  | { readonly at: 'warnings'; readonly uid: string }
  /** The log of a container that has ended, as a result that is stored where it is large. */
  | {
      readonly at: 'log';
      readonly pod: string;
      readonly exitCode: number;
      readonly message: string;
      /** Whether message and log may have a secret's value: they are not kept. */
      readonly hasSecrets: boolean;
    };

/** A Plan, or a question to be answered before there is one. */
export interface ExecutionPlan extends Plan<ExecutionStatus> {
  readonly look?: Look;
}

export interface ExecutionSettings extends JobSettings {
  /** How long finished Executions are kept where neither they nor their Action says. */
  readonly executionTtlSeconds: number;
}

/** A Job that the API server did not take. */
export interface Refused {
  readonly job: string;
  readonly reason: 'JobRefused' | 'NameTaken';
  readonly message: string;
}

export interface ObservedExecution extends Readable {
  readonly self: KubeObject;
  /** The Action that the reference means, unchecked. */
  readonly action: KubeObject | undefined;
  /** Jobs of the Execution, and whatever else has the name of its current one. */
  readonly jobs: readonly Job[];
  readonly pods: readonly Pod[];
  readonly settings: ExecutionSettings;
  /** What is wrong with the configuration of its action's pack. Default: nothing. */
  readonly configFaults?: readonly string[];
  /** Name of a Job of this Execution that a watch has shown and then shown deleted. */
  readonly lostJob?: string | undefined;
  /** Whether another Execution goes on from it: its children have results that are needed. */
  readonly isNeeded?: boolean;
  /** Who would hear of its end. Default: nobody. */
  readonly audience?: Audience;
  /** Whether ends are still to be told for which it is needed: of its children, or of the Execution that led to it. */
  readonly isAwaited?: boolean;
  /** Why the API server refused the last write about it. */
  readonly refused?: Refused | undefined;
  /** How long its event's id is remembered. */
  readonly dedupeWindowSeconds?: number | undefined;

  /** Answers to looks. */
  readonly missing?: string;
  readonly warned?: readonly Warned[];
  readonly stored?: Stored;
  /** End of the log of a container, with `stored`. */
  readonly log?: string;
}
