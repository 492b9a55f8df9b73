// operator/domain/expression/jinja/private-names.ts — the names with an underscore in front that values have in Python: the sandbox refuses these, all others are just not there.
import { PyObject, typeName, type Value } from '../python/values.ts';

const words = (text: string): readonly string[] => text.split(' ').filter((word) => word !== '');
const dunder = (text: string): readonly string[] => words(text).map((word) => `__${word}__`);

const COMMON = new Set(
  dunder(
    'class delattr dir doc eq format ge getattribute getstate gt hash init init_subclass le lt ne new reduce reduce_ex repr setattr sizeof str subclasshook',
  ),
);
const SEQUENCE = dunder('add contains getitem iter len mul rmul');
const TEXT = [...SEQUENCE, ...dunder('getnewargs mod rmod')];
const FLOAT = dunder(
  'abs add bool ceil divmod float floor floordiv getnewargs int mod mul neg pos pow radd rdivmod rfloordiv rmod rmul round rpow rsub rtruediv sub truediv trunc',
);
const INT = [...FLOAT, ...dunder('and index invert lshift or rand rlshift ror rrshift rshift rxor xor')];
const SETS = dunder('and contains iter len or rand ror rsub rxor sub xor');
const DICT = dunder('class_getitem contains delitem getitem ior iter len or reversed ror setitem');
const INSTANCE = dunder('dict module weakref');
const FUNCTION = dunder('call module name qualname');
const UNDEFINED = [
  ...FLOAT,
  ...SEQUENCE,
  ...dunder('aiter call complex div getattr module rdiv slots'),
  ...words(
    '_undefined_hint _undefined_obj _undefined_name _undefined_exception _undefined_message _fail_with_undefined_error',
  ),
];

const NAMES: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.entries({
    str: TEXT,
    bytes: [...TEXT, '__bytes__'],
    Markup: [...TEXT, ...dunder('html html_format module radd slots')],
    int: INT,
    bool: INT,
    float: [...FLOAT, '__getformat__'],
    NoneType: ['__bool__'],
    list: [...SEQUENCE, ...dunder('class_getitem delitem iadd imul reversed setitem')],
    tuple: [...SEQUENCE, ...dunder('class_getitem getnewargs')],
    dict: DICT,
    set: [...SETS, ...dunder('class_getitem iand ior isub ixor')],
    frozenset: [...SETS, '__class_getitem__'],
    dict_keys: [...SETS, '__reversed__'],
    dict_items: [...SETS, '__reversed__'],
    dict_values: dunder('iter len reversed'),
    range: dunder('bool contains getitem iter len reversed'),
    generator: dunder('del iter name next qualname'),
    function: [...FUNCTION, ...dunder('annotations builtins closure code defaults dict get globals kwdefaults')],
    builtin_function_or_method: [...FUNCTION, ...dunder('self text_signature')],
    method: [...FUNCTION, ...dunder('func self')],
    type: [
      ...DICT,
      ...INSTANCE,
      ...FUNCTION,
      ...dunder(
        'annotations base bases basicsize dictoffset flags instancecheck itemsize mro prepare subclasscheck subclasses',
      ),
    ],
    Macro: [
      ...INSTANCE,
      '__call__',
      ...words('_argument_count _async_invoke _default_autoescape _environment _func _invoke'),
    ],
    LoopContext: [
      ...INSTANCE,
      ...dunder('annotations call iter len next'),
      ...words(
        '_after _before _current _iterable _iterator _last_changed_value _length _peek_next _recurse _to_iterator _undefined',
      ),
    ],
    Cycler: [...INSTANCE, '__next__'],
    Joiner: [...INSTANCE, '__call__'],
    TemplateReference: [...INSTANCE, '__getitem__', '_TemplateReference__context'],
    BlockReference: [...INSTANCE, '__call__', ...words('_async_call _context _depth _stack')],
    Undefined: UNDEFINED,
    StrictUndefined: UNDEFINED,
  }).map(([type, names]) => [type, new Set(names)]),
);

/** Whether Python has an attribute of that name, which starts with an underscore, on such a value. */
export function isPrivate(value: Value, name: string): boolean {
  const type = typeName(value);
  if (value instanceof PyObject && type === 'Namespace') {
    return name === '__class__' || name === '_Namespace__attrs' || value.attribute(name) !== undefined;
  }
  return COMMON.has(name) || (NAMES.get(type)?.has(name) ?? false);
}
