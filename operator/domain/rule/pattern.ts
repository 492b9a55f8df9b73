// operator/domain/rule/pattern.ts — pattern with templates → the value it stands for, with its type.
import { isTemplate, type Path, parse, pythonText, render } from '../expression/render.ts';

type Context = Readonly<Record<string, unknown>>;

/**
 * A function that gives the pattern's value for one event, or undefined when the text has nothing to render.
 * "{{ trigger.limit }}" keeps its type: what is rendered counts as JSON where it is JSON, as in StackStorm
 * (st2reactor/rules/filter.py). @throws RenderError, now or per event
 */
export function compilePattern(text: string): ((context: Context) => unknown) | undefined {
  if (!isTemplate(text)) return undefined;
  const parts = parse(text);
  const last = parts.findLastIndex((part) => 'path' in part);
  if (last < 0) return (context) => render(text, context);
  return (context) => {
    const plain = render(text, context); // throws for what the payload lacks
    const json = parts.map((part, at) =>
      'text' in part ? part.text : write(valueAt(part.path, context), at === last),
    );
    try {
      return JSON.parse(json.join('')) as unknown;
    } catch {
      return plain;
    }
  };
}

const write = (value: unknown, asJson: boolean) => (asJson ? JSON.stringify(value) : pythonText(value));

/** The value that `render` has just found there. */
function valueAt(path: Path, context: Context): unknown {
  let value: unknown = context;
  for (const step of path) {
    if (Array.isArray(value)) value = value.at(Number(step)) as unknown;
    else value = (value as Record<string, unknown>)[step];
  }
  return value;
}
