// cli/pack.ts — `squall pack`: packs are listed, shown and removed.
import type { Pack } from '../operator/api/kinds.ts';
import { nameOfRef } from '../operator/api/meta.ts';
import { isMissing } from './failure.ts';
import { call, listAll } from './kube.ts';
import { conditionOf, ofPackThere, packPath } from './pack-object.ts';
import { viewOfPack } from './pack-view.ts';
import { age, type Format, json, properties, table, withoutNoise, yaml } from './print.ts';
import type { Session } from './session.ts';

export async function listPacks(session: Session, { output }: { readonly output: Format }): Promise<void> {
  const packs = await listAll<Pack>(session.to, 'list Packs', packPath(session));
  const { screen } = session;
  if (output === 'json') return screen.out(json(packs.map(withoutNoise)));
  if (output === 'yaml') return screen.out(yaml(packs.map(withoutNoise)));
  if (output === 'name') return packs.forEach(({ metadata }) => screen.out(`pack.squall.dev/${metadata.name}\n`));
  if (packs.length === 0)
    return screen.err(`No Pack is in namespace ${session.namespace}: squall pack install NAME brings one.\n`);
  const rows = packs.map(({ metadata, status }) => [
    status?.ref ?? metadata.name,
    status?.version ?? '',
    (status?.commit ?? '').slice(0, 12),
    status?.author ?? '',
    conditionOf(status, 'Ready')?.status ?? 'Unknown',
    status?.content ?? '',
    age(metadata.creationTimestamp, session.now()),
  ]);
  screen.out(table(['REF', 'VERSION', 'COMMIT', 'AUTHOR', 'READY', 'CONTENT', 'AGE'], rows));
}

/** The installed pack only. */
export async function showPack(session: Session, name: string, { output }: { readonly output: Format }): Promise<void> {
  const asked = call<Pack>(session.to, `get Pack ${name}`, packPath(session, nameOfRef(name)));
  const pack = await ofPackThere(session, name, asked);
  const { screen } = session;
  if (output === 'json') return screen.out(json(withoutNoise(pack)));
  if (output === 'yaml') return screen.out(yaml(withoutNoise(pack)));
  screen.out(properties(viewOfPack(pack)));
}

/** Asks for their removal, and waits until they are gone. */
export async function removePacks(session: Session, names: readonly string[]): Promise<void> {
  for (const name of names.map(nameOfRef)) {
    const path = packPath(session, name);
    await ofPackThere(session, name, call(session.to, `delete Pack ${name}`, path, { method: 'DELETE' }));
    for (let told = ''; ; ) {
      const pack = await call<Pack>(session.to, `get Pack ${name}`, path).catch((error: unknown) => {
        if (isMissing(error)) return undefined;
        throw error;
      });
      if (!pack) break;
      const ready = conditionOf(pack.status, 'Ready');
      if (ready?.reason === 'Removing' && ready.message !== told)
        session.screen.err(`Pack ${name}: ${ready.message}\n`);
      told = ready?.message ?? '';
      await new Promise((wake) => setTimeout(wake, 500));
    }
    session.screen.out(`Pack ${name} removed.\n`);
  }
}
