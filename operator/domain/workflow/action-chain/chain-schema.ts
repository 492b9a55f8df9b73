// operator/domain/workflow/action-chain/chain-schema.ts — the schema of chains, as StackStorm checks it: of the tasks, the first alone.
import { compileSchema } from '../../action/json-schema.ts';
import { bestProblem, type Problem } from '../../action/schema-problem.ts';
import type { Plain, Value } from '../../expression/python/values.ts';

const text: Plain = { type: 'string' };

const notification: Plain = {
  type: 'object',
  properties: { message: text, data: { type: 'object' }, routes: { type: 'array' }, channels: { type: 'array' } },
  additionalProperties: false,
};

const task: Plain = {
  type: 'object',
  properties: {
    name: { type: 'string', required: true },
    ref: { type: 'string', required: true },
    params: { type: 'object' },
    parameters: { type: 'object' },
    'on-success': text,
    'on-failure': text,
    publish: { type: 'object' },
    notify: {
      type: 'object',
      properties: { 'on-complete': notification, 'on-failure': notification, 'on-success': notification },
      additionalProperties: false,
    },
  },
  additionalProperties: false,
};

const chain: Plain = {
  type: 'object',
  properties: {
    chain: { type: 'array', items: [task], required: true },
    default: text,
    vars: { type: 'object' },
  },
  additionalProperties: false,
};

let compiled: ReturnType<typeof compileSchema> | undefined;

/** What the schema has against a definition, what StackStorm shows of it first; to be called inside `evaluating()`. */
export function schemaProblems(definition: Value): readonly Problem[] {
  compiled ??= compileSchema(chain);
  const problems = compiled(definition);
  const best = bestProblem(problems);
  return best === undefined ? problems : [best, ...problems.filter((problem) => problem !== best)];
}
