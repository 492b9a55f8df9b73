// operator/domain/expression/yaql/faults.ts — what YAQL says when no function fits, and when there is nothing to give.
import { didYouMean, ExpressionFault } from '../fault.ts';
import type { Value } from '../python/values.ts';
import { textOf } from './values.ts';

const resolution = (type: string, message: string) => new ExpressionFault('resolution', type, message);
/** Texts of receivers are cut here: they may be whole contexts. */
const SHOWN = 500;

function shown(receiver: Value): string {
  if (receiver === null) return 'None';
  const text = typeof receiver === 'boolean' ? (receiver ? 'True' : 'False') : textOf(receiver);
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
}

/** No function (without a receiver) or method of that name. */
export const unknownName = (name: string, receiver: Value | undefined, known: () => Iterable<string>) =>
  receiver === undefined
    ? resolution('NoFunctionRegisteredException', `Unknown function "${name}"${near(name, known)}`)
    : resolution(
        'NoMethodRegisteredException',
        `Unknown method "${name}" for receiver ${shown(receiver)}${near(name, known)}`,
      );

const near = (name: string, known: () => Iterable<string>) => {
  const hint = name.startsWith('#') ? '' : didYouMean(name, known());
  return hint === '' ? '' : `.${hint}`;
};

export const noMatch = (name: string, receiver: Value | undefined) =>
  receiver === undefined
    ? resolution('NoMatchingFunctionException', `No function "${name}" matches supplied arguments`)
    : resolution(
        'NoMatchingMethodException',
        `No method "${name}" for receiver ${shown(receiver)} matches supplied arguments`,
      );

export const ambiguous = (name: string, receiver: Value | undefined) =>
  receiver === undefined
    ? resolution('AmbiguousFunctionException', `Ambiguous function "${name}"`)
    : resolution('AmbiguousMethodException', `Ambiguous method "${name}" for receiver ${shown(receiver)}`);

export const untranslatable = () =>
  resolution('MappingTranslationException', 'Cannot convert mapping to keyword argument');

export const nothingLeft = (message = '') => new ExpressionFault('empty', 'StopIteration', message);

export const invalidArgument = (name: string) => resolution('ArgumentException', `Invalid argument ${name}`);
