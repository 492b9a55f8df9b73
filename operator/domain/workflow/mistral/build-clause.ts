// operator/domain/workflow/mistral/build-clause.ts — `on-success` and its like, and what they publish, in each of the ways to write them.
import { isList, isPlain, type Plain, type Value } from '../../expression/python/values.ts';
import type { Findings, Path } from './findings.ts';
import { parseCall } from './inline.ts';
import type { EventName, Publish, Transition } from './model.ts';

interface Clause {
  readonly next: readonly Transition[];
  readonly publish: Publish | undefined;
}

const EMPTY: Clause = { next: [], publish: undefined };
export const NO_PUBLISH: Publish = { branch: {}, global: {} };

/** A clause that fits its schema. */
export function buildClause(event: EventName, value: Value | undefined, path: Path, findings: Findings): Clause {
  if (value === undefined || value === null) return EMPTY;
  if (!isPlain(value)) return { next: buildNext(event, value, path, findings), publish: undefined };
  // Mistral's schema takes `task: <% condition %>` without a list, and then reads no transition from it: here it is one.
  const isAdvanced = Object.keys(value).every((key) => key === 'publish' || key === 'next');
  if (!isAdvanced) return { next: buildNext(event, value, path, findings), publish: undefined };
  const publish = ownOf(value, 'publish');
  return {
    next: buildNext(event, ownOf(value, 'next') ?? null, [...path, 'next'], findings),
    publish:
      publish !== undefined && isPlain(publish) ? buildPublish(publish, [...path, 'publish'], findings) : undefined,
  };
}

const ownOf = (object: Plain, key: string): Value | undefined => (Object.hasOwn(object, key) ? object[key] : undefined);

/** `atomic` is published as `global` is: one thing at a time happens to a run. */
function buildPublish(publish: Plain, path: Path, findings: Findings): Publish {
  const part = (name: string): Plain => {
    const value = ownOf(publish, name);
    if (value === undefined || !isPlain(value)) return {};
    findings.checkExpressions(value, [...path, name]);
    return value;
  };
  const [branch, global, atomic] = [part('branch'), part('global'), part('atomic')];
  if (Object.keys(publish).length === 0) {
    findings.add('semantic', path, "Either 'branch', 'global' or 'atomic' must be specified: {}");
  }
  return { branch, global: { ...global, ...atomic } };
}

function buildNext(event: EventName, value: Value, path: Path, findings: Findings): readonly Transition[] {
  const items = isList(value) ? value : value === null ? [] : [value];
  return items.flatMap((item, at) => {
    const where = isList(value) ? [...path, at] : path;
    const [written, condition] = isPlain(item) ? (Object.entries(item)[0] ?? ['', null]) : [item, null];
    if (typeof written !== 'string') return [];
    const call = parseCall(written);
    if (!call) {
      findings.add('syntax', where, `Invalid action/workflow task property: ${written}`);
      return [];
    }
    findings.checkExpressions(call.name, where);
    if (condition !== null) findings.checkExpressions(condition, where);
    const test = typeof condition === 'string' ? condition : undefined;
    return [{ to: call.name, condition: test, parameters: call.parameters, event }];
  });
}

/** What both publish; of a name in both, the value of `over`. */
export const mergePublish = (under: Publish | undefined, over: Publish | undefined): Publish => ({
  branch: { ...under?.branch, ...over?.branch },
  global: { ...under?.global, ...over?.global },
});
