// operator/domain/expression/jinja/filters/table.ts — jinja2's filters by name.
import { pretty } from '../../python/pretty.ts';
import type { Filter } from '../engine.ts';
import { ARITHMETIC_FILTERS } from './arithmetic.ts';
import { CHOOSING_FILTERS } from './choosing.ts';
import { ESCAPING_FILTERS } from './escaping.ts';
import { ORDERING_FILTERS } from './ordering.ts';
import { SEQUENCE_FILTERS } from './sequences.ts';
import { filter } from './signature.ts';
import { TEXT_FILTERS } from './texts.ts';
import { urlizeFilter } from './urlize.ts';
import { wordWrapFilter } from './wrap.ts';

/** All of jinja2's own filters; StackStorm's are functions, in functions/st2. */
export const FILTERS: ReadonlyMap<string, Filter> = new Map([
  ...ARITHMETIC_FILTERS,
  ...CHOOSING_FILTERS,
  ...ESCAPING_FILTERS,
  ...ORDERING_FILTERS,
  ...SEQUENCE_FILTERS,
  ...TEXT_FILTERS,
  ['pprint', filter('do_pprint', '', ['value'], (_, value) => pretty(value))],
  ['urlize', urlizeFilter],
  ['wordwrap', wordWrapFilter],
]);
