// operator/domain/expression/python/json-words.ts — what a reader of JSON says of a mistake, in Python's words or in orjson's.
import { ExpressionFault } from '../fault.ts';
import { textLength } from './text.ts';

/** Which reader: Python's own, or orjson, which is strict. Both keep the last of equal keys. */
export type JsonDialect = 'python' | 'orjson';

/** What both refuse, in the words of either. */
const WORDS = {
  value: ['Expecting value', 'unexpected character, expected a JSON value'],
  extra: ['Extra data', 'unexpected content after document'],
  key: ['Expecting property name enclosed in double quotes', 'unexpected character, expected a string key'],
  colon: ["Expecting ':' delimiter", "unexpected character, expected ':' after key"],
  item: ["Expecting ',' delimiter", "unexpected character, expected ',' or ']'"],
  entry: ["Expecting ',' delimiter", "unexpected character, expected ',' or '}'"],
  control: ['Invalid control character at', 'unexpected control character in string'],
  escape: ['Invalid \\escape', 'invalid escaped sequence in string'],
  digits: ['Invalid \\uXXXX escape', 'invalid escaped sequence in string'],
} as const;
export type JsonMistake = keyof typeof WORDS;

/** A mistake in the words of a dialect; orjson says of all that is at the end of the text that it ends. */
export function jsonMistake(dialect: JsonDialect, text: string, at: number, about: JsonMistake): ExpressionFault {
  const [python, orjson] = WORDS[about];
  if (dialect === 'python') return jsonFault(text, at, python);
  return at < text.length ? jsonFault(text, at, orjson) : textEnds(text);
}

export const textEnds = (text: string): ExpressionFault => jsonFault(text, text.length, 'unexpected end of data');

/** JSONDecodeError, with its place. */
export function jsonFault(text: string, at: number, what: string): ExpressionFault {
  const before = text.slice(0, at);
  const line = before.split('\n').length;
  const column = textLength(before.slice(before.lastIndexOf('\n') + 1)) + 1;
  const message = `${what}: line ${line} column ${column} (char ${textLength(before)})`;
  return new ExpressionFault('value', 'JSONDecodeError', message, { place: { line, column } });
}
