// operator/domain/workflow/inspect-chain.ts — an action chain → its findings, what it runs, and its picture.
import { dictKeys, isDict } from '../expression/python/dict.ts';
import { truthy, type Value } from '../expression/python/values.ts';
import { chainGraph } from './action-chain/graph.ts';
import { inspectChain } from './action-chain/inspect.ts';
import type { ChainTask } from './action-chain/model.ts';
import { readChain } from './action-chain/read.ts';
import { type Call, contentFindings } from './inspect-content.ts';
import type { DefinitionSource, Opened } from './inspect-source.ts';

export function openChain({ definition, ref = 'the chain' }: DefinitionSource): Opened {
  const name = ref.slice(ref.indexOf('.') + 1);
  const source = { definition, file: name, name };
  const { refusals, warnings } = inspectChain(source);
  const { chain } = readChain(source);
  const calls = chain ? chain.tasks.flatMap(callOf) : [];
  return {
    findings: [...refusals, ...warnings].map(({ place, ...finding }) => ({ ...finding, ...place })),
    calls,
    contents: (lookup) => contentFindings(calls, lookup),
    picture: chain && (() => chainGraph(chain)),
  };
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
