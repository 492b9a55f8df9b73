// operator/domain/expression/python/yaml/parsing.ts — how the YAML parser is to read: texts only, of which PyYAML's rules then make values.

/** Line counters and the like come with each call. */
export const PARSING = {
  schema: 'failsafe',
  version: '1.1',
  merge: false,
  uniqueKeys: false,
  prettyErrors: false,
  logLevel: 'silent',
} as const;
