// operator/domain/pack/reading.ts — what everybody who reads a part of a pack is given, and adds to.
import type { Finding, Manifest } from '../../api/install.ts';
import { type Notes, type OpenedFile, TOLD_MAX } from './open-file.ts';
import type { PackTree } from './tree.ts';
import type { FieldPath } from './yaml-text.ts';

export type Resource = Manifest['resources'][number];
export type Waiting = Manifest['waiting'][number];

/** Stands for the name of a pack that tells none, so that its other files are read too; no pack can have it. */
export const NAMELESS = 'nameless-pack';

/** A pack while it is read. */
export interface Reading {
  readonly tree: PackTree;
  /** Exact name of the pack. */
  readonly pack: string;
  /** All paths of the tree. */
  readonly files: ReadonlySet<string>;
  readonly notes: Notes;
  readonly resources: Resource[];
  readonly waiting: Waiting[];
}

/** Where something is wrong, and what. */
export interface Fault {
  readonly path: FieldPath;
  readonly message: string;
}

export const findingAt = ({ file, line }: OpenedFile, { path, message }: Fault): Finding => ({
  file,
  line: line(path),
  message,
});

/** The findings of a file, as many as are told. */
export const findingsAt = (opened: OpenedFile, faults: readonly Fault[]): readonly Finding[] =>
  faults.slice(0, TOLD_MAX).map((fault) => findingAt(opened, fault));

/** `actions/foo.yaml:12: message`. */
export const warningAt = (opened: OpenedFile, { path, message }: Fault): string =>
  `${opened.file}:${opened.line(path)}: ${message}`;

/** A file may say which pack it is for; it has to be the one that it is in. */
export function checkPack(opened: OpenedFile, said: string | null | undefined, { pack, notes }: Reading): void {
  if (!said || said === pack || pack === NAMELESS) return;
  const message = `Model is in pack "${pack}" but field "pack" is different: ${said}; remove the field`;
  notes.findings.push(findingAt(opened, { path: ['pack'], message }));
}
