// operator/domain/workflow/mistral/action-call.ts — the name of an action and its input → how it is done: by the engine, an ad-hoc action's base, a child.
import { isPlain, type Plain, type Value } from '../../expression/python/values.ts';
import type { Board } from './board.ts';
import { messageOf, MistralFault } from './mistral-fault.ts';
import type { AdHocAction } from './model.ts';
import { own } from './own.ts';
import { PlainLayer, Sight } from './sight.ts';
import type { Doing } from './doing.ts';
import { STD_ACTIONS } from './std-actions.ts';
import { stdFaults } from './std-findings.ts';
import type { TaskRun } from './task-run.ts';

/** What a name stands for; ad-hoc actions from the outermost in, then what they are made of. */
export interface Target {
  readonly name: string;
  readonly adHoc: readonly AdHocAction[];
  readonly base: string;
}

/** Input that does not fit; the task fails with it, and may handle that. */
export class InputFault extends MistralFault {}

/** @throws MistralFault for ad-hoc actions in a circle, and a name that is none */
export function resolveAction(board: Board, name: string): Target {
  const adHoc: AdHocAction[] = [];
  let base = name;
  for (let action = adHocOf(board, base); action; action = adHocOf(board, base)) {
    if (adHoc.includes(action)) {
      const names = `[action_name=${adHoc[0]?.name ?? name}, duplicate_action_name=${action.name}]`;
      throw new MistralFault(`Found a cycle in an ad-hoc action chain ${names}`);
    }
    adHoc.push(action);
    base = action.base;
  }
  const isKnown = STD_ACTIONS.has(base) || (!base.startsWith('std.') && /^[^\s.]+\.\S+$/.test(base));
  if (!isKnown) throw new MistralFault(`Failed to find action [action_name=${base}]`);
  return { name, adHoc, base };
}

/** By its own name, or with that of the workbook before it. */
function adHocOf(board: Board, name: string): AdHocAction | undefined {
  const { definition } = board.setup;
  const prefix = `${definition.name}.`;
  const local = name.startsWith(prefix) ? name.slice(prefix.length) : name;
  return definition.actions.get(name) ?? definition.actions.get(local);
}

/** Whether an action's child renders its parameters itself, so that templates of its own are left to it. */
export const isOfPack = ({ base }: Target): boolean => !STD_ACTIONS.has(base);

/** A text that reads the datastore when the parameters of an action are rendered. */
export const isForAction = (text: string): boolean => /\{\{\s*st2kv\.|\{\{[^}]*\sst2kv\..*?\}\}/.test(text);

/** @throws InputFault */
export function planAction(board: Board, run: TaskRun, target: Target, input: Plain): Doing {
  let inner = input;
  const evaluated = target.adHoc.map((action) => (inner = baseInput(board, run, action, inner, target)));
  const doing = planBase(target.base, evaluated.at(-1) ?? input);
  const outputs = target.adHoc.map(({ output }) => output).filter((output) => output !== undefined);
  if (outputs.length === 0) return doing;
  const convert = (body: Value): Value =>
    outputs.reduceRight<Value>((result, output) => {
      const sight = new Sight(board.scope(run), { value: result });
      return board.evaluate(output, sight);
    }, body);
  if (doing.is === 'child') return { ...doing, convert: (body) => convert(doing.convert(body)) };
  return doing.is === 'done' && doing.state === 'ERROR' ? doing : { ...doing, output: convert(doing.output) };
}

function planBase(base: string, input: Plain): Doing {
  const std = STD_ACTIONS.get(base);
  if (!std) return planChild(base, input);
  const missing = std.needed.filter((name) => !Object.hasOwn(input, name));
  const unexpected = Object.keys(input).filter((name) => !std.needed.includes(name) && !std.optional.includes(name));
  if (missing.length > 0 || unexpected.length > 0) throw new InputFault(wrongInput(base, missing, unexpected));
  const [fault] = stdFaults(base, input);
  if (fault) throw new InputFault(fault.message);
  return std.plan(input);
}

/** `[name=…, missing=[…], unexpected=[…]]` */
export function wrongInput(name: string, missing: readonly string[], unexpected: readonly string[]): string {
  const listed = (names: readonly string[]) => `[${names.map((one) => `'${one}'`).join(', ')}]`;
  const parts = [
    `name=${name}`,
    ...(missing.length > 0 ? [`missing=${listed(missing)}`] : []),
    ...(unexpected.length > 0 ? [`unexpected=${listed(unexpected)}`] : []),
  ];
  return `Invalid input [${parts.join(', ')}]`;
}

/** `st2.action` names the action in its input: how StackStorm itself wrote them. */
function planChild(base: string, input: Plain): Doing {
  const reference = own(input, 'ref');
  if (base !== 'st2.action' || typeof reference !== 'string') {
    return { is: 'child', action: base, input, convert: (body) => body };
  }
  const parameters = own(input, 'parameters') ?? {};
  return { is: 'child', action: reference, input: isPlain(parameters) ? parameters : {}, convert: (body) => body };
}

/** What an ad-hoc action gives its base; a declared input that is not given and has no default is null. */
function baseInput(board: Board, run: TaskRun, action: AdHocAction, input: Plain, target: Target): Plain {
  const declared = Array.from(action.input, ([name, fallback]) => [name, fallback ?? null] as const);
  const seen = new PlainLayer({ ...Object.fromEntries(declared), ...input });
  try {
    const kept = isOfPack(target) ? isForAction : undefined;
    const evaluated = board.evaluate(action.baseInput, board.sight(run, seen), kept);
    return isPlain(evaluated) ? evaluated : {};
  } catch (fault) {
    const message = `Failed to instantiate an action [action_name=${action.name}]: ${messageOf(fault)}`;
    throw new InputFault(message, { cause: fault });
  }
}
