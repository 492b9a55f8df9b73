// operator/domain/pack/read-actions.ts — actions/*.yaml → Actions and Workflows, and those whose runner comes later.
import { ActionSpec } from '../../api/action.ts';
import { ActionFile } from '../../api/pack-file.ts';
import { WorkflowSpec } from '../../api/workflow.ts';
import { parametersDoubt, parametersFault } from '../action/parameters-fault.ts';
import type { Schemas } from '../action/runner-parameters.ts';
import { faultOfSchema, isRecord, own } from '../action/schema.ts';
import { didYouMean } from '../expression/fault.ts';
import { parseNotify } from '../notify/settings.ts';
import { openDefinition } from '../workflow/inspect.ts';
import { bytesOf } from '../result/result.ts';
import { resolveEntryPoint } from './entry-point.ts';
import { described, filesIn, fit, openFile, type OpenedFile } from './open-file.ts';
import { parameterFaults } from './parameter-check.ts';
import { checkPack, type Fault, type Reading, warningAt, findingAt, findingsAt } from './reading.ts';
import { hasEntryPoint, RUNNER_NAMES, type RunnerMeaning, runnerOf } from './runner-types.ts';
import { specMisfits } from './spec-misfits.ts';

/** Largest definition of a workflow, in bytes as JSON: an object of the cluster is at most 1.5 MiB. */
const DEFINITION_MAX = 512 * 1024;

/** @returns how many there are, workflows and those that wait among them */
export function readActions(reading: Reading): number {
  const files = filesIn(reading.tree, 'actions');
  for (const file of files) readAction(file, reading);
  return files.length;
}

/** A file while it is read. */
interface Item {
  readonly opened: OpenedFile;
  readonly file: ActionFile;
  readonly ref: string;
  readonly meaning: RunnerMeaning;
  readonly reading: Reading;
}

function readAction(path: string, reading: Reading): void {
  const { notes, pack } = reading;
  const opened = openFile(reading.tree, path, notes);
  const file = opened && fit(ActionFile, opened, notes);
  if (!opened || !file) return;
  checkPack(opened, file.pack, reading);
  const ref = `${pack}.${file.name}`;
  const meaning = runnerOf(file.runner_type);
  if (!meaning) {
    const message = `RunnerType ${file.runner_type} is not found.${didYouMean(file.runner_type, RUNNER_NAMES)} Name one that exists`;
    notes.findings.push(findingAt(opened, { path: ['runner_type'], message }));
    return;
  }
  const faults = parameterFaults(writtenParameters(opened), meaning.parameters, ref);
  notes.findings.push(...findingsAt(opened, faults));
  const item: Item = { opened, file, ref, meaning, reading };
  const entryPoint = entryPointOf(item);
  if (faults.length > 0 || entryPoint === 'wrong') return;
  if (meaning.kind === 'Workflow') addWorkflow(item, meaning, entryPoint);
  else if (meaning.kind === 'Action') addAction(item, meaning, entryPoint);
  else
    reading.waiting.push({
      kind: 'Action',
      name: file.name,
      file: path,
      content: { ...file, runner_type: meaning.runner },
    });
}

/** As the file has them: what was fitted has lost the key __proto__. */
function writtenParameters({ value }: OpenedFile): Schemas {
  const written = isRecord(value) ? own(value, 'parameters') : undefined;
  return isRecord(written) ? (written as Schemas) : {};
}

/** The path in the pack; undefined for a runner that needs none, `wrong` when a finding tells. */
function entryPointOf({ opened, file, meaning, reading }: Item): string | undefined {
  if (!hasEntryPoint(meaning)) return undefined;
  const refuse = (message: string): 'wrong' => {
    reading.notes.findings.push(findingAt(opened, { path: ['entry_point'], message }));
    return 'wrong';
  };
  if (!file.entry_point) return refuse(`entry_point: runner ${file.runner_type} needs it; name a file below actions/`);
  const { path, fault } = resolveEntryPoint(file.entry_point, 'actions', reading);
  if (path === undefined) return refuse(fault);
  if (!reading.files.has(path)) {
    // StackStorm registers it, and its runs fail.
    const message = `entry_point: there is no file ${path}; its runs will fail`;
    reading.notes.warnings.push(warningAt(opened, { path: ['entry_point'], message }));
  }
  return path;
}

const common = ({ file, ref }: Item) => ({
  ref,
  ...described(file.description),
  enabled: file.enabled ?? true,
  ...notifyOf(file),
  parameters: Object.fromEntries(
    Object.entries(file.parameters ?? {}).map(([name, schema]) => {
      const { description } = schema;
      return [name, typeof description === 'string' ? { ...schema, ...described(description) } : schema];
    }),
  ),
});

/** What does not fit is left as it is, for the schema to say so. */
function notifyOf({ notify }: ActionFile) {
  const parsed = parseNotify(notify);
  const settings = 'fault' in parsed ? notify : parsed.notify;
  return settings === undefined || settings === null ? {} : { notify: settings };
}

function addAction(
  item: Item,
  { runner, parameters }: Extract<RunnerMeaning, { kind: 'Action' }>,
  entryPoint: string | undefined,
): void {
  const { description, ...rest } = common(item);
  const spec = { ...rest, ...described(description), runner, ...(entryPoint === undefined ? {} : { entryPoint }) };
  const misfits = specMisfits(ActionSpec, spec, (path) => path);
  if (misfits.length > 0) return refuse(item, misfits);
  warnOfParameters(item, parameters);
  item.reading.resources.push({ kind: 'Action', file: item.opened.file, spec });
}

function addWorkflow(
  item: Item,
  { engine, parameters }: Extract<RunnerMeaning, { kind: 'Workflow' }>,
  entryPoint: string | undefined,
): void {
  const { reading, opened, ref, file } = item;
  if (entryPoint === undefined) return;
  if (!reading.files.has(entryPoint)) {
    reading.waiting.push({ kind: 'Action', name: file.name, file: opened.file, content: { ...file } });
    return;
  }
  const definition = definitionIn(entryPoint, reading);
  if (!definition) return;
  const spec = { ...common(item), engine, definition };
  const misfits = specMisfits(WorkflowSpec, spec, (path) => (path[0] === 'definition' ? ['entry_point'] : path));
  if (misfits.length > 0) return refuse(item, misfits);
  warnOfParameters(item, parameters);
  const isNamedLater = Object.hasOwn(spec.parameters, 'workflow');
  const text = reading.tree.text(entryPoint) ?? '';
  for (const found of openDefinition(engine, { definition: text, ref, isNamedLater }).findings) {
    const place = found.line === undefined ? '' : `:${found.line}`;
    reading.notes.warnings.push(`${entryPoint}${place}: ${found.message}`);
  }
  reading.resources.push({ kind: 'Workflow', file: opened.file, spec });
}

function definitionIn(path: string, { tree, notes }: Reading): Readonly<Record<string, unknown>> | undefined {
  const opened = openFile(tree, path, notes);
  if (!opened) return undefined;
  const { value } = opened;
  if (!isRecord(value)) {
    notes.findings.push({
      file: path,
      line: 1,
      message: 'the definition of a workflow is a mapping; write "key: value" lines',
    });
    return undefined;
  }
  if (bytesOf(JSON.stringify(value)) > DEFINITION_MAX) {
    notes.findings.push({
      file: path,
      message: 'the definition is larger than 512 KiB; split it into several workflows',
    });
    return undefined;
  }
  return value;
}

function refuse({ opened, reading }: Item, misfits: readonly Fault[]): void {
  reading.notes.findings.push(...findingsAt(opened, misfits));
}

/** What StackStorm registers all the same, and shows only when the action is run; and secrets of results, which it masks. */
function warnOfParameters({ opened, file, reading }: Item, runner: Schemas): void {
  if (hasSecret(file.output_schema, 0)) {
    const message =
      'output_schema: results are kept and shown as they are, what is secret in them too; return a reference';
    reading.notes.warnings.push(warningAt(opened, { path: ['output_schema'], message }));
  }
  const parameters = (file.parameters ?? {}) as Schemas;
  for (const [name, schema] of Object.entries(parameters)) {
    const odd = faultOfSchema(schema);
    if (odd === undefined) continue;
    const path = ['parameters', name];
    reading.notes.warnings.push(warningAt(opened, { path, message: `${path.join('.')}${odd}` }));
  }
  const fault = parametersFault(parameters, runner) ?? parametersDoubt(parameters, runner);
  if (fault === undefined) return;
  const name = /^spec\.parameters\.(\w+)/.exec(fault)?.[1];
  const path = name === undefined ? ['parameters'] : ['parameters', name];
  reading.notes.warnings.push(warningAt(opened, { path, message: fault.replace(/^spec\./, '') }));
}

const DEPTH_MAX = 64;

/** Whether a schema calls anything secret. */
const hasSecret = (schema: unknown, depth: number): boolean =>
  depth < DEPTH_MAX &&
  (Array.isArray(schema)
    ? schema.some((inner) => hasSecret(inner, depth + 1))
    : isRecord(schema) &&
      (own(schema, 'secret') === true || Object.values(schema).some((inner) => hasSecret(inner, depth + 1))));
