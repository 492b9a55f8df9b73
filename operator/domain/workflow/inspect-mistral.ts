// operator/domain/workflow/inspect-mistral.ts — a definition of Mistral → its findings, what it runs, and its picture.
import { yaqlIn } from '../expression/embedded/delimiters.ts';
import { hasJinja } from '../expression/jinja/orquesta.ts';
import { isPlain, type Plain, type Value } from '../expression/python/values.ts';
import { mistralGraph } from './graph/of-mistral.ts';
import { type Call, contentFindings } from './inspect-content.ts';
import type { DefinitionSource, LocatedFinding, Opened } from './inspect-source.ts';
import type { MistralDefinition, Task, Workflow } from './mistral/model.ts';
import { parseMistral, readMistral } from './mistral/parse.ts';

export function openMistral({ definition: written, ref, workflow, isNamedLater = false }: DefinitionSource): Opened {
  const { definition, findings } =
    typeof written === 'string' ? parseMistral(written, ref) : readMistral(written.value, ref);
  if (!definition) return { findings: findings.map(located), calls: [], contents: () => [], picture: undefined };
  const entry = entryOf(definition, workflow);
  const calls = callsOf(definition);
  return {
    findings: entry || (isNamedLater && workflow === undefined) ? [] : [noEntry(workflow)],
    calls,
    contents: (lookup) => contentFindings(calls, lookup),
    picture: entry && (() => mistralGraph(entry)),
  };
}

/** A finding without a column is about the whole line. */
const located = ({ line, ...finding }: LocatedFinding): LocatedFinding =>
  line === undefined || finding.spec_path !== undefined ? finding : { ...finding, line, column: 1 };

/** The workflow that a run begins with: the one that is named, else `main`, else the only one. */
function entryOf({ workflows }: MistralDefinition, name: string | undefined): Workflow | undefined {
  if (name !== undefined) return workflows.get(name) ?? workflows.get(name.slice(name.lastIndexOf('.') + 1));
  const [only, ...more] = workflows.values();
  return workflows.get('main') ?? (more.length === 0 ? only : undefined);
}

const noEntry = (name: string | undefined): LocatedFinding => ({
  type: 'content',
  message:
    name === undefined
      ? 'Workbook definition is detected. Default workflow cannot be determined.'
      : `Unable to find the workflow "${name}" in the workbook.`,
  spec_path: 'workflows',
});

function callsOf(definition: MistralDefinition): readonly Call[] {
  const { workflows, actions, isWorkbook } = definition;
  const ofTasks = [...workflows].flatMap(([name, { tasks }]) =>
    [...tasks.values()].flatMap((task) => {
      const at = `${isWorkbook ? 'workflows.' : ''}${name}.tasks.${task.name}`;
      return taskCall(definition, task, at);
    }),
  );
  const ofActions = [...actions.values()].flatMap(({ name, base, baseInput }) => {
    const at = `actions.${name}`;
    return callOf(definition, base, baseInput, { place: `${at}.base`, inputPlace: `${at}.base-input` });
  });
  return [...ofTasks, ...ofActions];
}

function taskCall(definition: MistralDefinition, { action, workflow, input }: Task, at: string): readonly Call[] {
  const inputPlace = `${at}.input`;
  if (workflow === undefined) return callOf(definition, action, input, { place: `${at}.action`, inputPlace });
  const isInner = definition.isWorkbook && definition.workflows.has(localName(definition, workflow));
  return isInner || !isReference(workflow)
    ? []
    : [{ ref: workflow, given: namesIn(input), place: `${at}.workflow`, inputPlace }];
}

/** What is done by the engine itself, or is made in the definition of another action, is nobody's reference. */
function callOf(
  definition: MistralDefinition,
  name: string,
  input: Value,
  places: Pick<Call, 'place' | 'inputPlace'>,
): readonly Call[] {
  if (name === 'st2.action') return isPlain(input) ? wrappedCall(input, places) : [];
  const isMade = [name, localName(definition, name)].some((one) => definition.actions.has(one));
  if (isMade || name.startsWith('std.') || !isReference(name)) return [];
  return [{ ref: name, given: namesIn(input), ...places }];
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

const isReference = (name: string): boolean =>
  /^[^\s.]+\.\S+$/.test(name) && yaqlIn(name).length === 0 && !hasJinja(name);

const namesIn = (input: Value): readonly string[] | undefined => (isPlain(input) ? Object.keys(input) : undefined);
