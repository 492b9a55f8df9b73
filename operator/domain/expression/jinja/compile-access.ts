// operator/domain/expression/jinja/compile-access.ts — value.name and value[key] → functions of the running frame.
import { Dict, dictGet } from '../python/dict.ts';
import { methodOf } from '../python/methods.ts';
import { isList, isPlain, PyObject } from '../python/values.ts';
import type { Expression } from './ast.ts';
import { compileExpression } from './compile-expression.ts';
import type { Evaluate, Position } from './unit.ts';

const NO_DICT = new Dict();

/** The common case first: an item of a dict, whose name is none of dict's methods. */
export function compileAttribute(at: Position, node: Expression & { kind: 'attribute' }): Evaluate {
  const owner = compileExpression(at, node.owner);
  const { name, at: offset } = node;
  const plain = !name.startsWith('_') && methodOf(NO_DICT, name) === undefined;
  return (frame) => {
    const value = owner(frame);
    if (plain && typeof value === 'object' && value !== null && !Array.isArray(value)) {
      const found = value instanceof PyObject ? undefined : isPlain(value) ? dictGet(value, name) : undefined;
      if (found !== undefined) return found;
    }
    frame.run.at = offset;
    return frame.run.attribute(value, name);
  };
}

/** The common cases first: an item of a list by its number, of a dict by its name. */
export function compileItem(at: Position, node: Expression & { kind: 'item' }): Evaluate {
  const owner = compileExpression(at, node.owner);
  const key = compileExpression(at, node.key);
  const { at: offset } = node;
  return (frame) => {
    const value = owner(frame);
    const wanted = key(frame);
    frame.run.at = offset;
    if (typeof wanted === 'number' && isList(value)) {
      const found = value[wanted];
      if (found !== undefined) return found;
    } else if (typeof wanted === 'string' && isPlain(value)) {
      const found = dictGet(value, wanted);
      if (found !== undefined) return found;
    }
    return frame.run.item(value, wanted);
  };
}
