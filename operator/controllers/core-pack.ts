// operator/controllers/core-pack.ts — the files of the built-in pack core → objects in the operator's own namespace.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Draft } from '../api/meta.ts';
import { ActionFile, TriggerFile } from '../api/pack-file.ts';
import { actionOf, triggerTypeOf } from '../domain/pack/register.ts';
import type { Client } from '../kube/client.ts';

/** Reads `<packs>/core`. @throws Error that names the file when one does not fit */
export function readCorePack(packsDirectory: string, namespace: string): Draft[] {
  const folder = join(packsDirectory, 'core');
  const origin = { pack: 'core', namespace };
  const files = (kind: string): string[] =>
    existsSync(join(folder, kind))
      ? readdirSync(join(folder, kind))
          .filter((name) => name.endsWith('.yaml'))
          .map((name) => join(folder, kind, name))
      : [];
  const read = (path: string, convert: (content: unknown) => Draft): Draft => {
    try {
      return convert(parse(readFileSync(path, 'utf8')));
    } catch (cause) {
      throw new Error(`register ${path}`, { cause });
    }
  };
  return [
    ...files('triggers').map((path) => read(path, (content) => triggerTypeOf(TriggerFile.parse(content), origin))),
    ...files('actions').map((path) =>
      read(path, (content) => {
        const file = ActionFile.parse(content);
        const script =
          file.entry_point === '' ? undefined : readFileSync(join(folder, 'actions', file.entry_point), 'utf8');
        return actionOf(file, origin, script);
      }),
    ),
  ];
}

/** Applies the pack; an object that was changed by hand gets the pack's fields back. */
export async function applyCorePack(client: Client, drafts: readonly Draft[]): Promise<void> {
  for (const draft of drafts) await client.apply(draft);
}
