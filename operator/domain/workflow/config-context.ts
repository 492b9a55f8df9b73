// operator/domain/workflow/config-context.ts — the configuration of a workflow's pack → pinned when a run begins, and what its expressions see of it.
import { Refused } from '../action/given-parameters.ts';
import { configFor, type RequestedConfig } from '../action/requested-config.ts';
import type { Refusal } from '../action/resolve.ts';
import { evaluating, type World } from '../expression/evaluation.ts';
import type { Plain } from '../expression/python/values.ts';
import { computable, exactText, parseExact } from '../result/exact-json.ts';
import type { Pinned } from './pinned.ts';
import type { RunReads } from './reads.ts';

/** The configuration of a pack as it is written: secrets of it are places, and templates of it read the datastore. */
export type PackConfig = Omit<RequestedConfig, 'isHandedOn'>;

const NAME = 'config_context';

/** Defaults of parameters may name it in every language, the definition itself in that of chains. */
const namesConfig = ({ engine, parameters, definition }: Pinned): boolean =>
  JSON.stringify([parameters, engine === 'action-chain' ? definition : null]).includes(NAME);

/** As it is when the run begins, and in every replay; undefined where nothing names it, or there is none. */
export function pinnedConfig(
  pinned: Pinned,
  reads: RunReads,
  source: () => PackConfig | undefined,
): PackConfig | Refusal | undefined {
  if (!namesConfig(pinned)) return undefined;
  const text = reads.pinned(NAME, () => {
    const config = source();
    return config && exactText(config);
  });
  if (typeof text !== 'number') return text === undefined ? undefined : (computable(parseExact(text)) as PackConfig);
  const message = `the configuration of pack "${pinned.ref.split('.')[0]}" has ${text} bytes: a workflow that names config_context may read 65536; let an action read it`;
  return { ok: false, reason: 'RenderFailed', message };
}

/** What expressions see; a secret is a text that may be handed on whole. */
export function configContext(
  config: PackConfig | undefined,
  { reads, user, world }: { readonly reads: RunReads; readonly user: string; readonly world: World },
): { readonly ok: true; readonly config: Plain } | Refusal {
  if (!config) return { ok: true, config: {} };
  const round = { user, datastore: reads.datastore, standIn: reads.handedOn.open.bind(reads.handedOn) };
  try {
    return { ok: true, config: evaluating(world, () => configFor({ ...config, isHandedOn: false }, round)) };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return { ok: false, reason: error.reason, message: error.message };
  }
}
