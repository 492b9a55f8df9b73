// operator/domain/expression/functions/st2/data.ts — JSON, YAML and JSONPath in expressions.
import { typeFault, valueFault } from '../../fault.ts';
import { query } from '../../jsonpath/path.ts';
import { toList } from '../../python/iterate.ts';
import { dumpJson } from '../../python/json.ts';
import { loadJson } from '../../python/json-load.ts';
import { str } from '../../python/repr.ts';
import { PyObject, truthy, typeName, type Value } from '../../python/values.ts';
import { dumpYaml } from '../../python/yaml-dump.ts';
import { loadYaml } from '../../python/yaml-load.ts';
import { Tuple } from '../../python/collections.ts';
import { bind, type PyFunction } from '../call.ts';

/** What casts turn back into null. */
const NONE = '%*****__%NONE%__*****%';

const DUMPING = ['value', ['indent', null], ['sort_keys', false], ['separators', new Tuple([',', ': '])]] as const;
const WRITING = ['value', ['indent', null], ['allow_unicode', true]] as const;

const only = (name: string, run: (value: Value) => Value): readonly [string, PyFunction] => [
  name,
  (call) => run(bind(name, call, ['value'])[0] ?? null),
];

const toJsonString: PyFunction = (call) => {
  const [value = null, indent = null, sortKeys = false, separators = null] = bind('to_json_string', call, DUMPING);
  if (typeof value === 'string' && separators instanceof Tuple) return dumpJson(value); // for Python, the rest is not looked at
  const style = { indent, sortKeys: truthy(sortKeys) };
  if (separators === null) return dumpJson(value, style);
  const [item, key, ...rest] = toList(separators);
  if (item === undefined || key === undefined) {
    throw valueFault(`not enough values to unpack (expected 2, got ${item === undefined ? 0 : 1})`);
  }
  if (rest.length > 0) throw valueFault('too many values to unpack (expected 2)');
  return dumpJson(value, { ...style, separators: [textOf(item), textOf(key)] });
};

function textOf(value: Value): string {
  if (typeof value === 'string') return value;
  if (value instanceof PyObject && value.isText()) return value.text();
  throw typeFault(`separators must be str, not ${typeName(value)}`);
}

const toYamlString: PyFunction = (call) => {
  const [value = null, indent = null, allowUnicode = null] = bind('to_yaml_string', call, WRITING);
  return dumpYaml(value, { indent, allowUnicode: allowUnicode !== null && truthy(allowUnicode) });
};

const jsonpathQuery: PyFunction = (call) => {
  const [value = null, path = null] = bind('jsonpath_query', call, ['value', 'query']);
  const found = query(str(path), value);
  return found.length === 0 ? null : found;
};

export const DATA_FUNCTIONS: readonly (readonly [string, PyFunction])[] = [
  only('from_json_string', (value) => loadJson(str(value), 'orjson')),
  only('from_yaml_string', (value) => loadYaml(str(value))),
  only('to_complex', (value) => dumpJson(value)),
  only('json_escape', (value) => dumpJson(value).replaceAll(/^"+|"+$/g, '')),
  only('use_none', (value) => (value === null ? NONE : value)),
  ['to_json_string', toJsonString],
  ['to_yaml_string', toYamlString],
  ['jsonpath_query', jsonpathQuery],
];
