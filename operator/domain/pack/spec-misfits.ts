// operator/domain/pack/spec-misfits.ts — the spec of an object, made from a file → where it breaks a limit of its kind.
import { bytesOf } from '../result/result.ts';
import { fieldName, type FileSchema } from './open-file.ts';
import type { Fault } from './reading.ts';
import type { FieldPath } from './yaml-text.ts';

/** Largest spec, in bytes as JSON: an object of the cluster is at most 1.5 MiB. */
const SPEC_MAX = 1024 * 1024;

const NAME_RULE =
  'it cannot be part of a reference; use letters, digits, _, - and dots, at most 128 with the name of the pack';

/** `inFile` gives the field of the file that a field of the spec was made from. */
export function specMisfits(
  schema: FileSchema<unknown>,
  spec: unknown,
  inFile: (path: FieldPath) => FieldPath,
): readonly Fault[] {
  if (bytesOf(JSON.stringify(spec)) > SPEC_MAX)
    return [{ path: [], message: 'the object made of it would be larger than 1 MiB; shorten it' }];
  const parsed = schema.safeParse(spec);
  if (parsed.success) return [];
  return parsed.error.issues.map((issue) => {
    const path = inFile(issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step)));
    const field = path.length === 1 && path[0] === 'ref' ? ['name'] : path;
    if (issue.path[0] === 'ref') return { path: field, message: `${fieldName(field)}: ${NAME_RULE}` };
    return { path: field, message: `${fieldName(field)}: ${issue.message}; correct it` };
  });
}
