// operator/domain/expression/embedded/context-references.ts — the text of expressions → the variables of the context that they name.

/** `ctx(…)` and what follows it, as far as its characters go. */
const REFERENCE = /(?<![\p{L}\p{N}_])ctx\([\][a-zA-Z0-9_'".()]*/gu;
const VARIABLES = [
  /(?<=\bctx\(\)\.)([a-zA-Z0-9_-]+)\b(?!\()/,
  /\bctx\(([a-zA-Z0-9_-]+)\)/,
  /\bctx\('([a-zA-Z0-9_-]+)'\)/,
  /\bctx\("([a-zA-Z0-9_-]+)"\)/,
];

/** The variables, each as often as there are different ways in which it is named: `ctx().x`, `ctx(x)`, `ctx('x')`, as orquesta finds them. */
export function contextVariables(expressions: readonly string[]): readonly string[] {
  const references = new Set(expressions.flatMap((expression) => expression.match(REFERENCE) ?? []));
  return [...references]
    .filter((reference) => reference.includes(')'))
    .sort()
    .flatMap((reference) => VARIABLES.flatMap((pattern) => pattern.exec(reference)?.[1] ?? []));
}
