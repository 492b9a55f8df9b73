// operator/domain/expression/jinja/engine.ts — what filters and tests see of the template that calls them.
import type { Call, Scope } from '../functions/call.ts';
import type { Value } from '../python/values.ts';

/** `value | name(args)`; `value` is what was piped. */
export type Filter = (value: Value, call: Call, engine: Engine) => Value;
/** `value is name(args)`. */
export type Test = (value: Value, call: Call, engine: Engine) => boolean;

/** The running template, as map, select, sort, groupby, attr and their like need it. */
export interface Engine {
  readonly scope: Scope;
  /** Whether what is printed is escaped just now: inside `{% autoescape true %}`. */
  readonly autoescape: boolean;
  /** @throws ExpressionFault TemplateRuntimeError `No filter named 'x'.` */
  filter(name: string): Filter;
  /** @throws ExpressionFault TemplateRuntimeError `No test named 'x'.` */
  test(name: string): Test;
  /** `value.name`: an attribute or method first, then an item; an undefined value when there is neither. @throws ExpressionFault SecurityError */
  attribute(value: Value, name: string): Value;
  /** `value[key]`: an item first, then an attribute; an undefined value when there is neither. */
  item(value: Value, key: Value): Value;
  /** Calls a macro, a method or a function. @throws ExpressionFault `'int' object is not callable` */
  invoke(callee: Value, call: Call): Value;
  /** An undefined value of the template's kind, for `name` of `owner` (none: a variable), or with a hint of its own. */
  undefined(about: { readonly hint?: string; readonly owner?: Value; readonly name: string }): Value;
  isUndefined(value: Value): boolean;
}
