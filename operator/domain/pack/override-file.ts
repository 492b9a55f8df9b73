// operator/domain/pack/override-file.ts — overrides/_global.yaml or overrides/<pack>.yaml as StackStorm has them → what they say, and what is wrong there.
import { OVERRIDES } from '../../api/pack.ts';
import { didYouMean } from '../expression/fault.ts';
import { isPlain, type Plain, type Value } from '../expression/python/values.ts';
import { OVERRIDDEN_TYPES, type Overrides, type OverriddenType, type TypeOverrides, type Wanted } from './overrides.ts';
import { loadPackYaml, problemText, type YamlProblem } from './pack-yaml.ts';
import type { FieldPath } from './yaml-text.ts';

/** The file that is for all packs. */
export const GLOBAL_FILE = '_global.yaml';

export interface OverrideFile {
  readonly overrides: Overrides;
  /** Whether there is nothing unclear in it. */
  readonly isClear: boolean;
  readonly warnings: readonly string[];
}

/** Faults of one file that are told: the warnings of a Pack are for others too. */
const TOLD = 16;

const UNCLEAR: TypeOverrides = { defaults: 'unclear', exceptions: {} };
const ALL_UNCLEAR: Overrides['types'] = Object.fromEntries(OVERRIDDEN_TYPES.map((type) => [type, UNCLEAR]));
const SAY = 'write {enabled: true} or {enabled: false}';

type Tell = (path: FieldPath, message: string) => void;

/** `file` is its key in the ConfigMap. Never throws. */
export function readOverrideFile(text: string, file: string): OverrideFile {
  const place = `ConfigMap ${OVERRIDES}, `;
  const { value, problems, positions } = loadPackYaml(text, file);
  const faults: string[] = [];
  const tell: Tell = (path, message) => {
    const field = path.length > 0 ? `${path.join('.')}: ` : '';
    if (faults.length < TOLD) faults.push(`${place}${positions.at(path)}: ${field}${message}`);
  };
  const types = value === undefined ? ALL_UNCLEAR : typesIn(value, file === GLOBAL_FILE, tell);
  const isClear = Object.values(types).every(isClearly);
  const found = (severity: YamlProblem['severity']) =>
    problems.filter((one) => one.severity === severity).map((one) => `${place}${problemText(one)}`);
  const told = [...found('error'), ...faults, ...found('warning')].slice(0, TOLD);
  const rest = `${place}${file}: until that is corrected, it stays enabled or disabled as it is`;
  return {
    overrides: { place: `${place}${file}: `, types },
    isClear,
    warnings: isClear ? told : [...told, rest],
  };
}

const isClearly = ({ defaults, exceptions }: TypeOverrides): boolean =>
  ![defaults, ...Object.values(exceptions)].includes('unclear');

/** Where StackStorm goes by a mapping, nothing at all is an empty one. */
function typesIn(value: Value, isGlobal: boolean, tell: Tell): Overrides['types'] {
  if (value === null) return {};
  if (!isPlain(value)) {
    tell([], `it must be a mapping of ${OVERRIDDEN_TYPES.join(', ')}`);
    return ALL_UNCLEAR;
  }
  const types: Partial<Record<OverriddenType, TypeOverrides>> = {};
  for (const [type, said] of Object.entries(value)) {
    if (isOverridden(type)) types[type] = typeIn(said, type, isGlobal, tell);
    else
      tell([type], `it does not count.${didYouMean(type, OVERRIDDEN_TYPES)} There are ${OVERRIDDEN_TYPES.join(', ')}`);
  }
  return types;
}

const isOverridden = (type: string): type is OverriddenType => (OVERRIDDEN_TYPES as readonly string[]).includes(type);

function typeIn(value: Value, type: OverriddenType, isGlobal: boolean, tell: Tell): TypeOverrides {
  if (value === null) return { exceptions: {} };
  if (!isPlain(value)) {
    tell([type], 'it must be a mapping of defaults and exceptions');
    return UNCLEAR;
  }
  for (const key of Object.keys(value).filter((one) => one !== 'defaults' && one !== 'exceptions'))
    tell(
      [type, key],
      `it does not count.${didYouMean(key, ['defaults', 'exceptions'])} There are defaults and exceptions`,
    );
  const defaults = wantedIn(partOf(value, 'defaults'), [type, 'defaults'], tell);
  const path = [type, 'exceptions'];
  const written = partOf(value, 'exceptions');
  if (written === null) return { defaults, exceptions: {} };
  if (isGlobal) {
    tell(path, 'they do not count in the file that is for all packs; write them in the file of a pack');
    return { defaults, exceptions: {} };
  }
  if (!isPlain(written)) {
    tell(path, `it must be a mapping of names; under each, ${SAY}`);
    return UNCLEAR;
  }
  const exceptions = Object.entries(written).flatMap(([name, said]): [string, Wanted][] => {
    const wanted = wantedIn(said, [...path, name], tell);
    return wanted === undefined ? [] : [[name, wanted]];
  });
  return { defaults, exceptions: Object.fromEntries(exceptions) };
}

const partOf = (value: Plain, part: string): Value => (Object.hasOwn(value, part) ? (value[part] ?? null) : null);

/** Undefined when it says nothing. */
function wantedIn(value: Value, path: FieldPath, tell: Tell): Wanted | undefined {
  if (value === null) return undefined;
  if (!isPlain(value)) {
    tell(path, SAY);
    return 'unclear';
  }
  const strange = Object.keys(value).filter((key) => key !== 'enabled');
  for (const key of strange) tell([...path, key], 'only enabled can be overridden; take it out');
  const enabled = Object.hasOwn(value, 'enabled') ? value['enabled'] : undefined;
  if (enabled !== undefined && typeof enabled !== 'boolean') {
    tell([...path, 'enabled'], 'it must be true or false');
    return 'unclear';
  }
  return strange.length > 0 ? 'unclear' : enabled;
}
