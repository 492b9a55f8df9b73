// operator/domain/pack/tree.ts — the files of a pack, as whoever has them shows them to those who read packs.

/** What is known of a pack before it is read. Paths are within the pack, with / between their parts. */
export interface PackTree {
  /** Paths of all files, sorted; no folders. */
  readonly files: readonly string[];
  /** Name of the folder that the pack is in, where it means something; an archive or a clone has none. */
  readonly directoryName?: string | undefined;
  /** Text of a file; undefined for one that is not UTF-8, is too large for a file of metadata, or is not there. */
  text(path: string): string | undefined;
}
