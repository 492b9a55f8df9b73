// e2e/conformance/properties/jinja-source.ts — random templates, whole or broken.
import fc, { type Arbitrary } from 'fast-check';
import { hostile, list, mauled, name, number, pick, recorded, row, string, word } from './pieces.ts';

const operator = fc.oneof(word('+ - * / // % ** ~ == != < <= > >= in and or'), pick('not in'));
const filter = word(
  'upper length list first last join sort unique map select reject replace default int float round string tojson batch slice ' +
    'groupby sum center indent format attr regex_replace regex_search to_json_string from_json_string to_yaml_string dictsort ' +
    'items xmlattr truncate wordwrap urlize urlencode pprint reverse random min max trim safe e nope',
);
const test = pick('defined', 'none', 'number', 'string', 'odd', 'divisibleby(2)', 'in [1]', 'mapping', 'eq 1', 'nope');
const method = word('items keys get split format replace join append update pop count x');
const atom = pick(
  'true',
  'none',
  '[]',
  '{}',
  '()',
  'range(5)',
  'range(100000)',
  'loop.index',
  'namespace(a=1)',
  "cycler('a', 'b')",
);

/** An expression, without delimiters. */
export const jinjaExpression: Arbitrary<string> = fc.letrec<{ value: string; args: string }>((tie) => {
  const [value, args] = [tie('value'), tie('args')];
  return {
    value: fc.oneof(
      { maxDepth: 5, depthIdentifier: 'jinja' },
      number,
      string,
      name,
      atom,
      row(value, ' ', operator, ' ', value),
      row('(', value, ')'),
      row('[', list(value), ']'),
      row('(', value, ', ', value, ')'),
      row('{', list(row(string, ': ', value)), '}'),
      row(value, ' | ', filter),
      row(value, ' | ', filter, '(', args, ')'),
      row('(', value, ') is ', pick('', 'not '), test),
      row('(', value, ').', method, '(', args, ')'),
      row(value, '.', name),
      row(value, '[', value, ']'),
      row(value, '[', value, ':', value, ']'),
      row(name, '(', args, ')'),
      row(value, ' if ', value, ' else ', value),
      row(pick('not ', '-', '+'), value),
    ),
    args: list(fc.oneof(value, row(name, '=', value), row('*', value), row('**', value))),
  };
}).value;

const template = fc.letrec<{ body: string }>((tie) => {
  const body = tie('body');
  const value = jinjaExpression;
  const sign = pick('', '', '', '-', '+');
  const wrapped = (head: Arbitrary<string>, end: string) =>
    row('{%', sign, ' ', head, ' %}', body, '{% ', end, ' ', sign, '%}');
  return {
    body: fc.oneof(
      { maxDepth: 4, depthIdentifier: 'template' },
      pick('text', ' ', '\n', '{', '{# note #}', '{% raw %}{{ x }}{% endraw %}', '<b>'),
      row('{{ ', value, ' }}'),
      row(body, body),
      wrapped(row('for ', pick('a', 'a, b', 'i'), ' in ', value, pick('', ' if a', ' recursive')), 'endfor'),
      wrapped(row('if ', value), 'endif'),
      row('{% if ', value, ' %}', body, '{% elif ', value, ' %}', body, '{% else %}', body, '{% endif %}'),
      row('{% set ', pick('a', 'b', 'a, b', 'ns.x'), ' = ', value, ' %}'),
      wrapped(row('set ', name), 'endset'),
      wrapped(row('macro ', name, '(', pick('', 'a', 'a, b=1', 'a=a'), ')'), 'endmacro'),
      wrapped(row('call', pick('', '(a)'), ' ', name, '(', value, ')'), 'endcall'),
      wrapped(row('filter ', pick('upper', "replace('a', 'b')", 'trim | upper')), 'endfilter'),
      wrapped(row('with ', name, ' = ', value), 'endwith'),
      wrapped(row('block ', name), 'endblock'),
    ),
  };
}).body;

const WORDS = '{{ }} {% %} {# ( ) [ ] | . \' " \\ endif __class__ ** 0 ٣ \u0000 \ud83d'.split(' ');

export const jinjaSource: Arbitrary<string> = fc.oneof(
  template,
  row('{{ ', jinjaExpression, ' }}'),
  mauled([...recorded('jinja', 'expr'), ...hostile('jinja')], [...WORDS, '\n', ' if ', ' for ']),
);
