// e2e/conformance/properties/print-jinja.ts — the tree of a template → a source that means the same, with parentheses around everything.
import type {
  Arguments,
  Body,
  Expression,
  FilterCall,
  Parameter,
  Statement,
  Target,
} from '../../../operator/domain/expression/jinja/ast.ts';
import { Float, floatRepr, type Value } from '../../../operator/domain/expression/python/values.ts';

/** The source of a body; to be parsed with trim_blocks and lstrip_blocks off. */
export const printBody = (body: Body): string => body.map(printStatement).join('');

const tag = (text: string) => `{% ${text} %}`;

function printStatement(statement: Statement): string {
  switch (statement.kind) {
    case 'output':
      return statement.parts
        .map((part) => (typeof part === 'string' ? `{% raw %}${part}{% endraw %}` : `{{ ${printExpression(part)} }}`))
        .join('');
    case 'set':
      return tag(`set ${printTarget(statement.target)} = ${printExpression(statement.value)}`);
    case 'set-block': {
      const filters = statement.filter ? ` | ${printFilters(statement.filter)}` : '';
      return `${tag(`set ${printTarget(statement.target)}${filters}`)}${printBody(statement.body)}${tag('endset')}`;
    }
    case 'for': {
      const filter = statement.filter ? ` if ${printExpression(statement.filter)}` : '';
      const recursive = statement.recursive ? ' recursive' : '';
      const head = `for ${printTarget(statement.target)} in ${printExpression(statement.iterable)}${filter}${recursive}`;
      return `${tag(head)}${printBody(statement.body)}${printElse(statement.otherwise)}${tag('endfor')}`;
    }
    case 'if': {
      const elif = statement.elif.map((one) => `${tag(`elif ${printExpression(one.test)}`)}${printBody(one.body)}`);
      const head = `${tag(`if ${printExpression(statement.test)}`)}${printBody(statement.body)}${elif.join('')}`;
      return `${head}${printElse(statement.otherwise)}${tag('endif')}`;
    }
    case 'macro':
      return block(`macro ${statement.name}(${printParameters(statement.parameters)})`, statement.body, 'endmacro');
    case 'call-block':
      return block(
        `call(${printParameters(statement.parameters)}) ${printExpression(statement.call)}`,
        statement.body,
        'endcall',
      );
    case 'filter-block':
      return block(`filter ${printFilters(statement.filter)}`, statement.body, 'endfilter');
    case 'with': {
      const pairs = statement.pairs.map(([target, value]) => `${printTarget(target)} = ${printExpression(value)}`);
      return block(`with ${pairs.join(', ')}`, statement.body, 'endwith');
    }
    case 'autoescape':
      return block(`autoescape ${printExpression(statement.mode)}`, statement.body, 'endautoescape');
    case 'block': {
      const { name, scoped, required } = statement;
      return block(`block ${name}${scoped ? ' scoped' : ''}${required ? ' required' : ''}`, statement.body, 'endblock');
    }
    case 'extends':
      return tag(`extends ${printExpression(statement.template)}`);
    case 'include':
      return tag(`include ${printExpression(statement.template)}${statement.ignoreMissing ? ' ignore missing' : ''}`);
    case 'import': {
      const [first] = statement.names;
      if (first !== undefined && statement.names.length === 1) {
        return tag(`import ${printExpression(statement.template)} as ${first}`);
      }
      const names = statement.names.map((name) => `x as ${name}`).join(', ');
      return tag(`from ${printExpression(statement.template)} import ${names === '' ? 'with context' : names}`);
    }
  }
}

const block = (head: string, body: Body, end: string) => `${tag(head)}${printBody(body)}${tag(end)}`;
const printElse = (body: Body) => (body.length === 0 ? '' : `${tag('else')}${printBody(body)}`);

const printParameters = (parameters: readonly Parameter[]) =>
  parameters.map(([name, fallback]) => (fallback ? `${name.name}=${printExpression(fallback)}` : name.name)).join(', ');

const printFilters = (filter: FilterCall): string =>
  `${filter.value?.kind === 'filter' ? `${printFilters(filter.value)} | ` : ''}${filter.name}(${printArguments(filter.args)})`;

function printTarget(target: Target, nested = false): string {
  if (target.kind === 'name') return target.name;
  if (target.kind === 'attribute-of') return `${target.name}.${target.attribute}`;
  const items = target.items.map((item) => printTarget(item, true)).join(', ');
  const tuple = target.items.length === 1 ? `${items},` : items;
  return nested || target.items.length === 0 ? `(${tuple})` : tuple;
}

function printArguments({ positional, named, rest, namedRest }: Arguments): string {
  return [
    ...positional.map(printExpression),
    ...named.map(([name, value]) => `${name}=${printExpression(value)}`),
    ...(rest ? [`*${printExpression(rest)}`] : []),
    ...(namedRest ? [`**${printExpression(namedRest)}`] : []),
  ].join(', ');
}

/** In parentheses, but for what is one word or in brackets of its own. */
function printExpression(expression: Expression): string {
  const print = printExpression;
  switch (expression.kind) {
    case 'name':
      return expression.name;
    case 'const':
      return printConstant(expression.value);
    case 'list':
      return `[${expression.items.map(print).join(', ')}]`;
    case 'tuple':
      return `(${expression.items.map((item) => `${print(item)},`).join(' ')})`;
    case 'dict':
      return `{${expression.pairs.map(([key, value]) => `${print(key)}: ${print(value)}`).join(', ')}}`;
    case 'slice':
      return [expression.start, expression.stop, ...(expression.step ? [expression.step] : [])]
        .map((bound) => (bound ? print(bound) : ''))
        .join(':');
    case 'condition': {
      const otherwise = expression.otherwise ? ` else ${print(expression.otherwise)}` : '';
      return `(${print(expression.chosen)} if ${print(expression.test)}${otherwise})`;
    }
    case 'and':
    case 'or':
      return `(${print(expression.left)} ${expression.kind} ${print(expression.right)})`;
    case 'binary':
      return `(${print(expression.left)} ${expression.operator} ${print(expression.right)})`;
    case 'unary':
      return `(${expression.operator} ${print(expression.operand)})`;
    case 'concat':
      return `(${expression.parts.map(print).join(' ~ ')})`;
    case 'compare':
      return `(${[print(expression.first), ...expression.rest.map(([sign, value]) => `${sign} ${print(value)}`)].join(' ')})`;
    case 'attribute':
      return `(${print(expression.owner)}).${expression.name}`;
    case 'item': {
      const { key } = expression;
      const keys = key.kind === 'tuple' && key.items.length !== 1 ? key.items.map(print).join(', ') : print(key);
      return `(${print(expression.owner)})[${keys}]`;
    }
    case 'call':
      return `(${print(expression.callee)})(${printArguments(expression.args)})`;
    case 'filter':
      return `(${expression.value ? print(expression.value) : ''} | ${expression.name}(${printArguments(expression.args)}))`;
    case 'test':
      return `(${print(expression.value)} is ${expression.name}(${printArguments(expression.args)}))`;
  }
}

function printConstant(value: Value): string {
  if (value === null) return 'none';
  if (typeof value === 'string') {
    const escaped = value
      .replaceAll('\\', '\\\\')
      .replaceAll("'", "\\'")
      .replaceAll('\n', '\\n')
      .replaceAll('\r', '\\r');
    return `'${escaped}'`;
  }
  if (typeof value === 'bigint') return `0x${value.toString(16)}`;
  if (typeof value === 'boolean') return String(value);
  const number = value instanceof Float ? value.value : Number(value);
  if (!Number.isFinite(number)) return '1e999';
  return value instanceof Float || !Number.isInteger(number) ? floatRepr(number) : String(number);
}
