// operator/domain/workflow/mistral/schema.ts — what a workbook, a workflow, a task and an ad-hoc action may hold, as JSON schemas.
import type { Plain } from '../../expression/python/values.ts';
import { DURATION, FLAG, NAME_LIST, NOT_EMPTY, ON_CLAUSE, POSITIVE, RETRY, TEXT } from './schema-parts.ts';

const VERSION: Plain = { anyOf: [TEXT, POSITIVE, { type: 'number', minimum: 0 }] };
const META: Plain = {
  name: TEXT,
  version: VERSION,
  description: TEXT,
  tags: NAME_LIST,
};
const ANY_TYPE = ['array', 'boolean', 'integer', 'number', 'object', 'string'].map((type): Plain => ({ type }));
const INPUTS: Plain = {
  type: 'array',
  items: { oneOf: [TEXT, { ...NOT_EMPTY, maxProperties: 1 }] },
  uniqueItems: true,
  minItems: 1,
};
const NAMES: Plain = { oneOf: [TEXT, NAME_LIST] };
const TYPE: Plain = { enum: ['reverse', 'direct'] };

const POLICIES: Plain = {
  retry: RETRY,
  'wait-before': DURATION,
  'wait-after': DURATION,
  timeout: DURATION,
  'pause-before': FLAG,
  concurrency: DURATION,
  'fail-on': FLAG,
};
const CLAUSES: Plain = Object.fromEntries(
  ['on-complete', 'on-success', 'on-error', 'on-skip'].map((name) => [name, ON_CLAUSE]),
);

/** An object with these keys and no others. */
const closed = (properties: Plain, more: Plain = {}): Plain => ({
  type: 'object',
  properties,
  additionalProperties: false,
  ...more,
});

const TASK: Plain = {
  type: TYPE,
  action: TEXT,
  workflow: TEXT,
  input: { oneOf: [NOT_EMPTY, TEXT] },
  'with-items': NAMES,
  publish: NOT_EMPTY,
  'publish-on-error': NOT_EMPTY,
  'publish-on-skip': NOT_EMPTY,
  ...POLICIES,
  target: TEXT,
  'keep-result': FLAG,
  'safe-rerun': FLAG,
  ...META,
};
const EITHER: Plain = {
  required: ['name', 'version'],
  anyOf: [
    { not: { type: 'object', required: ['action', 'workflow'] } },
    {
      oneOf: [
        { type: 'object', required: ['action'] },
        { type: 'object', required: ['workflow'] },
      ],
    },
  ],
};
const JOIN: Plain = { oneOf: [{ enum: ['all', 'one'] }, POSITIVE] };

/** Of tasks, by the type of their workflow. */
export const TASK_SCHEMAS: Readonly<Record<'direct' | 'reverse', Plain>> = {
  direct: closed({ ...TASK, type: { enum: ['direct'] }, join: JOIN, ...CLAUSES }, EITHER),
  reverse: closed({ ...TASK, type: { enum: ['reverse'] }, requires: NAMES }, EITHER),
};

export const TASK_DEFAULTS_SCHEMA: Plain = closed({
  ...POLICIES,
  ...CLAUSES,
  'safe-rerun': FLAG,
  requires: NAMES,
});

/** Other keys are let through, as Mistral does. */
export const WORKFLOW_SCHEMA: Plain = {
  properties: {
    tasks: { type: 'object', minProperties: 1, patternProperties: { '^\\w+$': NOT_EMPTY } },
    type: TYPE,
    'task-defaults': NOT_EMPTY,
    input: INPUTS,
    output: NOT_EMPTY,
    'output-on-error': NOT_EMPTY,
    vars: NOT_EMPTY,
    tags: NAME_LIST,
  },
  required: ['tasks'],
};

/** Of a file that is no workbook. */
export const FILE_SCHEMA: Plain = {
  type: 'object',
  properties: { version: VERSION },
  additionalProperties: NOT_EMPTY,
  required: ['version'],
};

export const ACTION_SCHEMA: Plain = closed(
  {
    base: TEXT,
    'base-input': NOT_EMPTY,
    input: INPUTS,
    output: { anyOf: [{ type: 'null' }, ...ANY_TYPE] },
    ...META,
  },
  { required: ['base', 'name', 'version'] },
);

/** `actions` and `workflows` of a workbook. */
const named: Plain = {
  type: 'object',
  minProperties: 1,
  patternProperties: { '^version$': { enum: ['2.0', 2] }, '^(?!version$)[\\w-]+$': { anyOf: ANY_TYPE } },
  additionalProperties: false,
};

export const WORKBOOK_SCHEMA: Plain = closed(
  {
    version: { enum: ['2.0', 2] },
    actions: named,
    workflows: named,
    name: TEXT,
    description: TEXT,
    tags: NAME_LIST,
  },
  { required: ['name', 'version'] },
);
