// operator/domain/workflow/judge-cycles.ts — whether a way leads from something back to itself.

/** A shortest way from `start` back to it, both ends included; undefined where there is none. Each is asked once what is next. */
export function cycleThrough<T>(start: T, next: (from: T) => Iterable<T>): readonly T[] | undefined {
  const cameFrom = new Map<T, T>();
  const open: T[] = [start];
  for (const from of open) {
    for (const to of next(from)) {
      if (to === start) return wayTo(from, start, cameFrom);
      if (cameFrom.has(to)) continue;
      cameFrom.set(to, from);
      open.push(to);
    }
  }
  return undefined;
}

function wayTo<T>(last: T, start: T, cameFrom: ReadonlyMap<T, T>): readonly T[] {
  const way = [start, last];
  for (let at: T | undefined = last; at !== undefined && at !== start; ) {
    at = cameFrom.get(at);
    if (at !== undefined) way.push(at);
  }
  return last === start ? [start, start] : way.reverse();
}
