// e2e/packs/aliases.ts — an alias case: which format does the message match, with which parameters?
import { type Alias, chooseAlias } from '../../operator/domain/alias/aliases.ts';
import { matchCommand } from '../../operator/domain/alias/command.ts';
import { evaluating } from '../../operator/domain/expression/evaluation.ts';
import { readPack } from '../../operator/domain/pack/read.ts';
import { difference } from './matching.ts';
import { treeOf } from './tree.ts';
import type { Expected } from './verdict.ts';

/** Undefined when all is as expected; no other alias of the pack is asked. */
export function aliasDiffers(folder: string, file: string, command: string, expected: Expected): string | undefined {
  const reading = readPack(treeOf(folder));
  if (!reading.ok) return `the pack is refused: ${reading.findings[0]?.message}`;
  const found = reading.manifest.waiting.find((one) => one.kind === 'ActionAlias' && one.file === file);
  if (!found) return `the pack has no alias ${file}`;
  const { formats = [] } = found.content as Partial<Alias>;
  const choice = chooseAlias([{ name: found.name, pack: reading.manifest.ref, formats }], command);
  if (choice.outcome === 'none') return expected['match'] === false ? undefined : choice.message;
  // Of several that match, which a chat would refuse, the case names the one that it is about.
  const matches = choice.outcome === 'found' ? [choice.found] : choice.matches;
  const named = matches.find((one) => one.representation === expected['representation']) ?? matches[0];
  const { representation = '' } = named ?? {};
  const parameters = evaluating({ nowMs: 0, seed: 0 }, () => Object.fromEntries(matchCommand(representation, command)));
  const { match, params } = expected;
  const got = { match: true, representation, params: parameters };
  return difference({ match, representation: expected['representation'], params }, got);
}
