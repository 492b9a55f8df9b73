// operator/domain/workflow/orquesta/inspect.ts — everything that inspection has to say of a definition, and the workflow that it is.
import { evaluating, NOWHEN } from '../../expression/evaluation.ts';
import { ExpressionFault } from '../../expression/fault.ts';
import { isDict } from '../../expression/python/dict.ts';
import type { Value } from '../../expression/python/values.ts';
import type { Finding } from '../engine.ts';
import { byPath, byType, pathText } from './findings.ts';
import { inspectContents, type ActionLookup } from './inspect-contents.ts';
import { inspectContext } from './inspect-context.ts';
import { inspectExpressions } from './inspect-expressions.ts';
import { inspectSemantics } from './inspect-semantics.ts';
import { type DefinitionParts, instantiate } from './instantiate.ts';
import { checkSize, DEFINITION_LIMITS } from './load.ts';
import type { Workflow } from './model.ts';
import { networkOf } from './network.ts';
import { parseWorkflow } from './parse.ts';
import { loadText, Refusal } from './refusal.ts';
import { schemaFindings } from './schema.ts';

export interface InspectSettings {
  /** Names of variables that the context brings: `st2`, `parent`. */
  readonly context?: Iterable<string>;
  /** Without it nobody asks whether the actions are there. */
  readonly actions?: ActionLookup;
}

/** Orquesta's own categories; one without findings is not there. */
export type Errors = Readonly<Partial<Record<'syntax' | 'semantics' | 'expressions' | 'context', readonly Finding[]>>>;

export interface Inspection {
  /** There unless the definition is refused; it may have findings, and then must not run. */
  readonly workflow: Workflow | undefined;
  /** Why there is no workflow. */
  readonly refusal: Refusal | undefined;
  readonly errors: Errors;
  /** All of them, as StackStorm's API lists them; what is refused begins with that. */
  readonly findings: readonly Finding[];
}

/** Inspects a text of YAML, or the value of one. Never throws for what it has. */
export function inspect(definition: Value, settings: InspectSettings = {}): Inspection {
  let value: Value | undefined;
  try {
    value = valueOf(definition);
    const loaded = value;
    return inspected(
      evaluating(NOWHEN, () => instantiate(loaded), DEFINITION_LIMITS),
      settings,
    );
  } catch (fault) {
    if (fault instanceof Refusal) return refused(fault, value);
    if (fault instanceof ExpressionFault) return refused(tooLarge(fault), undefined);
    throw fault;
  }
}

const tooLarge = ({ message }: ExpressionFault): Refusal =>
  new Refusal(`The definition is too large: ${message}. Make several workflows of it.`, []);

function valueOf(definition: Value): Value {
  if (typeof definition === 'string') {
    if (definition === '') throw new Refusal('The spec cannot be type of None.', [], { isRecorded: true });
    return loadText(definition, []);
  }
  checkSize(definition);
  return definition;
}

function inspected(parts: DefinitionParts, { context = [], actions }: InspectSettings): Inspection {
  const workflow = parseWorkflow(parts);
  const network = networkOf(workflow);
  const errors = {
    syntax: byPath(schemaFindings(parts.value)),
    semantics: byPath(inspectSemantics(workflow, network)),
    expressions: byPath(inspectExpressions(parts)),
    context: byPath(inspectContext(parts, network, context)),
  };
  const contents = actions ? inspectContents(workflow, actions) : [];
  return {
    workflow,
    refusal: undefined,
    errors: Object.fromEntries(Object.entries(errors).filter(([, findings]) => findings.length > 0)),
    findings: byType([...Object.values(errors).flat(), ...contents]),
  };
}

/** What the schema says of it may tell more. */
function refused(refusal: Refusal, value: Value | undefined): Inspection {
  const syntax = value !== undefined && isDict(value) ? byPath(schemaFindings(value)) : [];
  const path = pathText(refusal.path);
  const finding: Finding = { type: 'syntax', message: refusal.message, ...(path === '' ? {} : { spec_path: path }) };
  return { workflow: undefined, refusal, errors: { syntax }, findings: [finding, ...syntax] };
}
