// operator/domain/workflow/mistral/schema-parts.ts — the pieces that the schemas of Mistral v2 share: texts, expressions, clauses.
import type { Plain } from '../../expression/python/values.ts';

export const TEXT: Plain = { type: 'string', minLength: 1 };
export const NAME_LIST: Plain = { type: 'array', items: TEXT, uniqueItems: true, minItems: 1 };
export const POSITIVE: Plain = { type: 'integer', minimum: 0 };
/** A text that is one expression and nothing else. */
export const EXPRESSION: Plain = {
  oneOf: ['^({{(.*?)}})\\s*$', '^<%.*?%>\\s*$'].map((pattern): Plain => ({ type: 'string', pattern })),
};
export const DURATION: Plain = { oneOf: [EXPRESSION, POSITIVE] };
export const FLAG: Plain = { oneOf: [EXPRESSION, { type: 'boolean' }] };

const ANY_OR_NULL: Plain = {
  anyOf: ['null', 'array', 'boolean', 'integer', 'number', 'object', 'string'].map((type): Plain => ({ type })),
};
export const NOT_EMPTY: Plain = { type: 'object', minProperties: 1, patternProperties: { '^\\w+$': ANY_OR_NULL } };

export const RETRY: Plain = {
  oneOf: [
    {
      type: 'object',
      properties: { count: DURATION, 'break-on': EXPRESSION, 'continue-on': EXPRESSION, delay: DURATION },
      required: ['delay', 'count'],
      additionalProperties: false,
    },
    TEXT,
  ],
};

/** A name; a name and a parameter; the same as a call. */
const NEXT = ['^\\S+$', '^\\w+ \\w+=(.*)$', '^\\w+\\(\\w+=(.*)\\)$'];
/** `fail(msg=…)` is of two of these ways; Mistral refuses it where it holds no blank, here it is taken. */
const NEXT_TASK: Plain = { anyOf: NEXT.map((pattern): Plain => ({ type: 'string', pattern })) };
const CONDITIONAL: Plain = {
  type: 'object',
  minProperties: 1,
  maxProperties: 1,
  patternProperties: Object.fromEntries(NEXT.map((pattern) => [pattern, EXPRESSION])),
};
const TASK_LIST: Plain = {
  type: 'array',
  items: { oneOf: [NEXT_TASK, CONDITIONAL] },
  uniqueItems: true,
  minItems: 1,
};
export const PUBLISH: Plain = {
  type: 'object',
  properties: { branch: NOT_EMPTY, global: NOT_EMPTY, atomic: NOT_EMPTY },
  additionalProperties: false,
};
export const ON_CLAUSE: Plain = {
  oneOf: [
    NEXT_TASK,
    CONDITIONAL,
    TASK_LIST,
    {
      type: 'object',
      minProperties: 1,
      properties: { publish: PUBLISH, next: { oneOf: [NEXT_TASK, CONDITIONAL, TASK_LIST] } },
      additionalProperties: false,
    },
  ],
};
