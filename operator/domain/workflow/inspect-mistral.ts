// operator/domain/workflow/inspect-mistral.ts — a definition of Mistral → its findings, what it runs, and its picture.
import { isPlain, type Plain, type Value } from '../expression/python/values.ts';
import { mistralGraph } from './graph/of-mistral.ts';
import { type Call, missingActions, wrongInputs } from './inspect-content.ts';
import type { DefinitionSource, LocatedFinding, Opened } from './inspect-source.ts';
import type { Finding } from './engine.ts';
import { hasExpression } from './mistral/embedded.ts';
import { entryOf, noEntryText } from './mistral/entry.ts';
import type { MistralDefinition, Task } from './mistral/model.ts';
import { own } from './mistral/own.ts';
import { parseMistral, readMistral } from './mistral/parse.ts';
import { childOfStd, stdFaults, stdTerms } from './mistral/std-findings.ts';

export function openMistral({ definition: written, ref, workflow, isNamedLater = false }: DefinitionSource): Opened {
  const { definition, parts, findings } =
    typeof written === 'string' ? parseMistral(written, ref) : readMistral(written.value, ref);
  const told = findings.map(located);
  if (!parts) return { findings: told, calls: [], contents: () => NOTHING, picture: undefined };
  const entry = entryOf(parts, workflow);
  const used = usedBy(parts);
  const calls = definition ? used.flatMap((one) => callsOf(parts, one)) : [];
  const hasEntry =
    entry !== undefined || (isNamedLater && workflow === undefined) || parts.workflows.size === 0 || !parts.isWorkbook;
  const std = used.flatMap((one) => (one.isWritten || definition ? stdFindings(parts, one) : []));
  return {
    findings: [...told, ...(hasEntry ? [] : [noEntry(workflow)]), ...std],
    calls,
    contents: (lookup) => ({ refusals: wrongInputs(calls, lookup), warnings: missingActions(calls, lookup) }),
    picture: definition && entry && (() => mistralGraph(entry)),
  };
}

const NOTHING = { refusals: [], warnings: [] };

/** A finding without a column is about the whole line. */
const located = ({ line, ...finding }: LocatedFinding): LocatedFinding =>
  line === undefined || finding.spec_path !== undefined ? finding : { ...finding, line, column: 1 };

const noEntry = (name: string | undefined): LocatedFinding => ({
  type: 'content',
  message: noEntryText(name),
  spec_path: 'workflows',
});

/** An action or a workflow that is called by its name, and with what. */
interface Used extends Pick<Call, 'place' | 'inputPlace'> {
  readonly name: string;
  readonly isWorkflow: boolean;
  readonly input: Value;
  /** Not written is what a task without an action does; it may have one under a wrong key. */
  readonly isWritten: boolean;
}

function usedBy({ workflows, actions, isWorkbook }: MistralDefinition): readonly Used[] {
  const ofTask = (name: string, { action, workflow, input, spec, name: task }: Task): Used => {
    const isWritten = own(spec, 'action') !== undefined || workflow !== undefined;
    const at = `${isWorkbook ? 'workflows.' : ''}${name}.tasks.${task}`;
    const inputPlace = `${at}.input`;
    return workflow === undefined
      ? { name: action, isWorkflow: false, input, isWritten, place: `${at}.action`, inputPlace }
      : { name: workflow, isWorkflow: true, input, isWritten, place: `${at}.workflow`, inputPlace };
  };
  const ofTasks = [...workflows].flatMap(([name, { tasks }]) => [...tasks.values()].map((task) => ofTask(name, task)));
  const ofActions = [...actions.values()].map(({ name, base, baseInput }): Used => {
    const at = `actions.${name}`;
    const inputPlace = `${at}.base-input`;
    return { name: base, isWorkflow: false, input: baseInput, isWritten: true, place: `${at}.base`, inputPlace };
  });
  return [...ofTasks, ...ofActions];
}

/** What is made in the definition of another action or workflow is nobody's reference. */
function callsOf(
  definition: MistralDefinition,
  { name, isWorkflow, input, isWritten: _, ...places }: Used,
): readonly Call[] {
  if (isMade(definition, name, isWorkflow)) return [];
  if (isWorkflow) return isReference(name) ? [{ ref: name, given: namesIn(input), ...places }] : [];
  if (name === 'st2.action') return isPlain(input) ? wrappedCall(input, places) : [];
  const child = childOfStd(name);
  if (child !== undefined) return [{ ref: child, given: undefined, ...places }];
  return isStd(name) || !isReference(name) ? [] : [{ ref: name, given: namesIn(input), ...places }];
}

function isMade(definition: MistralDefinition, name: string, isWorkflow: boolean): boolean {
  const { actions, workflows, isWorkbook } = definition;
  const local = localName(definition, name);
  return isWorkflow ? isWorkbook && workflows.has(local) : actions.has(name) || actions.has(local);
}

const isStd = (name: string): boolean => name.startsWith('std.') && !hasExpression(name);

/** Of a call of one of Mistral's own actions. */
function stdFindings(
  definition: MistralDefinition,
  { name, isWorkflow, input, isWritten: _, ...places }: Used,
): readonly Finding[] {
  if (isWorkflow || !isStd(name) || isMade(definition, name, isWorkflow)) return [];
  const faults = stdFaults(name, input).map(({ parameter, message }): Finding => {
    const place = parameter === undefined ? places.place : `${places.inputPlace}.${parameter}`;
    return { type: 'content', message, spec_path: place };
  });
  const calls = [{ ref: name, given: namesIn(input), ...places }];
  return [...missingActions(calls, stdTerms), ...wrongInputs(calls, stdTerms), ...faults];
}

/** `st2.action` names the action in its input. */
function wrappedCall(input: Plain, { inputPlace }: Pick<Call, 'place' | 'inputPlace'>): readonly Call[] {
  const { ref, parameters = {} } = input;
  if (typeof ref !== 'string' || !isReference(ref)) return [];
  const places = { place: `${inputPlace}.ref`, inputPlace: `${inputPlace}.parameters` };
  return [{ ref, given: namesIn(parameters), ...places }];
}

const localName = ({ name }: MistralDefinition, called: string): string =>
  called.startsWith(`${name}.`) ? called.slice(name.length + 1) : called;

const isReference = (name: string): boolean => /^[^\s.]+\.\S+$/.test(name) && !hasExpression(name);

const namesIn = (input: Value): readonly string[] | undefined => (isPlain(input) ? Object.keys(input) : undefined);
