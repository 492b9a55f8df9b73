// operator/domain/workflow/mistral/build-workflow.ts — a workflow as it was written → as the engine reads it: tasks, ways between them.
import { isList, isPlain, type Plain, type Value } from '../../expression/python/values.ts';
import { buildTaskDefaults } from './build-policies.ts';
import { buildTask } from './build-task.ts';
import { Findings, type Path } from './findings.ts';
import { ENGINE_COMMANDS, type Inputs, type Task, type Workflow } from './model.ts';
import { own } from './own.ts';
import { WORKFLOW_SCHEMA } from './schema.ts';

const UUID = /^[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}$/i;

/** What could be read of it, with findings. */
export function buildWorkflow(name: string, written: Value, path: Path, findings: Findings): Workflow {
  if (!isPlain(written)) {
    findings.add('syntax', path, `A specification with polymorphic key must be backed by a dictionary [spec=${name}]`);
    return buildWorkflow(name, {}, path, new Findings());
  }
  const known = findings.found.length;
  const type = own(written, 'type') === 'reverse' ? 'reverse' : 'direct';
  findings.fits(written, WORKFLOW_SCHEMA, path);
  for (const key of ['output', 'vars', 'output-on-error']) {
    findings.checkExpressions(own(written, key) ?? null, [...path, key]);
  }
  const defaults = buildTaskDefaults(own(written, 'task-defaults'), [...path, 'task-defaults'], findings);
  const tasks = new Map<string, Task>();
  const keys = new Set<string>();
  const writtenTasks = objectIn(written, 'tasks');
  for (const [at, [task, spec]] of Object.entries(writtenTasks).entries()) {
    const key = keyOf(task, at, keys);
    const built = buildTask(spec, { name: task, key, at, type, defaults, path: [...path, 'tasks', task] }, findings);
    if (built) tasks.set(task, built);
  }
  if (UUID.test(name)) findings.add('semantic', path, 'Workflow name cannot be in the format of UUID.');
  const linked = type === 'direct' ? linkDirect(tasks) : tasks;
  const isThere = (task: string) => Object.hasOwn(writtenTasks, task);
  if (type === 'reverse') checkReverse(linked, isThere, path, findings);
  else {
    // Of what cannot be read nobody knows where it leads.
    if (!findings.hasSyntaxAfter(known)) checkStart(name, linked, path, findings);
    checkTargets(linked, isThere, path, findings);
    if (!findings.hasSyntaxAfter(known)) checkJoins(linked, path, findings);
  }
  return {
    name,
    type,
    tasks: linked,
    input: readInputs(own(written, 'input')),
    vars: objectIn(written, 'vars'),
    output: objectIn(written, 'output'),
    outputOnError: objectIn(written, 'output-on-error'),
    spec: { ...written, name, version: '2.0' },
    startTasks: [...linked.values()].filter(({ inbound }) => inbound.length === 0),
  };
}

function objectIn(written: Plain, key: string): Plain {
  const value = own(written, key);
  return value !== undefined && isPlain(value) ? value : {};
}

/** Names, and names with defaults. */
export function readInputs(written: Value | undefined): Inputs {
  const inputs = new Map<string, Value | undefined>();
  for (const item of written !== undefined && isList(written) ? written : []) {
    if (isPlain(item)) for (const [name, value] of Object.entries(item)) inputs.set(name, value);
    else if (typeof item === 'string') inputs.set(item, undefined);
  }
  return inputs;
}

/** A name for keys, which hold letters, digits, `_`, `.` and `-` only; no two are the same. */
function keyOf(name: string, at: number, given: Set<string>): string {
  let key = /^[A-Za-z0-9_.-]+$/.test(name) ? name : `${name.replaceAll(/[^A-Za-z0-9_.-]/g, '-')}.${at}`;
  while (given.has(key)) key += `.${at}`;
  given.add(key);
  return key;
}

function linkDirect(tasks: ReadonlyMap<string, Task>): ReadonlyMap<string, Task> {
  const inbound = new Map<string, string[]>([...tasks.keys()].map((name) => [name, []]));
  const outbound = new Map<string, readonly string[]>();
  for (const task of tasks.values()) {
    const names = new Set([...task.next.SUCCESS, ...task.next.ERROR].map(({ to }) => to));
    outbound.set(
      task.name,
      [...names].filter((to) => tasks.has(to)),
    );
    for (const to of names) inbound.get(to)?.push(task.name);
  }
  return new Map(
    Array.from(tasks, ([name, task]) => [
      name,
      { ...task, inbound: inbound.get(name) ?? [], outbound: outbound.get(name) ?? [] },
    ]),
  );
}

function checkStart(name: string, tasks: ReadonlyMap<string, Task>, path: Path, findings: Findings): void {
  if (![...tasks.values()].some(({ inbound }) => inbound.length === 0)) {
    const rule = 'There must be at least one task without inbound transition.';
    const message = `Failed to find start tasks in direct workflow. ${rule}[workflow_name=${name}]`;
    findings.add('semantic', [...path, 'tasks'], message);
  }
}

type IsThere = (task: string) => boolean;

function checkTargets(tasks: ReadonlyMap<string, Task>, isThere: IsThere, path: Path, findings: Findings): void {
  for (const task of tasks.values()) {
    // What follows in any case is in both.
    for (const { to, event } of new Set([...task.next.ERROR, ...task.next.SUCCESS])) {
      if (to === '' || isThere(to) || ENGINE_COMMANDS.has(to)) continue;
      const isDefault = own(task.spec, event) === undefined;
      const place = isDefault ? [...path, 'task-defaults', event] : [...path, 'tasks', task.name, event];
      findings.add('semantic', place, `Task '${to}' not found.`);
    }
  }
}

function checkJoins(tasks: ReadonlyMap<string, Task>, path: Path, findings: Findings): void {
  for (const { name: task, join, inbound } of tasks.values()) {
    const place = [...path, 'tasks', task, 'join'];
    if (join === 'all' && inbound.length === 0) {
      findings.add('semantic', place, `No inbound tasks for task with 'join: all' [task_name=${task}]`);
    } else if (typeof join === 'number' && inbound.length < join) {
      const facts = `[task_name=${task}, join=${join}, inbound_tasks=${inbound.length}]`;
      findings.add('semantic', place, `Not enough inbound tasks for task with 'join' ${facts}`);
    }
  }
}

function checkReverse(tasks: ReadonlyMap<string, Task>, isThere: IsThere, path: Path, findings: Findings): void {
  for (const task of tasks.values()) {
    for (const name of task.requires.filter((one) => !isThere(one))) {
      findings.add('semantic', [...path, 'tasks', task.name, 'requires'], `Task '${name}' not found.`);
    }
  }
}
