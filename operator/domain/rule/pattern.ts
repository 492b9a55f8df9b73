// operator/domain/rule/pattern.ts — pattern with templates → the value it stands for, with its type.
import { ExpressionFault } from '../expression/fault.ts';
import type { Datastore, Scope } from '../expression/functions/call.ts';
import { kvScopes } from '../expression/functions/kv.ts';
import { st2Environment } from '../expression/jinja/st2-environment.ts';
import { compileTemplate } from '../expression/jinja/template.ts';
import { loadJson } from '../expression/python/json-load.ts';
import type { Plain, Value } from '../expression/python/values.ts';

const ENVIRONMENT = st2Environment({});

/** A pattern: a value, or what has to be rendered for every event. */
export type Pattern =
  | { readonly fixed: Value }
  | {
      /** Names that it looks up. */
      readonly names: readonly string[];
      readonly render: (subject: Subjected) => Value;
    };

/** Of a subject, what patterns need. */
interface Subjected {
  readonly context: Plain;
  readonly datastore?: Datastore | undefined;
}

/** What paths see: the payload under its prefix, and the datastore under its old name. */
export const contextOf = (prefix: string, payload: Value, datastore: Datastore | undefined): Plain =>
  datastore ? { [prefix]: payload, system: systemOf(datastore) } : { [prefix]: payload };

/** What templates see: also `st2kv.system`; entries of users are none of a rule's business. */
const scopeOf = ({ context, datastore }: Subjected): Scope =>
  datastore ? { context: { ...context, st2kv: { system: systemOf(datastore) } }, datastore } : { context };

const systemOf = (datastore: Datastore): Value => kvScopes(datastore)['system'] ?? null;

/**
 * "{{ trigger.limit }}" keeps its type: what is rendered counts as JSON where it is JSON, with the last expression of a line
 * written as such (st2reactor/rules/filter.py). @throws ExpressionFault for a template that is none
 */
export function compilePattern(text: string): Pattern {
  if (!/\{[{%#]|[\r\n]/.test(text)) return { fixed: text };
  const plain = compileTemplate(text, ENVIRONMENT);
  if (!/\{[{%#]/.test(text)) return { fixed: plain.render({ context: {} }) }; // only its line breaks change
  const typed = withLastAsJson(text);
  if (typed === undefined) return { names: plain.undeclared, render: (subject) => plain.render(scopeOf(subject)) };
  const complex = compileTyped(typed);
  return {
    names: plain.undeclared,
    render: (subject) => {
      const scope = scopeOf(subject);
      const value = valueOf(complex, scope);
      return value === undefined ? plain.render(scope) : value; // null is a value
    },
  };
}

type Renderer = (scope: Scope) => string;

/** The typed form may be no template where the plain one is: then it fails with every event, as in the reference. */
function compileTyped(text: string): Renderer {
  try {
    const template = compileTemplate(text, ENVIRONMENT);
    return (scope) => template.render(scope);
  } catch (fault) {
    if (!(fault instanceof ExpressionFault)) throw fault;
    return () => {
      throw fault;
    };
  }
}

/** The value, or undefined where the text is no JSON. Lookups in the datastore have no JSON; they count as text, as documented. */
function valueOf(render: Renderer, scope: Scope): Value | undefined {
  try {
    return loadJson(render(scope), 'orjson');
  } catch (fault) {
    if (!(fault instanceof ExpressionFault)) throw fault;
    const isLookup = fault.kind === 'type' && /KeyValueLookup/.test(fault.message);
    const isValueError = fault.kind === 'value' && fault.type !== 'OverflowError' && fault.type !== 'error';
    if (isValueError || isLookup) return undefined;
    throw fault;
  }
}

/**
 * What re.sub(r'({{)\s*(.*)\s*(}})', r'\1\2 | to_complex\3') makes of a text, in time that grows with its length only;
 * undefined where nothing matches.
 */
function withLastAsJson(text: string): string | undefined {
  let out = '';
  let from = 0;
  for (let open = text.indexOf('{{'); open >= 0; open = text.indexOf('{{', open)) {
    const start = skipBlanks(text, open + 2);
    const lineEnd = endOfLine(text, start);
    const next = skipBlanks(text, lineEnd); // the closing braces may stand alone on a later line
    const last = text.startsWith('}}', next) ? lineEnd : text.slice(start, lineEnd).lastIndexOf('}}') + start;
    if (last < start) {
      open = lineEnd; // nothing on this line closes, so no other opening on it does
      continue;
    }
    const close = last === lineEnd ? next : last;
    out += `${text.slice(from, open)}{{${text.slice(start, last)} | to_complex}}`;
    from = close + 2;
    open = from;
  }
  return from === 0 ? undefined : out + text.slice(from);
}

function endOfLine(text: string, from: number): number {
  const at = text.indexOf('\n', from);
  return at < 0 ? text.length : at;
}

function skipBlanks(text: string, from: number): number {
  BLANKS.lastIndex = from;
  BLANKS.test(text);
  return BLANKS.lastIndex;
}

/** What Python's \s takes. */
// oxlint-disable-next-line no-control-regex -- Python counts separators among blanks
const BLANKS = /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]*/y;
