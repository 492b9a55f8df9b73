// operator/domain/workflow/mistral/build-policies.ts — retry, timeout, waits and the like, of a task or of task-defaults.
import { isList, isPlain, type Plain, type Value } from '../../expression/python/values.ts';
import { buildClause } from './build-clause.ts';
import type { Findings, Path } from './findings.ts';
import { parseCall } from './inline.ts';
import type { Policies, Retry, Transition } from './model.ts';
import { own } from './own.ts';
import { TASK_DEFAULTS_SCHEMA } from './schema.ts';
import { RETRY } from './schema-parts.ts';

/** What tasks have that do not say otherwise. */
export interface TaskDefaults {
  readonly policies: Policies;
  readonly next: Readonly<Record<'on-success' | 'on-error' | 'on-complete', readonly Transition[]>>;
  readonly requires: readonly string[];
}

const NO_POLICIES: Policies = {
  pauseBefore: undefined,
  waitBefore: undefined,
  waitAfter: undefined,
  failOn: undefined,
  retry: undefined,
  timeout: undefined,
  concurrency: undefined,
};
export const NO_DEFAULTS: TaskDefaults = {
  policies: NO_POLICIES,
  next: { 'on-success': [], 'on-error': [], 'on-complete': [] },
  requires: [],
};

export function buildTaskDefaults(written: Value | undefined, path: Path, findings: Findings): TaskDefaults {
  if (written === undefined) return NO_DEFAULTS;
  findings.fits(written, TASK_DEFAULTS_SCHEMA, path);
  if (!isPlain(written)) return NO_DEFAULTS;
  findings.checkExpressions(own(written, 'safe-rerun') ?? null, [...path, 'safe-rerun']);
  const clause = (event: 'on-success' | 'on-error' | 'on-complete') =>
    buildClause(event, own(written, event), [...path, event], findings).next;
  const requires = own(written, 'requires') ?? [];
  return {
    policies: buildPolicies(written, NO_POLICIES, path, findings),
    next: {
      'on-success': clause('on-success'),
      'on-error': clause('on-error'),
      'on-complete': clause('on-complete'),
    },
    requires: (isList(requires) ? requires : [requires]).map(String),
  };
}

/** The policies of a task; 0 and false are as if they were not there, so that the default holds. */
export function buildPolicies(spec: Plain, defaults: Policies, path: Path, findings: Findings): Policies {
  const read = (key: string, fallback: Value | undefined): Value | undefined => {
    const value = own(spec, key);
    if (value === undefined || value === null || value === false || value === 0) return fallback;
    findings.checkExpressions(value, [...path, key]);
    return value;
  };
  return {
    pauseBefore: read('pause-before', defaults.pauseBefore),
    waitBefore: read('wait-before', defaults.waitBefore),
    waitAfter: read('wait-after', defaults.waitAfter),
    failOn: read('fail-on', defaults.failOn),
    retry: buildRetry(own(spec, 'retry'), [...path, 'retry'], findings) ?? defaults.retry,
    timeout: read('timeout', defaults.timeout),
    concurrency: read('concurrency', defaults.concurrency),
  };
}

function buildRetry(written: Value | undefined, path: Path, findings: Findings): Retry | undefined {
  if (written === undefined) return undefined;
  const value = typeof written === 'string' ? (parseCall(written)?.parameters ?? {}) : written;
  if (!isPlain(value) || (value !== written && !findings.fits(value, RETRY, path))) return undefined;
  findings.checkExpressions(value, path);
  const text = (key: string) => {
    const found = own(value, key);
    return typeof found === 'string' ? found : undefined;
  };
  return {
    count: own(value, 'count') ?? 0,
    delay: own(value, 'delay') ?? 0,
    breakOn: text('break-on'),
    continueOn: text('continue-on'),
  };
}
