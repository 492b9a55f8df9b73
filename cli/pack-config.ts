// cli/pack-config.ts — `squall pack config`: the configuration of a pack, explained, shown, asked for and written.
import type { Schemas } from '../operator/domain/action/runner-parameters.ts';
import { CONFIGS } from '../operator/api/pack.ts';
import { checkConfig } from '../operator/domain/pack/config-check.ts';
import { askOn } from './ask.ts';
import { Failure } from './failure.ts';
import { askConfig, isYes } from './pack-config-dialog.ts';
import { type Draft, shownValues } from './pack-config-draft.ts';
import { draftWith, doubtsOf, type Given } from './pack-config-given.ts';
import type { ConfigSchemas } from './pack-config-schema.ts';
import { explainText } from './pack-config-explain.ts';
import { type ConfigPlace, readConfig, type StoredConfig, writeConfig } from './pack-config-store.ts';
import { exactJson, yamlOf } from './pack-config-yaml.ts';
import { bold, json } from './print.ts';
import type { Session } from './session.ts';

export interface ConfigOptions extends Given {
  readonly explain?: boolean;
  readonly show?: boolean;
  /** Default: the Pack where it is there, else the ConfigMap. */
  readonly to?: ConfigPlace;
  readonly output: 'yaml' | 'json';
  /** Writes what is not valid, too. */
  readonly force?: boolean;
}

/** Exit code 1 when what would be written is not valid. @throws Failure */
export async function configurePack(session: Session, name: string, options: ConfigOptions): Promise<number> {
  const stored = await readConfig(session, name);
  if (options.explain) return explain(session, stored);
  if (options.show) return show(session, stored, options);
  const { to: place = stored.pack ? 'pack' : 'configmap' } = options;
  const before: Draft = {
    values: place === 'pack' ? stored.own : stored.file,
    secrets: new Map(),
    references: stored.references,
  };
  const isGiven = [options.set, options.unset, options.fromFile].some((one) => one !== undefined);
  if (isGiven) {
    const warn = (doubt: string) => session.screen.err(`warning: ${doubt}\n`);
    const draft = draftWith(before, stored.schemas, options, warn);
    for (const doubt of doubtsOf(stored, options)) warn(doubt);
    const faults = faultsOf(session, stored, draft, place);
    for (const fault of faults) session.screen.err(`${fault}\n`);
    if (faults.length > 0 && !options.force) {
      session.screen.err('squall: nothing was saved; correct it, or add --force\n');
      return 1;
    }
    return await save(session, stored, draft, place);
  }
  return await converse(session, stored, before, place);
}

function explain({ screen }: Session, { ref, pack, schemas: told }: StoredConfig): number {
  const schemas = required(ref, pack, told);
  const version = pack?.status?.version;
  screen.out(`${bold(screen, 'PACK:')}    ${ref}${version === undefined ? '' : ` ${version}`}\n`);
  screen.out(`${bold(screen, 'CONFIG:')}\n${explainText(screen, schemas)}`);
  return 0;
}

/** @throws Failure that says why there is none */
function required(ref: string, pack: StoredConfig['pack'], schemas: ConfigSchemas): ConfigSchemas {
  if (Object.keys(schemas).length > 0) return schemas;
  throw new Failure(
    pack
      ? `Pack ${ref}: it has no config.schema.yaml, so any keys are taken; give them with --set or --from-file`
      : `Pack ${ref}: it is not there, so its keys are not known; install it, or give them with --set or --from-file`,
  );
}

function show({ screen, namespace }: Session, stored: StoredConfig, { output }: ConfigOptions): number {
  if (!stored.pack && Object.keys(stored.file).length === 0)
    throw new Failure(
      `Pack ${stored.ref}: it is not in namespace ${namespace}, and the ConfigMap ${CONFIGS} has nothing for it; give values with --set`,
    );
  const values = shownValues(effective(stored), stored.schemas);
  screen.out(output === 'json' ? json(exactJson(values)) : yamlOf(values));
  return 0;
}

/** What counts now; defaults of the schema are added when an action reads it. */
const effective = ({ file, own, references }: StoredConfig): Draft => ({
  values: { ...file, ...own },
  secrets: new Map(),
  references,
});

/** What would be wrong with the whole, were it written. */
function faultsOf(session: Session, stored: StoredConfig, draft: Draft, place: ConfigPlace): readonly string[] {
  const { file, own, schemas, ref } = stored;
  if (place === 'configmap')
    for (const key of Object.keys(draft.values).filter((one) => Object.hasOwn(own, one)))
      session.screen.err(
        `warning: ${key} also stands in spec.config.values of the Pack, which counts before the ConfigMap\n`,
      );
  const values = place === 'pack' ? { ...file, ...draft.values } : { ...draft.values, ...own };
  const shared = (stored.pack?.spec.config?.valuesFrom ?? []).filter(({ configMapKeyRef }) => configMapKeyRef);
  const elsewhere = [...shared.map(({ path }) => path), ...draft.references.keys(), ...draft.secrets.keys()];
  return checkConfig(schemas as Schemas, values, { pack: ref, placeOf: () => 'not saved yet', elsewhere }).map(
    ({ message }) => message,
  );
}

async function converse(session: Session, stored: StoredConfig, before: Draft, place: ConfigPlace): Promise<number> {
  const { screen } = session;
  const schemas = required(stored.ref, stored.pack, stored.schemas);
  if (!process.stdin.isTTY)
    throw new Failure(
      `Pack ${stored.ref}: there is no terminal to ask on; give values with --set key=value or --from-file, or look with --show and --explain`,
      { exitCode: 2 },
    );
  const asking = askOn(process.stdin, process.stderr, true);
  try {
    for (let draft = before; ; ) {
      draft = await askConfig(asking, schemas, merged(stored, draft, place), draft);
      const faults = faultsOf(session, stored, draft, place);
      screen.err(`\n${bold(screen, 'Configuration:')}\n${yamlOf(shownValues(draft, schemas))}`);
      for (const fault of faults) screen.err(`${fault}\n`);
      if (faults.length > 0) {
        if (await isYes(asking, '\nIt is not valid. Go through it once more? [Y/n] ', true)) continue;
        screen.err('squall: nothing was saved\n');
        return 1;
      }
      if (await isYes(asking, '\nSave it? [Y/n] ', true)) return await save(session, stored, draft, place);
      screen.err('Nothing was saved.\n');
      return 0;
    }
  } finally {
    asking.close();
  }
}

/** What counts once a draft is written; secrets that were typed stand as references do. */
const merged = ({ file, own }: StoredConfig, draft: Draft, place: ConfigPlace): Draft => ({
  values: place === 'pack' ? { ...file, ...draft.values } : { ...draft.values, ...own },
  secrets: new Map(),
  references: new Map([
    ...draft.references,
    ...Array.from(draft.secrets, ([path]) => [path, { name: '', key: '' }] as const),
  ]),
});

async function save(session: Session, stored: StoredConfig, draft: Draft, place: ConfigPlace): Promise<number> {
  const where = await writeConfig(session, stored, draft, place);
  const secrets = [...draft.secrets.keys()];
  session.screen.out(
    `Configuration of pack ${stored.ref} saved to ${where}${secrets.length > 0 ? `, ${secrets.join(', ')} to a Secret` : ''}.\n`,
  );
  return 0;
}
