// operator/domain/action/schema-tell.ts — a complaint of a schema → a message with the field and the remedy.
import { repr } from '../expression/python/repr.ts';
import type { Value } from '../expression/python/values.ts';
import type { Problem, Step } from './schema-problem.ts';

/** Characters of a value that a message shows. */
const SHOWN_MAX = 120;

/** `place` is the field that was checked, `ref` the Action that has the schema; without one, the schema itself is what is wrong. */
export function tell(problem: Problem, place: string, ref: string): string {
  const { path, property } = problem;
  const at = path.reduce<string>(inside, place);
  const text = `${at}: ${problem.text((value) => short(repr(value)))}`;
  const remedy =
    ref === ''
      ? remedyInSchema(problem, at)
      : remedyInValue(problem, property === undefined ? at : inside(at, property), ref);
  return `${text}; ${remedy}`;
}

const inside = (place: string, step: Step): string =>
  typeof step === 'number' ? `${place}[${step}]` : `${place}.${step}`;

const remedyInSchema = ({ keyword, property = '' }: Problem, place: string): string =>
  keyword === 'additionalProperties' ? `remove ${inside(place, property)}` : 'correct the schema';

function remedyInValue({ keyword, wanted }: Problem, place: string, ref: string): string {
  switch (keyword) {
    case 'required':
      return `give ${place}`;
    case 'additionalProperties':
      return `remove ${place} or declare it in Action "${ref}"`;
    case 'type':
      return 'give a value of that type';
    case 'enum':
      return 'choose one of them';
    case 'pattern':
      return 'give a value that does';
    case 'minimum':
      return 'give a larger number';
    case 'maximum':
      return 'give a smaller number';
    case 'multipleOf':
      return 'give one';
    case 'minLength':
    case 'minItems':
    case 'minProperties':
      return `give at least ${shown(wanted)}`;
    case 'maxLength':
    case 'maxItems':
    case 'maxProperties':
      return `give at most ${shown(wanted)}`;
    case 'uniqueItems':
      return 'give each once';
    default:
      return `see parameters of Action "${ref}"`;
  }
}

const shown = (value: Value): string => short(repr(value));
const short = (text: string): string => (text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX - 1)}…` : text);
