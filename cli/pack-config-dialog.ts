// cli/pack-config-dialog.ts — the schema of a configuration → questions, one for each key, and what was answered.
import type { Asking } from './ask.ts';
import { Failure } from './failure.ts';
import { type Draft, withReference, withValue, valueAt } from './pack-config-draft.ts';
import { castText } from './pack-config-cast.ts';
import { shownDefault, typeText } from './pack-config-explain.ts';
import {
  type ConfigSchema,
  type ConfigSchemas,
  insideOf,
  isTemplate,
  MASK,
  masked,
  otherProperties,
  type Path,
} from './pack-config-schema.ts';
import { exactJson } from './pack-config-yaml.ts';

interface Dialog {
  readonly asking: Asking;
  readonly schemas: ConfigSchemas;
  /** What counts now, wherever it is written. */
  readonly current: Draft;
}

const SECRET = '@secret:';

/** Asks for every key of the schema; an empty answer leaves it as it is, or to its default. */
export async function askConfig(asking: Asking, schemas: ConfigSchemas, current: Draft, draft: Draft): Promise<Draft> {
  asking.say('Enter keeps what stands in brackets. Templates as {{ st2kv.system.NAME }} read the datastore.\n');
  return await askKeys({ asking, schemas, current }, { properties: schemas }, [], draft);
}

async function askKeys(dialog: Dialog, schema: ConfigSchema, within: Path, draft: Draft): Promise<Draft> {
  let filled = draft;
  for (const key of Object.keys(schema.properties ?? {}))
    filled = await askOne(dialog, insideOf(schema, key), [...within, key], filled);
  return filled;
}

async function askOne(dialog: Dialog, schema: ConfigSchema, path: Path, draft: Draft): Promise<Draft> {
  const told = (schema.description ?? '').trim().replaceAll(/\s+/g, ' ');
  dialog.asking.say(`\n${told === '' ? '' : `# ${told}\n`}`);
  if ((schema.properties || hasOthers(schema)) && !isSingle(valueAt(dialog.current.values, path)))
    return await askObject(dialog, schema, path, draft);
  const { items } = schema;
  if (items !== undefined && !Array.isArray(items) && (items as ConfigSchema).properties)
    return await askList(dialog, insideOf(schema, '0'), path, draft);
  return await askValue(dialog, schema, path, draft);
}

/** Whether people may name keys. */
const hasOthers = (schema: ConfigSchema): boolean =>
  otherProperties(schema) !== undefined || schema.patternProperties !== undefined;

/** A template, for example, which stands for a whole object. */
const isSingle = (value: unknown): boolean =>
  value !== undefined && value !== null && (typeof value !== 'object' || Array.isArray(value));

/** Keys that have names of their own, then those that people name. */
async function askObject(dialog: Dialog, schema: ConfigSchema, path: Path, draft: Draft): Promise<Draft> {
  const { asking, current } = dialog;
  const { properties = {}, required = false } = schema;
  const name = path.join('.');
  const known = valueAt(current.values, path);
  const isThere = known !== undefined || [...current.references.keys()].some((other) => other.startsWith(`${name}.`));
  if (!required && !isThere && !(await isYes(asking, `${name} (object): give it? [y/N] `, false))) return draft;
  let filled = await askKeys(dialog, schema, path, draft);
  if (!hasOthers(schema)) return filled;
  const named = typeof known === 'object' && known !== null ? Object.keys(known) : [];
  for (const key of named.filter((one) => !Object.hasOwn(properties, one)))
    filled = await askInside(dialog, insideOf(schema, key), [...path, key], filled);
  for (;;) {
    const key = await asking.line(`${name}: name of ${named.length > 0 ? 'another' : 'an'} entry (empty: no more) `);
    if (key === '') return filled;
    named.push(key);
    filled = await askInside(dialog, insideOf(schema, key), [...path, key], filled);
  }
}

const askInside = (dialog: Dialog, schema: ConfigSchema, path: Path, draft: Draft): Promise<Draft> =>
  schema.properties ? askKeys(dialog, schema, path, draft) : askOne(dialog, schema, path, draft);

/** Objects of a list, one after the other. */
async function askList(dialog: Dialog, items: ConfigSchema, path: Path, draft: Draft): Promise<Draft> {
  const { asking, current } = dialog;
  const name = path.join('.');
  const known = valueAt(current.values, path);
  const count = Array.isArray(known) ? known.length : 0;
  if (count > 0 && !(await isYes(asking, `${name} (array) has ${count}: write it anew? [y/N] `, false))) return draft;
  const list: unknown[] = [];
  while (await isYes(asking, `${name}: add ${list.length === 0 ? 'an' : 'another'} item? [y/N] `, false)) {
    const item = await askKeys(
      { ...dialog, current: { values: {}, secrets: new Map(), references: new Map() } },
      items,
      [...path, String(list.length)],
      { values: {}, secrets: new Map(), references: new Map() },
    );
    list.push(valueAt(item.values, [...path, String(list.length)]) ?? {});
  }
  return list.length > 0 || count > 0 ? withValue(draft, path, list, dialog.schemas) : draft;
}

async function askValue(dialog: Dialog, schema: ConfigSchema, path: Path, draft: Draft): Promise<Draft> {
  const { asking, schemas, current } = dialog;
  const known = valueAt(current.values, path);
  const reference = current.references.get(path.join('.'));
  const choices = schema.enum?.map(String);
  // Beside choices that are numbers, the number of a line would be taken for one of them.
  const isNumbered = choices?.every((choice) => !/^\d+$/.test(choice)) === true;
  const facts = [choices ? 'choice' : typeText(schema), ...(schema.secret ? ['secret'] : [])].join(', ');
  if (choices) asking.say(choices.map((choice, i) => `  ${isNumbered ? `${i + 1}) ` : ''}${choice}\n`).join(''));
  const kept = keptText(schema, known, reference !== undefined);
  for (;;) {
    const question = `${path.join('.')} (${facts})${kept === undefined ? '' : ` [${kept}]`}: `;
    const typed = await asking.line(question, { isSecret: schema.secret === true });
    if (typed === '' && (kept !== undefined || !schema.required)) return draft;
    try {
      if (typed === '') throw new Failure(`${path.join('.')}: it is required`);
      if (typed.startsWith(SECRET)) return withReference(draft, path, referenceOf(path, typed));
      const text = (isNumbered ? choices?.[Number(typed) - 1] : undefined) ?? typed;
      if (choices && !choices.includes(text) && !isTemplate(text))
        throw new Failure(
          `${path.join('.')}: write one of ${choices.join(', ')}${isNumbered ? ', or its number' : ''}`,
        );
      return withValue(draft, path, castText(path, text, schema), schemas);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      asking.say(`${error.message}\n`);
    }
  }
}

/** What an empty answer leaves. */
function keptText(schema: ConfigSchema, known: unknown, isReferred: boolean): string | undefined {
  if (isReferred) return MASK;
  const told = masked(known, schema);
  if (known !== undefined) return typeof told === 'string' ? told : JSON.stringify(exactJson(told));
  return Object.hasOwn(schema, 'default') ? shownDefault(schema) : undefined;
}

/** `@secret:name/key`. @throws Failure */
export function referenceOf(path: Path, text: string): { readonly name: string; readonly key: string } {
  const [name = '', key = '', ...more] = text.slice(SECRET.length).split('/');
  if (name !== '' && key !== '' && more.length === 0) return { name, key };
  throw new Failure(`${path.join('.')}: write @secret:<name of the Secret>/<key in it>`, { exitCode: 2 });
}

/** An empty answer means `otherwise`. */
export async function isYes(asking: Asking, question: string, otherwise: boolean): Promise<boolean> {
  for (;;) {
    const answer = (await asking.line(question)).toLowerCase();
    if (answer === '') return otherwise;
    if (['y', 'yes'].includes(answer)) return true;
    if (['n', 'no'].includes(answer)) return false;
    asking.say('Write y or n.\n');
  }
}
