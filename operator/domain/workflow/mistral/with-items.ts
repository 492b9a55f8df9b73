// operator/domain/workflow/mistral/with-items.ts — `x in <% $.list %>` → the variables of a task's items and what they are taken from.
import { evaluating, NOWHEN } from '../../expression/evaluation.ts';
import { repr } from '../../expression/python/repr.ts';
import { isList, type Plain, type Value } from '../../expression/python/values.ts';
import type { Findings, Path } from './findings.ts';
import { asJson } from './inline.ts';

const ITEMS = /^\s*([-\p{L}\p{N}_]+)\s*in\s*(\[.+\]|\{\{.*?\}\}|<%.*?%>)/u;

/** Undefined without with-items, or where nothing of it can be read. */
export function buildWithItems(
  written: Value | undefined,
  spec: Plain,
  path: Path,
  findings: Findings,
): Plain | undefined {
  if (written === undefined) return undefined;
  const items = new Map<string, Value>();
  for (const item of isList(written) ? written : [written]) {
    if (typeof item !== 'string' || item === '') continue; // the schema of tasks says so
    const [, name, source] = ITEMS.exec(item) ?? [];
    if (name === undefined || source === undefined) {
      const form = "format 'var in {[some, list] | <% $.array %> }";
      const shown = evaluating(NOWHEN, () => repr(spec));
      findings.add('syntax', path, `Wrong format of 'with-items' property. Please use ${form}: ${shown}`);
      continue;
    }
    findings.checkExpressions(source, path);
    items.set(name, source.startsWith('[') ? listIn(source, path, findings) : source);
  }
  return Object.fromEntries(items);
}

function listIn(source: string, path: Path, findings: Findings): Value {
  const list = asJson(source);
  if (list !== undefined) return list;
  findings.add('syntax', path, `Invalid array in 'with-items' clause: ${source}, error: it is no JSON`);
  return [];
}
