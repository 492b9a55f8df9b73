// operator/domain/install/manifest.ts — a text of the pack store → the manifest of a pack.
import { Manifest } from '../../api/install.ts';

/** @returns the first fault where it is none */
export function readManifest(text: string): Manifest | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    return (cause as Error).message;
  }
  const parsed = Manifest.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  return `${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`;
}
