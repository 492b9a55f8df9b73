// operator/domain/workflow/orquesta/cycles.ts — the names from which a way leads back to themselves.

interface Visit {
  readonly name: string;
  readonly index: number;
  readonly open: Iterator<string>;
  low: number;
}

/** Tarjan's strongly connected components, without recursion: linear in the names and the ways between them. */
export function cyclicIn(names: Iterable<string>, next: (name: string) => readonly string[]): ReadonlySet<string> {
  const cyclic = new Set<string>();
  const indices = new Map<string, number>();
  const onStack = new Set<string>();
  const stack: string[] = [];
  const visits: Visit[] = [];

  const enter = (name: string): void => {
    const index = indices.size;
    indices.set(name, index);
    stack.push(name);
    onStack.add(name);
    const targets = next(name);
    if (targets.includes(name)) cyclic.add(name);
    visits.push({ name, index, open: targets[Symbol.iterator](), low: index });
  };
  /** All of a component are on the stack above the one that was entered first. */
  const leave = ({ name, index, low }: Visit): void => {
    visits.pop();
    const parent = visits.at(-1);
    if (parent) parent.low = Math.min(parent.low, low);
    if (low !== index) return;
    const component = stack.splice(stack.lastIndexOf(name));
    for (const one of component) {
      onStack.delete(one);
      if (component.length > 1) cyclic.add(one);
    }
  };

  for (const start of names) {
    if (!indices.has(start)) enter(start);
    for (let visit = visits.at(-1); visit; visit = visits.at(-1)) {
      const { done, value } = visit.open.next();
      if (done) leave(visit);
      else if (!indices.has(value)) enter(value);
      else if (onStack.has(value)) visit.low = Math.min(visit.low, indices.get(value) as number);
    }
  }
  return cyclic;
}
