// operator/domain/workflow/orquesta/inspect-expressions.ts — expressions of a definition that are not written as their language wants it.
import { validate } from '../../expression/embedded/validate.ts';
import { dictGet } from '../../expression/python/dict.ts';
import type { Value } from '../../expression/python/values.ts';
import type { Finding } from '../engine.ts';
import { field, findingAt, item, type Spot, taskSpot, TOP } from './findings.ts';
import type { DefinitionParts, Fields, TaskParts } from './instantiate.ts';

const FIELDS = {
  workflow: ['vars', 'input', 'output'],
  task: ['delay', 'join', 'action', 'input'],
  with: ['items', 'concurrency'],
  retry: ['when', 'count', 'delay'],
  transition: ['when', 'publish', 'do'],
} as const;

/** What is wrong with the grammar of expressions, wherever they stand in a field. */
export function inspectExpressions({ value, tasks }: DefinitionParts): readonly Finding[] {
  return [
    ...FIELDS.workflow.flatMap((name) => expressionFindings(dictGet(value, name) ?? null, field(TOP, name))),
    ...[...tasks].flatMap(([name, task]) => taskFindings(task, taskSpot(name))),
  ];
}

function taskFindings(task: TaskParts, spot: Spot): readonly Finding[] {
  const next = field(spot, 'next');
  return [
    ...fieldFindings(task.fields, FIELDS.task, spot),
    ...fieldFindings(task.with, FIELDS.with, field(spot, 'with')),
    ...fieldFindings(task.retry, FIELDS.retry, field(spot, 'retry')),
    ...task.next.flatMap(({ fields }, i) => fieldFindings(fields, FIELDS.transition, item(next, i))),
  ];
}

const fieldFindings = (fields: Fields | undefined, names: readonly string[], spot: Spot): readonly Finding[] =>
  names.flatMap((name) => expressionFindings(fields?.get(name) ?? null, field(spot, name)));

const expressionFindings = (value: Value, spot: Spot): readonly Finding[] =>
  validate(value).map(({ type: language, expression, message }) =>
    findingAt({ type: 'expression', message, expression, ...(language === undefined ? {} : { language }) }, spot),
  );
