// operator/domain/pack/wanted-ref.ts — the name that a Pack is asked for by, and the one that its pack.yaml says.
import type { Pack } from '../../api/kinds.ts';
import { nameOfRef } from '../../api/meta.ts';

/** Exact name of the pack that a Pack asks for. */
export const wantedRef = ({ metadata, spec }: Pack): string => spec.ref ?? metadata.name.replaceAll('-', '_');

/** The object is asked for under one name and brings another; undefined when they are the same. */
export const refFault = (ref: string, wanted: string): string | undefined =>
  ref === wanted
    ? undefined
    : `pack.yaml says that this is pack "${ref}", and the Pack asks for "${wanted}"; name the Pack ${nameOfRef(ref)} or set spec.ref`;

/** The ref that pack.yaml has, of such a message; undefined in all others. */
export const otherRefIn = (message: string): string | undefined =>
  /pack\.yaml says that this is pack "([a-z0-9_]+)", and the Pack asks for "[^"]*"; name the Pack \S+ or set spec\.ref/.exec(
    message,
  )?.[1];
