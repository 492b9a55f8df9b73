// operator/domain/action/parse-spec.ts — an object as the API server has it → with its spec checked and defaults filled in.
import type { KubeObject } from '../../api/meta.ts';

/** A zod schema, as far as it is used here. */
interface SpecSchema<S> {
  safeParse(
    spec: unknown,
  ):
    | { readonly success: true; readonly data: S; readonly error?: undefined }
    | { readonly success: false; readonly error: { readonly issues: readonly Issue[] } };
}
interface Issue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

type Parsed<S> = Omit<KubeObject, 'spec' | 'status'> & { readonly spec: S };

/** A parser that gives the object, or what of it does not fit with its remedy; it remembers each version. */
export function specParser<S>(schema: SpecSchema<S>): (raw: KubeObject) => Parsed<S> | string {
  const parsed = new WeakMap<object, Parsed<S> | string>();
  return (raw) => {
    const known = parsed.get(raw);
    if (known !== undefined) return known;
    const { status: _, ...rest } = raw;
    const spec = schema.safeParse(raw.spec);
    const result = spec.success ? { ...rest, spec: spec.data } : specFault(spec.error.issues);
    parsed.set(raw, result);
    return result;
  };
}

function specFault([issue]: readonly Issue[]): string {
  const place = issue ? ['', ...issue.path].map(String).join('.') : '';
  return `spec${place}: ${issue?.message ?? 'it does not fit'}; correct it`;
}
