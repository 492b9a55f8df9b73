// operator/domain/workflow/orquesta/instantiate.ts — the value of a definition → its parts, as orquesta holds them before it checks them.
import { type AnyDict, dictEntries, dictGet, dictKeys, isDict } from '../../expression/python/dict.ts';
import { repr, str } from '../../expression/python/repr.ts';
import { stripped } from './blanks.ts';
import { isList, truthy, type Value } from '../../expression/python/values.ts';
import type { FieldPath } from '../../pack/yaml-text.ts';
import { dictFrom } from './dict-from.ts';
import { parseInlineParameters } from './inline-parameters.ts';
import type { Assignment } from './model.ts';
import { loadText, recorded, Refusal } from './refusal.ts';

/** Values by the names of their fields; what is not written is not there. */
export type Fields = ReadonlyMap<string, Value>;

export interface DefinitionParts {
  /** With the short form of `with` written out: what the schema looks at. */
  readonly value: AnyDict;
  readonly tasks: ReadonlyMap<string, TaskParts>;
}

export interface TaskParts {
  /** `action` and `input` with inline parameters taken apart. */
  readonly fields: Fields;
  /** Whether there is a `with` at all; its fields are there when it is not empty. */
  readonly hasItems: boolean;
  readonly with: Fields | undefined;
  readonly retry: Fields | undefined;
  readonly next: readonly TransitionParts[];
}

export interface TransitionParts {
  /** `publish` as a list, `do` with its default. */
  readonly fields: Fields;
  /** What `do` names. */
  readonly targets: readonly string[];
}

/** @throws Refusal for what orquesta does not build a workflow of */
export function instantiate(value: Value): DefinitionParts {
  const root = rootOf(value);
  const tasks = dictGet(root, 'tasks') ?? null;
  if (!truthy(tasks)) return { value: root, tasks: new Map() };
  const whole = isDict(tasks) ? withItemsOf(tasks) : tasks;
  const late: Refusal[] = [];
  const parts = new Map<string, TaskParts>();
  for (const [name, task] of dictEntries(dictOf(whole, ['tasks']))) {
    const path = ['tasks', str(name)];
    if (typeof name !== 'string') {
      throw new Refusal(`The task name ${repr(name)} is no text. Put it in quotes.`, path);
    }
    if (!/^[\p{L}\p{N}_]+\n?$/u.test(name)) {
      late.push(new Refusal(`The task name "${name}" is not allowed. Use letters, digits and "_" only.`, path));
    } else if (truthy(task)) parts.set(name, taskOf(task, path, late));
    else late.push(new Refusal(`The task "${name}" is empty. Give it an action, or a "next".`, path));
  }
  if (late[0]) throw late[0];
  return { value: isDict(tasks) ? replaced(root, 'tasks', whole) : root, tasks: parts };
}

function rootOf(value: Value): AnyDict {
  if (isDict(value) && truthy(value)) return value;
  if (typeof value === 'string' && value.includes('tasks')) throw notAnObject([]);
  if (value === null || typeof value === 'number' || typeof value === 'boolean') throw notAnObject([]);
  if (isList(value) && value.length > 0) throw notAnObject([]);
  return dictOf(value, []);
}

const notAnObject = (path: FieldPath): Refusal =>
  new Refusal(
    `The definition is no object${path.length > 0 ? ` at ${path.join('.')}` : ''}. Write names with values.`,
    path,
  );

/** An object, or a text that is one in YAML. @throws Refusal */
function dictOf(value: Value, path: FieldPath): AnyDict {
  const content = contentOf(value, path);
  if (isList(content)) throw notAnObject(path);
  return content;
}

/** An object or a list; of texts only those that are an object in YAML. @throws Refusal */
function contentOf(value: Value, path: FieldPath): AnyDict | readonly Value[] {
  if (!truthy(value)) throw recorded('The spec cannot be type of None.', path);
  if (isDict(value) || isList(value)) return value;
  if (typeof value !== 'string') {
    throw recorded('Failed to load workflow definition because a string or stream input is required.', path);
  }
  const loaded = loadText(value, path);
  if (isDict(loaded)) return loaded;
  throw recorded('The spec is not type of json or yaml.', path);
}

const replaced = (dict: AnyDict, key: string, value: Value): AnyDict =>
  dictFrom(dictEntries(dict).map(([name, old]) => [name, name === key ? value : old]));

/** Tasks whose `with` is a text: that is the `items` of it. @throws Refusal */
function withItemsOf(tasks: AnyDict): AnyDict {
  const entries = dictEntries(tasks).map(([name, task]): readonly [Value, Value] => {
    const isOdd =
      task === null ||
      typeof task === 'number' ||
      typeof task === 'boolean' ||
      (typeof task === 'string' && task.includes('with')) ||
      (isList(task) && task.includes('with'));
    if (isOdd) throw notAnObject(['tasks', str(name)]);
    const items = isDict(task) ? dictGet(task, 'with') : undefined;
    return [
      name,
      isDict(task) && typeof items === 'string' ? replaced(task, 'with', dictFrom([['items', items]])) : task,
    ];
  });
  return dictFrom(entries);
}

function taskOf(value: Value, path: FieldPath, late: Refusal[]): TaskParts {
  const task = dictOf(value, path);
  const part = (name: string) => fieldsOf(dictGet(task, name) ?? null, [...path, name], late);
  const [items, retry] = [part('with'), part('retry')];
  const next = transitionsOf(dictGet(task, 'next') ?? null, [...path, 'next'], late);
  const fields = new Map<string, Value>();
  for (const name of ['delay', 'join', 'action', 'input']) {
    const field = dictGet(task, name) ?? null;
    if (field !== null) fields.set(name, field);
  }
  takeApart(fields, path);
  return { fields, hasItems: (dictGet(task, 'with') ?? null) !== null, with: items, retry, next };
}

/** Inline parameters of the action replace the input. */
function takeApart(fields: Map<string, Value>, path: FieldPath): void {
  const action = fields.get('action');
  if (typeof action !== 'string') return;
  const parameters = parseInlineParameters(action);
  if (parameters.length === 0) return;
  const end = action.indexOf(' ');
  if (end < 0) throw recorded('substring not found', [...path, 'action']);
  fields.set('action', action.slice(0, end));
  fields.set('input', dictFrom([...new Map(parameters.map(({ name, value }) => [name, value]))]));
}

function fieldsOf(value: Value, path: FieldPath, late: Refusal[]): Fields | undefined {
  if (!truthy(value)) return undefined;
  const content = contentOf(value, path);
  if (isList(content)) {
    late.push(notAnObject(path));
    return undefined;
  }
  return new Map(
    dictEntries(content).filter((entry): entry is readonly [string, Value] => typeof entry[0] === 'string'),
  );
}

function transitionsOf(value: Value, path: FieldPath, late: Refusal[]): readonly TransitionParts[] {
  if (!truthy(value)) return [];
  const content = contentOf(value, path);
  if (!isList(content)) throw recorded('The spec is not type of list.', path);
  return content.map((item, i) => transitionOf(item, [...path, i], late));
}

function transitionOf(value: Value, path: FieldPath, late: Refusal[]): TransitionParts {
  if (!truthy(value)) throw recorded('The spec cannot be type of None.', path);
  const fields = new Map(fieldsOf(value, path, late));
  const publish = fields.get('publish') ?? null;
  if (typeof publish === 'string' && publish !== '')
    fields.set('publish', parseInlineParameters(publish).map(asOneKeyed));
  const commands = fields.get('do') ?? null;
  if (!truthy(commands)) fields.set('do', 'continue');
  return { fields, targets: targetsOf(fields.get('do') ?? null, [...path, 'do'], late) };
}

export const asOneKeyed = ({ name, value }: Assignment): AnyDict => dictFrom([[name, value]]);

function targetsOf(value: Value, path: FieldPath, late: Refusal[]): readonly string[] {
  if (typeof value === 'string') return value.split(',').map((name) => stripped(name));
  if (isList(value)) return value.map(str);
  if (isDict(value)) return dictKeys(value).map(str);
  late.push(new Refusal(`"do" names no tasks: ${repr(value)}. Write a name, or a list of names.`, path));
  return [];
}
