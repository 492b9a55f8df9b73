// cli/pack-register.ts — `squall pack register`: an author's folder as it is becomes what the cluster runs.
import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { Pack } from '../operator/api/kinds.ts';
import { API_VERSION, nameOfRef } from '../operator/api/meta.ts';
import { didYouMean } from '../operator/domain/expression/fault.ts';
import { Failure, isMissing } from './failure.ts';
import { call } from './kube.ts';
import { packRefIn } from './pack-folder.ts';
import { conditionOf, ofPackThere, packPath } from './pack-object.ts';
import { uploadFolder } from './pack-upload.ts';
import { waitForPack } from './pack-wait.ts';
import type { Session } from './session.ts';

export interface RegisterOptions {
  readonly name?: string;
  readonly types?: string;
}

/** What StackStorm can register, and under which name it is counted; runners are no part of a pack here. */
const COUNTS = {
  actions: 'actions',
  sensors: 'sensors',
  rules: 'rules',
  aliases: 'aliases',
  policies: 'policies',
  triggers: 'triggers',
  configs: 'config_schema',
  runners: undefined,
} as const;
type Type = keyof typeof COUNTS;
const TYPES = Object.keys(COUNTS) as readonly Type[];

/** All types of a pack are registered together; those that were named are counted on the screen. Exit code 1 when a pack is not ready in the end. */
export async function registerPacks(
  session: Session,
  packs: readonly string[],
  { name, types }: RegisterOptions,
): Promise<number> {
  const named = typesIn(types);
  let exitCode = 0;
  for (const pack of packs) {
    const isFolder = existsSync(pack) && statSync(pack).isDirectory();
    const asked = isFolder ? await registerFolder(session, resolve(pack), name) : await again(session, nameOfRef(pack));
    const ready = await waitForPack(session, asked);
    if (!ready) exitCode = 1;
    else
      for (const type of named) {
        const counted = COUNTS[type];
        if (counted !== undefined) session.screen.out(`${type}: ${ready.status?.counts?.[counted] ?? 0}\n`);
      }
  }
  return exitCode;
}

/** As `st2 pack register --types` takes them: with commas between them, in the singular too. @throws Failure for one that nobody knows */
function typesIn(text: string | undefined): readonly Type[] {
  const words = (text ?? '').split(',').map((word) => word.trim().toLowerCase());
  return words
    .filter((word) => word !== '')
    .flatMap((word) => {
      if (word === 'all') return TYPES;
      const type = TYPES.find(
        (one) => one === word || one === `${word}s` || one === `${word}es` || one === `${word.replace(/y$/, 'ie')}s`,
      );
      if (type) return [type];
      const rule = `--types ${word}: nothing of that type is registered; say some of ${TYPES.join(', ')}, or all.`;
      throw new Failure(`${rule}${didYouMean(word, TYPES)}`, { exitCode: 2 });
    });
}

async function registerFolder(session: Session, folder: string, name: string | undefined): Promise<Pack> {
  const called = name ?? nameOfRef(packRefIn(folder));
  const archive = await uploadFolder(session, folder);
  const spec = { from: null, source: { archive, git: null, image: null, inline: null } };
  const path = packPath(session, called);
  try {
    const pack = await call<Pack>(session.to, `change Pack ${called}`, path, { method: 'PATCH', body: { spec } });
    return hasFailedSo(pack) ? await again(session, called) : pack;
  } catch (error) {
    if (!isMissing(error)) throw error;
    const body = {
      apiVersion: API_VERSION,
      kind: Pack.kind,
      metadata: { name: called },
      spec: { source: { archive } },
    };
    return await call<Pack>(session.to, `create Pack ${called}`, packPath(session), { method: 'POST', body });
  }
}

/** Whether just these files were registered before, in vain: without another change nothing would be done. */
const hasFailedSo = ({ metadata, status }: Pack): boolean =>
  status?.observedGeneration === metadata.generation &&
  (status?.install?.step === 'Failed' || conditionOf(status, 'Ready')?.status === 'False');

async function again(session: Session, name: string): Promise<Pack> {
  const body = { spec: { reinstall: session.now().toISOString() } };
  const asked = call<Pack>(session.to, `change Pack ${name}`, packPath(session, name), { method: 'PATCH', body });
  return await ofPackThere(session, name, asked);
}
