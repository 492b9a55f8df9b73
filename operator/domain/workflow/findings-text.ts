// operator/domain/workflow/findings-text.ts — findings of a definition that came in an object → the message of a condition.
import { isList, isPlain, type Value } from '../expression/python/values.ts';
import type { Finding } from './engine.ts';
import { valueAt } from './inspect-places.ts';

/** Room for the findings in the message of a condition, in characters. */
const FINDINGS_MAX = 1000;

/** What people see who wrote `[{x: null}]` and see `[{}]` refused. */
const NULLS_ARE_GONE =
  '. Did {} have a null? kubectl apply may leave them out: use kubectl apply --server-side, or write <% null %>';

/** `content: tasks.t1.action: …; …; and 3 more`, with a hint where nulls seem to be lost. */
export function findingsText(findings: readonly Finding[], definition: Value): string {
  const isLost = findings.some(({ spec_path = '' }) => spec_path !== '' && hasEmpty(valueAt(definition, spec_path)));
  const hint = isLost ? NULLS_ARE_GONE : '';
  const room = FINDINGS_MAX - hint.length;
  let text = '';
  for (const [i, { type, spec_path = '', message }] of findings.entries()) {
    const one = `${type}: ${spec_path === '' ? message : `${spec_path}: ${message}`}`;
    const longer = text === '' ? one.slice(0, room) : `${text}; ${one}`;
    if (longer.length > room) return `${text}; and ${findings.length - i} more${hint}`;
    text = longer;
  }
  return text + hint;
}

/** An empty mapping, or a list with one. */
const hasEmpty = (value: Value): boolean => (isList(value) ? value.some(isEmpty) : isEmpty(value));
const isEmpty = (value: Value): boolean => isPlain(value) && Object.keys(value).length === 0;
