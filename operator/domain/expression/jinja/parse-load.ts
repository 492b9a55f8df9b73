// operator/domain/expression/jinja/parse-load.ts — the statements that name other templates: extends, include, import, from.
import type { Load } from './ast.ts';
import { locate, parseExpression } from './parse-expression.ts';
import { parseName } from './parse-target.ts';
import type { TokenStream } from './token-stream.ts';

export function parseExtends(stream: TokenStream): Load {
  const start = locate(stream.advance());
  return { ...start, kind: 'extends', template: parseExpression(stream), names: [], ignoreMissing: false };
}

export function parseInclude(stream: TokenStream): Load {
  const start = locate(stream.advance());
  const template = parseExpression(stream);
  const ignoreMissing = stream.isName('ignore') && stream.look().text === 'missing';
  if (ignoreMissing) {
    stream.advance();
    stream.advance();
  }
  skipContext(stream);
  return { ...start, kind: 'include', template, names: [], ignoreMissing };
}

export function parseImport(stream: TokenStream): Load {
  const start = locate(stream.advance());
  const template = parseExpression(stream);
  stream.expect('name', 'as');
  const { name } = parseName(stream);
  skipContext(stream);
  return { ...start, kind: 'import', template, names: [name], ignoreMissing: false };
}

export function parseFrom(stream: TokenStream): Load {
  const start = locate(stream.advance());
  const template = parseExpression(stream);
  stream.expect('name', 'import');
  const names: string[] = [];
  for (;;) {
    if (names.length > 0) stream.expect('operator', ',');
    if (!stream.is('name')) stream.expect('name');
    if (skipContext(stream)) break;
    const imported = parseName(stream);
    if (imported.name.startsWith('_')) {
      throw stream.assertion('names starting with an underline can not be imported', imported.at);
    }
    names.push(stream.skipName('as') ? parseName(stream).name : imported.name);
    if (skipContext(stream) || !stream.isOperator(',')) break;
  }
  return { ...start, kind: 'import', template, names, ignoreMissing: false };
}

/** `with context` or `without context`, which make no difference without another template. */
function skipContext(stream: TokenStream): boolean {
  if (!stream.isName('with') && !stream.isName('without')) return false;
  const after = stream.look();
  if (after.type !== 'name' || after.text !== 'context') return false;
  stream.advance();
  stream.advance();
  return true;
}
