// e2e/conformance/properties/workflow-properties.ts — what must hold of every workflow and of whatever happens to its children.
import fc, { type Arbitrary } from 'fast-check';
import type { Run } from '../../../operator/domain/workflow/engine.ts';
import { chainPrograms } from './chain-programs.ts';
import { chainRun, chains } from './chain-source.ts';
import { refusals, sameChainTraces } from './chain-trace.ts';
import { mistralPrograms } from './mistral-programs.ts';
import { mistralRun, mistralWorkflows } from './mistral-source.ts';
import { sameMistralTraces } from './mistral-trace.ts';
import { type Property, property } from './property.ts';
import { comesToItsEnd, endCases } from './workflow-ends.ts';
import { moves } from './workflow-moves.ts';
import { workflowPrograms } from './workflow-programs.ts';
import { replayCases, sameAfterKills } from './workflow-replay.ts';
import { restlessMoves, smallRun, smallWorkflows } from './workflow-small.ts';
import { engineRun, sameTraces } from './workflow-trace.ts';

/** A run has many steps, and is replayed from the first one after each kill. */
const [COST, REPLAY_COST] = [10, 25];

export const workflowProperties: readonly Property[] = [
  {
    ...property(
      'orquesta: the engine and a second interpreter have the same traces',
      fc.record({ program: workflowPrograms, moves }),
      sameTraces,
    ),
    cost: COST,
  },
  {
    ...property(
      'action-chain: the engine and a second interpreter have the same traces',
      fc.record({ program: chainPrograms, moves, reason: refusals }),
      sameChainTraces,
    ),
    cost: COST,
  },
  {
    ...property(
      'mistral: the engine and a second interpreter have the same traces',
      fc.record({ program: mistralPrograms, moves }),
      sameMistralTraces,
    ),
    cost: COST,
  },
  replayed('orquesta', workflowPrograms, engineRun),
  replayed('action-chain', chains, chainRun),
  replayed('mistral', mistralWorkflows, mistralRun),
  ending('orquesta', smallWorkflows, smallRun),
  ending('action-chain', chains, chainRun),
  ending('mistral', mistralWorkflows, mistralRun),
];

function replayed<T>(language: string, definitions: Arbitrary<T>, open: (definition: T) => Run | undefined): Property {
  const name = `${language}: a run that is killed and replayed goes on as if nothing had happened`;
  return { ...property(name, replayCases(definitions), (one) => sameAfterKills(one, open)), cost: REPLAY_COST };
}

function ending<T>(language: string, definitions: Arbitrary<T>, open: (definition: T) => Run | undefined): Property {
  const name = `${language}: no run hangs, whatever happens to its children`;
  return { ...property(name, endCases(definitions, restlessMoves), (one) => comesToItsEnd(one, open)), cost: COST };
}
