// operator/domain/workflow/mistral/parse.ts — the text of a Mistral v2 workflow or workbook → its definition, or what is wrong with it.
import { evaluating, NOWHEN } from '../../expression/evaluation.ts';
import { ExpressionFault } from '../../expression/fault.ts';
import { str } from '../../expression/python/repr.ts';
import { isPlain, type Plain, type Value } from '../../expression/python/values.ts';
import { loadYaml } from '../../expression/python/yaml-load.ts';
import { type FieldPath, openYamlText } from '../../pack/yaml-text.ts';
import { checkSize, DEFINITION_LIMITS } from '../orquesta/load.ts';
import { buildWorkflow, readInputs } from './build-workflow.ts';
import { Findings, type MistralFinding, type Path } from './findings.ts';
import { parseCall } from './inline.ts';
import type { AdHocAction, MistralDefinition, Workflow } from './model.ts';
import { own, textIn } from './own.ts';
import { toJson } from './to-json.ts';
import { ACTION_SCHEMA, FILE_SCHEMA, WORKBOOK_SCHEMA } from './schema.ts';

export interface ParsedMistral {
  /** Undefined when there are findings. */
  readonly definition: MistralDefinition | undefined;
  /** What could be read of it, with or without findings. */
  readonly parts: MistralDefinition | undefined;
  /** In Mistral's order: the first is what Mistral complains of. */
  readonly findings: readonly MistralFinding[];
}

/** Reads a definition from its text. `reference` is the Action's `pack.name`, which the definition has to be named after. */
export function parseMistral(text: string, reference?: string): ParsedMistral {
  try {
    const value = evaluating(NOWHEN, () => loadYaml(text), DEFINITION_LIMITS);
    checkSize(value);
    let lines: ReturnType<typeof openYamlText> | undefined;
    const lineOf = (path: FieldPath) => (lines ??= openYamlText(text)).placeOf(path).line;
    return readMistral(value, reference, new Findings(lineOf));
  } catch (fault) {
    if (!(fault instanceof ExpressionFault)) throw fault;
    const line = fault.place ? { line: fault.place.line } : {};
    const finding = { type: 'content', message: `Definition could not be parsed: ${fault.message}`, ...line } as const;
    return { definition: undefined, parts: undefined, findings: [finding] };
  }
}

/** Reads a definition that is JSON already. */
export function readMistral(value: Value, reference?: string, findings = new Findings()): ParsedMistral {
  const json = evaluating(NOWHEN, () => toJson(value ?? {}), DEFINITION_LIMITS);
  const parts = build(json, reference, findings);
  return { definition: findings.found.length === 0 ? parts : undefined, parts, findings: findings.found };
}

function build(value: Value, reference: string | undefined, findings: Findings): MistralDefinition | undefined {
  if (!isPlain(value)) {
    findings.add('syntax', [], `Invalid DSL: ${evaluating(NOWHEN, () => str(value))} is not of type 'object'`);
    return undefined;
  }
  const isWorkbook = own(value, 'workflows') !== undefined || own(value, 'actions') !== undefined;
  const definition = isWorkbook ? buildWorkbook(value, findings) : buildFile(value, findings);
  const isNamed = definition !== undefined && definition.name !== '';
  if (isNamed && reference !== undefined && definition.name !== reference) {
    const what = isWorkbook ? 'workbook' : 'workflow';
    const rule = `must be the same as the fully qualified action name "${reference}".`;
    findings.add('content', isWorkbook ? ['name'] : [definition.name], `Name of the ${what} ${rule}`);
  }
  return definition;
}

function buildWorkbook(value: Plain, findings: Findings): MistralDefinition {
  const version = own(value, 'version');
  if (version !== undefined && Number(version) !== 2 && !(typeof version === 'object')) {
    findings.refuse(['version'], `Unsupported DSL version: ${String(version)}`);
  }
  findings.fits(value, WORKBOOK_SCHEMA, []);
  const actions = new Map(
    partsOf(value, 'actions').map(([name, spec]) => [name, buildAction(name, spec, findings)] as const),
  );
  const workflows = workflowsOf(partsOf(value, 'workflows'), ['workflows'], findings);
  if (workflows.size === 0) findings.add('content', ['workflows'], 'There are no workflows in the workbook.');
  return { name: textIn(value, 'name'), isWorkbook: true, workflows, actions };
}

const workflowsOf = (written: readonly (readonly [string, Value])[], path: Path, findings: Findings) =>
  new Map<string, Workflow>(
    written.map(([name, spec]) => [name, buildWorkflow(name, spec, [...path, name], findings)] as const),
  );

const partsOf = (value: Plain, key: string): readonly (readonly [string, Value])[] => {
  const parts = own(value, key);
  return parts !== undefined && isPlain(parts) ? Object.entries(parts).filter(([name]) => name !== 'version') : [];
};

/** A file with one workflow under its name. */
function buildFile(value: Plain, findings: Findings): MistralDefinition | undefined {
  const isFit = findings.fits(value, FILE_SCHEMA, []);
  const written = Object.entries(value).filter(([key, spec]) => key !== 'version' && (isFit || isPlain(spec)));
  const [first, second] = written;
  if (!first) {
    if (isFit) findings.add('syntax', [], 'At least one item must be in the list.');
    return undefined;
  }
  if (second) {
    const message = 'Workflow (not workbook) definition is detected. Multiple workflows is not supported.';
    findings.add('content', [second[0]], message);
  }
  const workflows = workflowsOf(written, [], findings);
  return { name: second ? '' : first[0], isWorkbook: false, workflows, actions: new Map() };
}

/** With what can be read of it. */
function buildAction(name: string, written: Value, findings: Findings): AdHocAction {
  const path = ['actions', name];
  const spec: Value = isPlain(written) ? { ...written, name, version: '2.0' } : written;
  findings.fits(spec, ACTION_SCHEMA, path);
  const nothing = { name, base: '', baseInput: {}, input: new Map(), output: undefined };
  if (!isPlain(spec)) return nothing;
  const base = textIn(spec, 'base');
  const call = base === '' ? { name: '', parameters: {} } : parseCall(base);
  if (!call) {
    findings.add('syntax', [...path, 'base'], `Invalid action/workflow task property: ${base}`);
    return nothing;
  }
  if (call.name === 'st2.callback') findings.add('content', [...path, 'base'], 'st2.callback is deprecated.');
  const input = own(spec, 'base-input');
  const output = own(spec, 'output');
  findings.checkExpressions(call.parameters, [...path, 'base']);
  findings.checkExpressions(input ?? null, [...path, 'base-input']);
  if (typeof output === 'string') findings.checkExpressions(output, [...path, 'output']);
  return {
    name,
    base: call.name,
    baseInput: { ...(input !== undefined && isPlain(input) ? input : {}), ...call.parameters },
    input: readInputs(own(spec, 'input')),
    output: output ?? undefined,
  };
}
