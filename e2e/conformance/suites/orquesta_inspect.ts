// e2e/conformance/suites/orquesta_inspect.ts — the suite orquesta_inspect: what inspection finds in a definition.
import { isPlain } from '../../../operator/domain/expression/python/values.ts';
import { type Inspection, inspect } from '../../../operator/domain/workflow/orquesta/inspect.ts';
import type { Finding } from '../../../operator/domain/workflow/engine.ts';
import type { Case, Suite } from '../suite.ts';
import { decode, type Json } from '../tagged.ts';

/** What was recorded, or what we say, as far as it is compared: the category, both paths, the expression and its language. */
type Told = { readonly [key: string]: Json };
interface Recorded {
  readonly errors?: Readonly<Record<string, readonly Told[]>>;
  readonly st2?: readonly Told[];
  readonly raised?: { readonly type: string; readonly message: string };
}

/** Inspects as a case asks, with the variables of its context. */
export function inspectCase(one: Case): Inspection {
  const context = decode(one['context'] ?? {});
  return inspect(decode(one['definition']), { context: isPlain(context) ? Object.keys(context) : [] });
}

/** What is recorded of an inspection, in any order. */
export function expectedInspection(recorded: Recorded, isQuirk: boolean): Json {
  if (recorded.raised) return isQuirk ? 'an error of its own' : refusal(recorded.raised.message);
  return {
    errors: Object.fromEntries(
      Object.entries(recorded.errors ?? {}).map(([category, told]) => [category, told.map(pathsOf).toSorted()]),
    ),
    st2: (recorded.st2 ?? []).map((told) => `${told['type'] as string} ${pathsOf(told)}`),
  };
}

/** The same of what we say. Where the reference crashes, any finding will do. */
export function tellInspection({ refusal: refused, errors, findings }: Inspection, isCrash: boolean): Json {
  if (isCrash) return findings.length > 0 ? 'an error of its own' : 'nothing';
  if (refused) return refusal(refused.isRecorded ? refused.message : `ours: ${refused.message}`);
  return {
    errors: Object.fromEntries(
      Object.entries(errors).map(([category, found]) => [category, found.map(toldOf).map(pathsOf).toSorted()]),
    ),
    st2: findings.map((finding) => `${finding.type} ${pathsOf(toldOf(finding))}`),
  };
}

/** Of YAML that cannot be read, the words are those of a parser. */
const refusal = (message: string): string =>
  message.startsWith('Failed to load workflow definition because')
    ? 'ValueError: failed to load'
    : `ValueError: ${message}`;

const toldOf = (finding: Finding): Told => ({ ...finding });

const pathsOf = ({ spec_path, schema_path, expression }: Told): string =>
  [spec_path ?? '-', schema_path, ...(expression === undefined ? [] : [expression])].map(String).join(' ');

const isCrash = (one: Case): boolean => Object.hasOwn(one, 'raised') && Object.hasOwn(one, 'quirk');

export const suite: Suite = {
  name: 'orquesta_inspect',
  run: (one) => ({ result: decode(tellInspection(inspectCase(one), isCrash(one))) }),
  expected: (one) => expectedInspection(one as unknown as Recorded, isCrash(one)),
};
