// operator/domain/expression/jinja/parse-target.ts — what is assigned to.
import { quoted } from '../python/repr.ts';
import type { Expression, Name, Target } from './ast.ts';
import { className } from './class-name.ts';
import { locate, parsePrimary, parseTuple } from './parse-expression.ts';
import type { TokenStream } from './token-stream.ts';

const NOT_ASSIGNABLE = new Set(['true', 'false', 'none', 'True', 'False', 'None']);

/** A name that something is bound to. @throws ExpressionFault TemplateSyntaxError */
export function parseName(stream: TokenStream): Name {
  const token = stream.expect('name');
  if (NOT_ASSIGNABLE.has(token.text)) throw stream.fault("can't assign to 'name'", token.at);
  return { ...locate(token), kind: 'name', name: token.text };
}

/** A name or several; attributes (of namespaces) only where `set` assigns. @throws ExpressionFault TemplateSyntaxError */
export function parseTarget(stream: TokenStream, withAttributes = false): Target {
  const attributes = new Map<Expression, Target>();
  const parse = (): Expression => {
    const owner = stream.current;
    const primary = parsePrimary(stream);
    if (!withAttributes || primary.kind !== 'name' || !stream.skipOperator('.')) return primary;
    const attribute = stream.expect('name').text;
    attributes.set(primary, { ...locate(owner), kind: 'attribute-of', name: primary.name, attribute });
    return primary;
  };
  const written = parseTuple(stream, { parse });
  const target = asTarget(written, attributes);
  if (!target) throw stream.fault(`can't assign to ${quoted(className(written))}`, written.at);
  return target;
}

function asTarget(expression: Expression, attributes: ReadonlyMap<Expression, Target>): Target | undefined {
  const attribute = attributes.get(expression);
  if (attribute || expression.kind === 'name') return attribute ?? (expression as Name);
  if (expression.kind !== 'tuple') return undefined;
  const items = expression.items.map((item) => asTarget(item, attributes));
  if (items.includes(undefined)) return undefined;
  return { line: expression.line, at: expression.at, kind: 'targets', items: items as readonly Target[] };
}
