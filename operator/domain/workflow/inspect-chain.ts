// operator/domain/workflow/inspect-chain.ts — an action chain → its findings, what it runs, and its picture.
import { dictKeys, isDict } from '../expression/python/dict.ts';
import { truthy, type Value } from '../expression/python/values.ts';
import { chainGraph } from './action-chain/graph.ts';
import { inspectChain } from './action-chain/inspect.ts';
import type { ChainTask } from './action-chain/model.ts';
import { readChain } from './action-chain/read.ts';
import { textOf } from './action-chain/text.ts';
import type { Finding } from './engine.ts';
import { type Call, missingActions, wrongInputs } from './inspect-content.ts';
import type { DefinitionSource, Opened } from './inspect-source.ts';
import type { ActionLookup } from './orquesta/inspect-contents.ts';

export function openChain({ definition, ref = 'the chain' }: DefinitionSource): Opened {
  const name = ref.slice(ref.indexOf('.') + 1);
  const source = { definition, file: name, name };
  const { refusals, warnings } = inspectChain(source);
  const { chain } = readChain(source);
  const tasks = chain?.tasks ?? [];
  return {
    findings: [...refusals, ...warnings].map(({ place, ...finding }) => ({ ...finding, ...place })),
    calls: tasks.flatMap(callOf),
    contents: (lookup) => ({ refusals: [], warnings: tasks.flatMap((task) => contentsOf(task, lookup)) }),
    picture: chain && (() => chainGraph(chain)),
  };
}

function contentsOf(task: ChainTask, lookup: ActionLookup): readonly Finding[] {
  const calls = callOf(task);
  const found = [...missingActions(calls, lookup), ...wrongInputs(calls, lookup)];
  return found.map((finding) => ({ ...finding, message: `Task "${textOf(task.name)}": ${finding.message}` }));
}

function callOf({ ref, index, parameters, parametersField }: ChainTask): readonly Call[] {
  if (typeof ref !== 'string' || !/^[^.]+\..+$/.test(ref)) return [];
  const place = `chain[${index}]`;
  return [{ ref, given: namesIn(parameters), place: `${place}.ref`, inputPlace: `${place}.${parametersField}` }];
}

/** A chain's parameters are no expression as a whole: what is no object is found before. */
const namesIn = (parameters: Value): readonly string[] | undefined => {
  if (!truthy(parameters)) return [];
  return isDict(parameters) ? dictKeys(parameters).map(String) : undefined;
};
