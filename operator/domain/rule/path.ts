// operator/domain/rule/path.ts — key of a criterion → a look into the payload, in the part of jsonpath_rw that rules use.

type Step =
  | { readonly do: 'field'; readonly name: string }
  | { readonly do: 'index'; readonly at: number }
  | { readonly do: 'each' };

/** Finds the first value at a path; undefined when there is none. */
export type Path = (root: Readonly<Record<string, unknown>>) => unknown;

/** One step: a name, .name, .'quoted', ['quoted'] or ["quoted"], [0], [-1], [*], .* */
const STEP =
  /\.?(?:([A-Za-z_@][\w@-]*)|'([^']*)'|"([^"]*)"|(\*))|\[\s*(?:'([^']*)'|"([^"]*)"|(-?\d+)|(\*)|([A-Za-z_@][\w@-]*))\s*\]/y;

/** Compiles `trigger.a[0]["odd key"]`; from the first # on the key is a comment. @throws Error that says where it is wrong */
export function compilePath(key: string): Path {
  const text = key.split('#', 1)[0]?.trim().replace(/^\$\./, '') ?? '';
  const steps: Step[] = [];
  let at = 0;
  while (at < text.length) {
    STEP.lastIndex = at;
    const found = STEP.exec(text);
    const joined = found !== null && (at === 0 ? !/^[.[]/.test(found[0]) : /^[.[]/.test(found[0]));
    if (!found || !joined) throw new Error(`"${key}" is not a path: see "${text.slice(at, at + 20)}"`);
    steps.push(stepOf(found));
    at = STEP.lastIndex;
  }
  if (steps.length === 0) throw new Error('the path is empty');
  return (root) => walk(root, steps, 0);
}

function stepOf([, name, single, double, star, inSingle, inDouble, index, inStar, inName]: RegExpExecArray): Step {
  if (star !== undefined || inStar !== undefined) return { do: 'each' };
  if (index !== undefined) return { do: 'index', at: Number(index) };
  return { do: 'field', name: name ?? single ?? double ?? inSingle ?? inDouble ?? inName ?? '' };
}

/** Depth first: the first match in the order of the document. Only own fields count, whatever a payload is called. */
function walk(value: unknown, steps: readonly Step[], from: number): unknown {
  let here = value;
  for (let i = from; i < steps.length; i++) {
    const step = steps[i] as Step;
    if (step.do === 'each') return first(here, steps, i + 1);
    if (typeof here !== 'object' || here === null) return undefined;
    if (step.do === 'index') here = Array.isArray(here) ? (here as unknown[]).at(step.at) : undefined;
    else
      here =
        !Array.isArray(here) && Object.hasOwn(here, step.name)
          ? (here as Record<string, unknown>)[step.name]
          : undefined;
  }
  return here;
}

function first(values: unknown, steps: readonly Step[], from: number): unknown {
  if (typeof values !== 'object' || values === null) return undefined;
  for (const value of Object.values(values)) {
    const found = walk(value, steps, from);
    if (found !== undefined) return found;
  }
  return undefined;
}
