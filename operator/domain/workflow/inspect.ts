// operator/domain/workflow/inspect.ts — a definition of any engine → all that is wrong with it, where, and what it runs.
import type { WorkflowEngine } from '../../api/workflow.ts';
import { evaluating, NOWHEN } from '../expression/evaluation.ts';
import { ExpressionFault } from '../expression/fault.ts';
import { dictGet, isDict } from '../expression/python/dict.ts';
import { Float, type Value } from '../expression/python/values.ts';
import { loadYaml } from '../expression/python/yaml-load.ts';
import { openYamlText } from '../pack/yaml-text.ts';
import { openChain } from './inspect-chain.ts';
import { openMistral } from './inspect-mistral.ts';
import { openOrquesta } from './inspect-orquesta.ts';
import { located } from './inspect-places.ts';
import type { DefinitionSource, LocatedFinding, Opened } from './inspect-source.ts';
import type { ActionLookup } from './orquesta/inspect-contents.ts';
import { byType } from './orquesta/findings.ts';
import { DEFINITION_LIMITS } from './orquesta/load.ts';

const OPEN: Readonly<Record<WorkflowEngine, (source: DefinitionSource) => Opened>> = {
  orquesta: openOrquesta,
  'action-chain': openChain,
  mistral: openMistral,
};

/** Never throws for what a definition has. */
export function openDefinition(engine: WorkflowEngine, source: DefinitionSource): Opened {
  const opened = OPEN[engine](source);
  if (typeof source.definition !== 'string' || opened.findings.length === 0) return opened;
  const value = valueOf(source.definition);
  if (value === undefined) return opened;
  return { ...opened, findings: located(opened.findings, { text: openYamlText(source.definition), value }) };
}

export interface InspectionRequest extends DefinitionSource {
  readonly engine: WorkflowEngine;
  /** Parameters by reference; without it nobody asks whether the actions are there. */
  readonly lookup?: ActionLookup | undefined;
}

/** Orquesta's findings in StackStorm's order, others as they are found, those about actions last. */
export function inspectDefinition({ engine, lookup, ...source }: InspectionRequest): {
  readonly findings: readonly LocatedFinding[];
} {
  const { findings, contents } = openDefinition(engine, source);
  const { refusals, warnings } = lookup ? contents(lookup) : { refusals: [], warnings: [] };
  const all = [...findings, ...refusals, ...warnings];
  return { findings: engine === 'orquesta' ? byType(all) : all };
}

/** The engine that a definition is written for, as its keys say; what is no definition at all is looked at as Orquesta's. */
export function engineOf(value: Value | undefined): WorkflowEngine {
  if (value === undefined || !isDict(value)) return 'orquesta';
  const has = (key: string) => dictGet(value, key) !== undefined;
  if (has('chain')) return 'action-chain';
  if (has('tasks')) return 'orquesta';
  const version = dictGet(value, 'version');
  const isV2 = Number(version instanceof Float ? version.value : version) === 2;
  return isV2 || has('workflows') ? 'mistral' : 'orquesta';
}

/** What a text of YAML says; undefined for what cannot be read. */
export function valueOf(text: string): Value | undefined {
  try {
    return evaluating(NOWHEN, () => loadYaml(text), DEFINITION_LIMITS);
  } catch (error) {
    if (!(error instanceof ExpressionFault)) throw error;
    return undefined;
  }
}
