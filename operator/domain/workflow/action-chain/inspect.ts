// operator/domain/workflow/action-chain/inspect.ts — a definition → all that is wrong with it, for its author: what, where, and in which line.
import type { Schemas } from '../../action/runner-parameters.ts';
import { evaluating, NOWHEN } from '../../expression/evaluation.ts';
import { ExpressionFault, type Place } from '../../expression/fault.ts';
import { templateSource } from '../../expression/jinja/render-values.ts';
import { compileTemplate } from '../../expression/jinja/template.ts';
import { dictEntries, isDict } from '../../expression/python/dict.ts';
import { truthy, type Value } from '../../expression/python/values.ts';
import type { FieldPath } from '../../pack/yaml-text.ts';
import type { Finding } from '../engine.ts';
import { shownPath } from './failure.ts';
import type { Chain, ChainSource, ChainTask } from './model.ts';
import { readChain } from './read.ts';
import { textOf } from './text.ts';

/** A finding, and where the text has it; without a text there is no place. */
export interface ChainFinding extends Finding {
  readonly place?: Place;
}

interface Inspection {
  /** The findings for which StackStorm would not start the chain, what it says first. */
  readonly refusals: readonly ChainFinding[];
  /** What would go wrong only when a task is reached: templates that cannot be parsed, actions that are not there. */
  readonly warnings: readonly ChainFinding[];
}

/** `schemasOf` tells which actions there are; without it references are looked at for their form alone. */
export function inspectChain(source: ChainSource, schemasOf?: (ref: string) => Schemas | undefined): Inspection {
  const { parts, refusals, placeOf } = readChain(source);
  const told = ({ path, ...finding }: Finding & { readonly path: FieldPath }): ChainFinding => {
    const place = placeOf(path);
    return { ...finding, spec_path: shownPath(path), ...(place ? { place } : {}) };
  };
  const refused = new Set(refusals.map(({ path }) => shownPath(path)));
  const warnings = [...warningsOf(parts, schemasOf)].filter(({ path }) => !refused.has(shownPath(path)));
  return { refusals: refusals.map(told), warnings: warnings.map(told) };
}

type Warning = Finding & { readonly path: FieldPath };

function* warningsOf(
  chain: Pick<Chain, 'tasks' | 'vars'>,
  schemasOf: ((ref: string) => Schemas | undefined) | undefined,
): Generator<Warning> {
  yield* templateWarnings(chain.vars, ['vars']);
  for (const task of chain.tasks) {
    const path = ['chain', task.index];
    const message = contentFault(task, schemasOf);
    if (message !== undefined) yield { type: 'content', message, path: [...path, 'ref'] };
    yield* templateWarnings(task.parameters, [...path, task.parametersField]);
    yield* templateWarnings(task.publish, [...path, 'publish']);
  }
}

function contentFault({ ref }: ChainTask, schemasOf: ((ref: string) => Schemas | undefined) | undefined) {
  if (typeof ref !== 'string' || !/^[^.]+\..+$/.test(ref))
    return `The action reference "${textOf(ref)}" is not formatted correctly.`;
  return schemasOf && !schemasOf(ref) ? `The action "${ref}" is not registered in the database.` : undefined;
}

/** Lists and dicts are one template each, their JSON: so a quotation mark in an expression inside of one is a fault. */
function* templateWarnings(mapping: Value, path: FieldPath): Generator<Warning> {
  if (!truthy(mapping)) return;
  if (!isDict(mapping)) {
    yield { type: 'syntax', message: `${textOf(mapping)} is not of type 'object'`, path };
    return;
  }
  for (const [key, value] of dictEntries(mapping)) {
    const wrong = templateFault(value);
    if (wrong) yield { type: 'expression', language: 'jinja', ...wrong, path: [...path, textOf(key)] };
  }
}

function templateFault(value: Value): { readonly message: string; readonly expression: string } | undefined {
  return evaluating(NOWHEN, () => {
    let expression = '';
    try {
      expression = templateSource(value);
      compileTemplate(expression);
      return undefined;
    } catch (error) {
      if (!(error instanceof ExpressionFault)) throw error;
      return { message: error.message, expression };
    }
  });
}
