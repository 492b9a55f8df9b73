// cli/definition-file.ts — a file → the workflows in it: a definition as a pack has it, or manifests of Workflows.
import { type Document, isMap, parseAllDocuments } from 'yaml';
import { GROUP, refOf } from '../operator/api/meta.ts';
import { WORKFLOW_ENGINES, type WorkflowEngine, WorkflowSpec } from '../operator/api/workflow.ts';
import { parametersFault } from '../operator/domain/action/parameters-fault.ts';
import { evaluating, NOWHEN } from '../operator/domain/expression/evaluation.ts';
import { isPlain, type Plain, type Value } from '../operator/domain/expression/python/values.ts';
import { openYamlText } from '../operator/domain/pack/yaml-text.ts';
import { located, type Page } from '../operator/domain/workflow/inspect-places.ts';
import type { LocatedFinding, Opened } from '../operator/domain/workflow/inspect-source.ts';
import { engineOf, openDefinition, valueOf } from '../operator/domain/workflow/inspect.ts';
import { toJson } from '../operator/domain/workflow/mistral/to-json.ts';
import { DEFINITION_LIMITS } from '../operator/domain/workflow/orquesta/load.ts';
import { ENGINE_PARAMETERS } from '../operator/domain/workflow/runner-parameters.ts';

export interface FileOptions {
  /** Of a definition; a manifest says it itself. Default: as its keys say. */
  readonly engine?: WorkflowEngine;
  /** Which workflow of a Mistral workbook. */
  readonly workflow?: string;
}

/** A workflow of the file; findings have lines and columns of the file. */
export interface FileWorkflow extends Pick<Opened, 'findings' | 'picture'> {
  /** Its reference, where the file says it. */
  readonly ref: string | undefined;
}

/** At least one. */
export function workflowsIn(text: string, options: FileOptions): readonly FileWorkflow[] {
  const manifests = documentsOf(text).flatMap(({ from, to, document }) => {
    const isManifest =
      isMap(document.contents) &&
      document.get('kind') === 'Workflow' &&
      String(document.get('apiVersion')).startsWith(`${GROUP}/`);
    return isManifest ? [ofManifest(blankBefore(text, from) + text.slice(from, to), options)] : [];
  });
  if (manifests.length > 0) return manifests;
  const { engine = engineOf(valueOf(text)), workflow } = options;
  const { findings, picture } = openDefinition(engine, { definition: text, workflow });
  return [{ ref: undefined, findings, picture }];
}

/** What is before a part of a file as blanks, so that its lines and columns are those of the file. */
const blankBefore = (text: string, end: number): string => text.slice(0, end).replaceAll(/[^\n]/g, ' ');

interface Part {
  readonly from: number;
  readonly to: number;
  readonly document: Document;
}

const documentsOf = (text: string): readonly Part[] =>
  [...parseAllDocuments(text, { logLevel: 'silent' })].map((document) => {
    const [from, , to] = (document as Document).range ?? [0, 0, text.length];
    return { from, to, document: document as Document };
  });

function ofManifest(text: string, options: FileOptions): FileWorkflow {
  const loaded = valueOf(text);
  // What cannot be read is told as a definition that cannot be read is.
  if (loaded === undefined) return { ref: undefined, ...openDefinition('orquesta', { definition: text }) };
  const value = evaluating(NOWHEN, () => toJson(loaded), DEFINITION_LIMITS);
  const page: Page = { text: openYamlText(text), value };
  const spec = partOf(value, 'spec');
  const parsed = WorkflowSpec.safeParse(spec);
  if (!parsed.success)
    return { ref: undefined, findings: located(specFindings(parsed.error, spec), page), picture: undefined };
  const { engine, definition, workflow = options.workflow, parameters } = parsed.data;
  const name = partOf(partOf(value, 'metadata'), 'name');
  const ref = typeof name === 'string' ? refOf({ metadata: { name }, spec: parsed.data }) : parsed.data.ref;
  const written = { value: definition as Value };
  const isNamedLater = Object.hasOwn(parameters, 'workflow');
  const { findings, picture } = openDefinition(engine, { definition: written, ref, workflow, isNamedLater });
  const within = { ...page, value: written.value, within: ['spec', 'definition'] };
  return { ref, findings: [...located(faultsOf(parsed.data), page), ...located(findings, within)], picture };
}

function partOf(value: Value, key: string): Value {
  const plain: Plain = isPlain(value) ? value : {};
  return (Object.hasOwn(plain, key) ? plain[key] : undefined) ?? null;
}

function specFindings(
  { issues }: { readonly issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[] },
  spec: Value,
): readonly LocatedFinding[] {
  return issues.map(({ path, message }) => {
    const spec_path = ['spec', ...path].map(String).join('.');
    const isUnwritten = path[0] === 'engine' && partOf(spec, 'engine') === null;
    const remedy = isUnwritten ? `write one of ${WORKFLOW_ENGINES.join(', ')}` : message;
    return { type: 'syntax', message: `${spec_path}: ${remedy}`, spec_path };
  });
}

function faultsOf({ engine, workflow, parameters }: WorkflowSpec): readonly LocatedFinding[] {
  const fault = parametersFault(parameters, ENGINE_PARAMETERS[engine]);
  const at = (message: string): LocatedFinding => ({
    type: 'syntax',
    message,
    spec_path: message.slice(0, message.indexOf(':')),
  });
  return [
    ...(fault === undefined ? [] : [at(fault)]),
    ...(workflow !== undefined && engine !== 'mistral'
      ? [at('spec.workflow: give it with engine "mistral" only')]
      : []),
  ];
}
