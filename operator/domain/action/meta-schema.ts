// operator/domain/action/meta-schema.ts — the schema of schemas: draft 4 as StackStorm has changed it.
import type { Plain } from '../expression/python/values.ts';

export interface MetaSchemaSettings {
  /** Whether words that draft 4 does not know are refused, at any depth. */
  readonly closed: boolean;
  /** Whether type "any", lists in `required` and null for what is given nothing are taken, which StackStorm refuses. */
  readonly lenient: boolean;
}

const WHOLE: Plain = { $ref: '#' };
const COUNT: Plain = { type: 'integer', minimum: 0 };
const FLAG: Plain = { type: 'boolean' };
const TEXT: Plain = { type: 'string' };
const NUMBER: Plain = { type: 'number' };
const SCHEMAS: Plain = { type: 'array', minItems: 1, items: WHOLE };
const SCHEMA_MAP: Plain = { type: 'object', additionalProperties: WHOLE };
const NAMES: Plain = { type: 'array', items: TEXT, minItems: 1, uniqueItems: true };
const TYPES: readonly string[] = ['array', 'boolean', 'integer', 'null', 'number', 'object', 'string'];

/** In the order in which StackStorm's has them: the first complaint is the one that is shown. */
export function metaSchema({ closed, lenient }: MetaSchemaSettings): Plain {
  const type: Plain = { enum: lenient ? [...TYPES, 'any'] : TYPES };
  return {
    type: 'object',
    properties: {
      id: TEXT,
      $schema: TEXT,
      title: TEXT,
      description: TEXT,
      default: {},
      multipleOf: { type: 'number', minimum: 0, exclusiveMinimum: true },
      maximum: NUMBER,
      exclusiveMaximum: FLAG,
      minimum: NUMBER,
      exclusiveMinimum: FLAG,
      maxLength: COUNT,
      minLength: COUNT,
      pattern: { type: 'string', format: 'regex' },
      additionalItems: { anyOf: [FLAG, WHOLE] },
      items: { anyOf: [WHOLE, SCHEMAS] },
      maxItems: COUNT,
      minItems: COUNT,
      uniqueItems: FLAG,
      maxProperties: COUNT,
      minProperties: COUNT,
      required: lenient ? { anyOf: [FLAG, { type: 'array', items: TEXT }] } : FLAG,
      secret: FLAG,
      additionalProperties: { anyOf: [FLAG, WHOLE] },
      definitions: SCHEMA_MAP,
      properties: SCHEMA_MAP,
      patternProperties: SCHEMA_MAP,
      dependencies: { type: 'object', additionalProperties: { anyOf: [WHOLE, NAMES] } },
      enum: { type: 'array', minItems: 1, uniqueItems: true },
      type: { anyOf: [type, { type: 'array', items: type, minItems: 1, uniqueItems: true }] },
      position: { type: 'number', minimum: 0 },
      immutable: FLAG,
      format: TEXT,
      allOf: SCHEMAS,
      anyOf: SCHEMAS,
      oneOf: SCHEMAS,
      not: WHOLE,
    },
    dependencies: { exclusiveMaximum: ['maximum'], exclusiveMinimum: ['minimum'] },
    ...(closed ? { additionalProperties: false } : {}),
  };
}
