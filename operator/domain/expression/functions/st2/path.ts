// operator/domain/expression/functions/st2/path.ts — basename and dirname of POSIX paths.
import { typeFault } from '../../fault.ts';
import { PyObject, typeName, type Value } from '../../python/values.ts';
import { bind, type PyFunction } from '../call.ts';

function pathOf(value: Value): string {
  if (typeof value === 'string') return value;
  if (value instanceof PyObject && value.isText()) return value.text();
  throw typeFault(`expected str, bytes or os.PathLike object, not ${typeName(value)}`);
}

export const basename: PyFunction = (call) => {
  const path = pathOf(bind('basename', call, ['path'])[0] ?? null);
  return path.slice(path.lastIndexOf('/') + 1);
};

export const dirname: PyFunction = (call) => {
  const path = pathOf(bind('dirname', call, ['path'])[0] ?? null);
  const head = path.slice(0, path.lastIndexOf('/') + 1);
  let end = head.length;
  while (end > 0 && head.charAt(end - 1) === '/') end--;
  return end === 0 ? head : head.slice(0, end);
};
