// operator/domain/workflow/orquesta/open.ts — a definition as somebody wrote it → the workflow and its graph, and findings with their lines.
import type { Place } from '../../expression/fault.ts';
import type { Value } from '../../expression/python/values.ts';
import { type FieldPath, openYamlText } from '../../pack/yaml-text.ts';
import type { Finding } from '../engine.ts';
import { compose } from './compose.ts';
import { pathSteps } from './findings.ts';
import { inspect, type InspectSettings } from './inspect.ts';
import type { Graph, Workflow } from './model.ts';

/** A finding; a place is known where the definition is a text. Lines and columns count from 1. */
export interface PlacedFinding extends Finding {
  readonly line?: number;
  readonly column?: number;
}

export interface OpenedWorkflow {
  /** There when nothing was found. */
  readonly workflow: Workflow | undefined;
  readonly graph: Graph | undefined;
  readonly findings: readonly PlacedFinding[];
}

/** Opens a text of YAML, or the value of one as a custom resource has it. Never throws for what it has. */
export function openWorkflow(definition: Value, settings: InspectSettings = {}): OpenedWorkflow {
  const { workflow, refusal, findings } = inspect(definition, settings);
  if (workflow && findings.length === 0) return { workflow, graph: compose(workflow), findings: [] };
  return { workflow: undefined, graph: undefined, findings: placed(findings, definition, refusal) };
}

function placed(
  findings: readonly Finding[],
  definition: Value,
  refusal: { readonly path: FieldPath; readonly place: Place | undefined } | undefined,
): readonly PlacedFinding[] {
  if (typeof definition !== 'string') return findings;
  if (refusal?.place) return findings.map((finding) => ({ ...finding, ...refusal.place }));
  const text = openYamlText(definition);
  return findings.map((finding, i) => {
    const path = refusal && i === 0 ? refusal.path : pathSteps(finding.spec_path ?? '');
    return { ...finding, ...text.placeOf(path) };
  });
}
