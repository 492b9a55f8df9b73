// operator/domain/workflow/graph/condition.ts — a condition as the label of an edge: without delimiters where it is one expression.

const ONE = [/^\s*<%\s*((?:(?!%>).)*?)\s*%>\s*$/s, /^\s*\{\{\s*((?:(?!\}\}).)*?)\s*\}\}\s*$/s];

export const conditionText = (written: string): string =>
  ONE.map((one) => one.exec(written)?.[1]).find((text) => text !== undefined) ?? written.trim();
