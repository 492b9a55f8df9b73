// operator/domain/trigger/later.ts — triggers of StackStorm's own that Squall does not send yet, by reference.

const TIMERS: readonly string[] = ['IntervalTimer', 'DateTimer', 'CronTimer'].map((name) => `core.st2.${name}`);

/** Names go from here as the triggers come: each is in packs/core/triggers, or here. */
export const LATER_TRIGGERS: readonly string[] = [
  ...TIMERS,
  'core.st2.key_value_pair.create',
  'core.st2.key_value_pair.update',
  'core.st2.key_value_pair.value_change',
  'core.st2.key_value_pair.delete',
  'core.st2.generic.inquiry',
  'core.st2.sensor.process_spawn',
  'core.st2.sensor.process_exit',
  'core.st2.action.file_written',
];

/** What is told of a rule on one of them, and what helps meanwhile; undefined for all other triggers. */
export function laterTrigger(type: string): string | undefined {
  if (!LATER_TRIGGERS.includes(type)) return undefined;
  const remedy = TIMERS.includes(type)
    ? '; until then, a CronJob of Kubernetes that posts to a webhook does the same'
    : '';
  return `"${type}" is a trigger of StackStorm's that is not here yet: the rule stays, and no event reaches it${remedy}`;
}
