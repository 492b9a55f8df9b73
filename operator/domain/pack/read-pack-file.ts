// operator/domain/pack/read-pack-file.ts — pack.yaml → what the pack is called, and what it says of itself.
import type { Manifest } from '../../api/install.ts';
import { PackFile } from '../../api/pack-file.ts';
import { PackRef } from '../../api/pack.ts';
import { fit, type Notes, openFile, type OpenedFile } from './open-file.ts';
import type { PackTree } from './tree.ts';

export const PACK_FILE = 'pack.yaml';
/** A name that the platform keeps for itself. */
const RESERVED = '_global';

export interface PackIdentity {
  readonly ref: string;
  readonly pack: Manifest['pack'];
}

/** Undefined when a finding says why. */
export function readPackFile(tree: PackTree, notes: Notes): PackIdentity | undefined {
  if (!tree.files.includes(PACK_FILE)) {
    const message = `Pack is missing ${PACK_FILE} file; write one, with name, description, version and author, at the top of the pack`;
    notes.findings.push({ file: PACK_FILE, message });
    return undefined;
  }
  const opened = openFile(tree, PACK_FILE, notes);
  const file = opened && fit(PackFile, opened, notes);
  if (!opened || !file) return undefined;
  const ref = refOfPack(file, opened, tree.directoryName, notes);
  if (ref === undefined) return undefined;
  if (file.python_versions?.join() === '2') {
    notes.warnings.push(
      `DEPRECATION WARNING: Pack ${file.name} only supports Python 2.x; its actions run with Python 3`,
    );
  }
  return { ref, pack: identityOf(file) };
}

const identityOf = (file: PackFile): Manifest['pack'] => ({
  name: file.name,
  description: file.description,
  version: file.version,
  author: file.author,
  ...(file.email ? { email: file.email } : {}),
  keywords: file.keywords ?? [],
  contributors: file.contributors ?? [],
  dependencies: file.dependencies ?? [],
  ...(file.stackstorm_version ? { stackstormVersion: file.stackstorm_version } : {}),
  ...(file.python_versions ? { pythonVersions: file.python_versions } : {}),
});

/** `ref`, else the name of the folder, else `name`: the first that can be a name. */
function refOfPack(
  file: PackFile,
  { line }: OpenedFile,
  directory: string | undefined,
  notes: Notes,
): string | undefined {
  const refuse = (field: string, message: string) => {
    notes.findings.push({ file: PACK_FILE, line: line([field]), message });
    return undefined;
  };
  const isName = (text: string | undefined) => PackRef.safeParse(text).success;
  const named = directory !== undefined && isName(directory) ? directory : file.name;
  const [field, ref] = file.ref ? ['ref', file.ref] : ['name', named];
  if (ref === RESERVED)
    return refuse(field, `Pack name ${RESERVED} is a reserved name, and cannot be used; choose another`);
  if (isName(ref)) return ref;
  if (ref.includes('.'))
    return refuse(field, `Pack name "${ref}" contains reserved character "."; write _ for it in "ref"`);
  if (field === 'name')
    return refuse(
      field,
      `Pack name "${ref}" contains invalid characters and "ref" attribute is not available. Write "ref" with a-z, 0-9 and _ only, at most 63 of them`,
    );
  return refuse(
    field,
    'Pack ref / name can only contain valid word characters (a-z, 0-9 and _), dashes are not allowed. Write at most 63 of them',
  );
}
