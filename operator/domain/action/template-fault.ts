// operator/domain/action/template-fault.ts — templates that an author wrote: what is wrong with them, told before anybody runs them.
import { evaluating, NOWHEN } from '../expression/evaluation.ts';
import { didYouMean, ExpressionFault } from '../expression/fault.ts';
import { isList, isPlain, type Value } from '../expression/python/values.ts';
import { hasTemplate, isTemplateString } from './parameter-graph.ts';
import { compileTemplate } from '../expression/jinja/template.ts';

/** What the templates of parameters may name beside the parameters. */
export const PARAMETER_NAMES: readonly string[] = ['st2kv', 'action_context', 'config_context'];

/**
 * What is wrong with the first bad template in a value, naming its field, line and column; undefined when nothing is.
 * `names` are all that a template may name; without them that is not looked at. Every text of a list or object is a template of its own.
 */
export function faultOfTemplates(
  value: unknown,
  place: string,
  names: readonly string[] | undefined,
): string | undefined {
  return judging(place, () => {
    const given = (value ?? null) as Value;
    if (!hasTemplate(given)) return undefined;
    for (const [at, text] of textsIn(given, place)) {
      const fault = isTemplateString(text) ? faultOf(text, at, names) : undefined;
      if (fault !== undefined) return fault;
    }
    return undefined;
  });
}

/** What cannot even be looked at is a fault too. */
function judging(place: string, judge: () => string | undefined): string | undefined {
  try {
    return evaluating(NOWHEN, judge);
  } catch (error) {
    if (!(error instanceof ExpressionFault)) throw error;
    return `${place}: ${error.message}; make it simpler`;
  }
}

function faultOf(source: string, place: string, names: readonly string[] | undefined): string | undefined {
  try {
    const unknown = compileTemplate(source).undeclared.find((name) => names?.includes(name) === false);
    if (unknown === undefined || names === undefined) return undefined;
    const hint = didYouMean(unknown, names);
    return `${place}: Dependency unsatisfied in variable "${unknown}".${hint} Name a parameter${names.includes('st2kv') ? ` or ${PARAMETER_NAMES.join(', ')}` : ''}`;
  } catch (error) {
    if (!(error instanceof ExpressionFault)) throw error;
    const at = error.place ? ` (line ${error.place.line}, column ${error.place.column})` : '';
    return `${place}: ${error.message}${at}; correct the template, or write {% raw %} before and {% endraw %} after what is none`;
  }
}

/** The first of `names` that a template in a value looks up; a template that cannot be parsed names nothing. */
export function nameUsedIn(value: unknown, names: readonly string[]): string | undefined {
  if (names.length === 0) return undefined;
  return evaluating(NOWHEN, () => {
    for (const [, text] of textsIn((value ?? null) as Value, '')) {
      if (!isTemplateString(text)) continue;
      try {
        const used = compileTemplate(text).undeclared.find((name) => names.includes(name));
        if (used !== undefined) return used;
      } catch (error) {
        if (!(error instanceof ExpressionFault)) throw error;
      }
    }
    return undefined;
  });
}

/** The names that a text template looks up. @throws ExpressionFault for what is none */
export const namesOf = (template: string): readonly string[] => compileTemplate(template).undeclared;

/** Every text with its place, keys too. */
function* textsIn(value: Value, place: string): Generator<readonly [string, Value]> {
  if (isList(value)) for (const [i, item] of value.entries()) yield* textsIn(item, `${place}[${i}]`);
  else if (isPlain(value)) {
    for (const [key, item] of Object.entries(value)) {
      yield [place, key];
      yield* textsIn(item, `${place}.${key}`);
    }
  } else yield [place, value];
}
