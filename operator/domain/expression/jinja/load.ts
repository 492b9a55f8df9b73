// operator/domain/expression/jinja/load.ts — include, import and extends, where there is no other template.
import { ExpressionFault, typeFault } from '../fault.ts';
import { iterable } from '../python/iterate.ts';
import { truthy, typeName, type Value } from '../python/values.ts';
import type { Load } from './ast.ts';
import { plainText } from './markup.ts';
import { Undefined } from './undefined.ts';

/** What loading a template of that name fails with; undefined where its absence is allowed. */
export function loadFault(node: Load): (name: Value) => ExpressionFault | undefined {
  const noLoader = () => typeFault('no loader for this environment specified');
  if (node.kind !== 'include') return noLoader;
  // Several names: the first that there is.
  return (names) => {
    if (plainText(names) !== undefined || names instanceof Undefined) return noLoader();
    if (!truthy(names)) {
      if (node.ignoreMissing) return undefined;
      return new ExpressionFault('other', 'TemplatesNotFound', 'Tried to select from an empty list of templates.');
    }
    return iterable(names) ? noLoader() : typeFault(`'${typeName(names)}' object is not iterable`);
  };
}
