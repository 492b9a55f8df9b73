// operator/domain/workflow/mistral/entry.ts — a definition → the workflow of it that a run begins with.
import type { MistralDefinition, Workflow } from './model.ts';

/** The one that is named, with the workbook's name before it or without; else `main`, else the only one. */
export function entryOf({ workflows }: MistralDefinition, name: string | undefined): Workflow | undefined {
  if (name !== undefined) return workflows.get(name) ?? workflows.get(name.slice(name.lastIndexOf('.') + 1));
  const [only, ...more] = workflows.values();
  return workflows.get('main') ?? (more.length === 0 ? only : undefined);
}

/** Why there is none. */
export const noEntryText = (name: string | undefined): string =>
  name === undefined
    ? 'Workbook definition is detected. Default workflow cannot be determined.'
    : `Unable to find the workflow "${name}" in the workbook.`;
