// operator/domain/expression/yaql/library/table.ts — the standard library of YAQL, as the layers in which names are looked up.
import { Registry } from '../registry.ts';
import { aggregates } from './aggregates.ts';
import { booleans, branching } from './boolean.ts';
import { comparisons } from './comparison.ts';
import { dicts } from './dicts.ts';
import { generators } from './generators.ts';
import { lists } from './lists.ts';
import { math } from './math.ts';
import { queries } from './queries.ts';
import { regexes } from './regex.ts';
import { sets } from './sets.ts';
import { strings } from './strings.ts';
import { fallbacks, system } from './system.ts';
import { times } from './times.ts';

export const STANDARD_LIBRARY = new Registry(
  [
    ...system,
    ...booleans,
    ...branching,
    ...comparisons,
    ...math,
    ...strings,
    ...regexes,
    ...lists,
    ...dicts,
    ...sets,
    ...queries,
    ...aggregates,
    ...generators,
    ...times,
  ],
  new Registry(fallbacks),
);
