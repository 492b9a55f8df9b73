// operator/kube/json.ts — JSON values: whether two are the same, and one merged into another.

/** Deep equality as JSON sees it: a field that is undefined is the same as none, and order of fields does not matter. */
export function sameJson(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
    return a.every((item, at) => sameJson(item ?? null, b[at] ?? null));
  }
  const left = present(a);
  const right = new Map(present(b));
  return (
    left.length === right.size && left.every(([name, value]) => right.has(name) && sameJson(value, right.get(name)))
  );
}

const present = (object: object): [string, unknown][] =>
  Object.entries(object).filter(([, value]) => value !== undefined);

/** RFC 7386: what is null in the patch goes, objects merge, all else is replaced. */
export function merged(old: unknown, patch: unknown): unknown {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch;
  const out: Record<string, unknown> = typeof old === 'object' && old !== null && !Array.isArray(old) ? { ...old } : {};
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete out[name];
    else out[name] = merged(out[name], value);
  }
  return out;
}
