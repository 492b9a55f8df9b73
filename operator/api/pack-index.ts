// operator/api/pack-index.ts — an entry of an index of packs, in the Exchange's format.
import * as z from 'zod';

/** An entry has whatever its pack.yaml has; this is what is needed of it. */
export const IndexEntry = z.looseObject({
  name: z.string(),
  repo_url: z.string(),
  ref: z.string().nullish(),
  version: z.union([z.string(), z.number()]).transform(String).nullish(),
  versions: z.array(z.union([z.string(), z.number()]).transform(String)).nullish(),
  description: z.string().nullish(),
  author: z.string().nullish(),
  keywords: z.array(z.unknown()).nullish(),
});
export type IndexEntry = z.infer<typeof IndexEntry>;
