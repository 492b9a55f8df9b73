// operator/domain/pack/check-names.ts — everything that a pack brings → two of the same name, which the cluster cannot hold apart.
import { nameOfRef } from '../../api/meta.ts';
import type { Reading } from './reading.ts';

/** Actions and Workflows share their names, as they share their references. */
const spaceOf = (kind: string): string => (kind === 'Workflow' ? 'Action' : kind);

/** Adds a finding for each that is named as another one is; trigger types of the same reference are one already. */
export function checkNames({ pack, resources, waiting, notes }: Reading): void {
  const holders = new Map<string, { readonly ref: string; readonly file: string }>();
  const all = [
    ...resources.map(({ kind, file, spec }) => ({ kind, file, ref: String(spec['ref']) })),
    ...waiting.map(({ kind, file, name }) => ({ kind, file, ref: `${pack}.${name}` })),
  ];
  for (const { kind, file, ref } of all) {
    const key = `${spaceOf(kind)} ${nameOfRef(ref)}`;
    const holder = holders.get(key);
    if (!holder) {
      holders.set(key, { ref, file });
      continue;
    }
    const message =
      holder.ref === ref
        ? `"${ref}" is in ${holder.file} too; rename one of them, or remove it`
        : `"${ref}" and "${holder.ref}" of ${holder.file} would both be called "${nameOfRef(ref)}" in the cluster, where letter case and _ do not count; rename one of them`;
    notes.findings.push({ file, message });
  }
}
