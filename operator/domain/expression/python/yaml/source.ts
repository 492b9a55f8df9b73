// operator/domain/expression/python/yaml/source.ts — what PyYAML refuses before it reads a YAML text at all.
import { budgetFault, ExpressionFault } from '../../fault.ts';

/** Deepest nesting of brackets and indentation: the parser recurses with it. */
const DEPTH_MAX = 100;

// oxlint-disable-next-line no-control-regex -- these are what YAML takes
const UNACCEPTABLE = /[^\t\n\r -~\u0085\u00a0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;

/** @throws ExpressionFault ReaderError for control characters, or kind budget for brackets nested too deep */
export function checkSource(text: string): void {
  const bad = UNACCEPTABLE.exec(text);
  if (bad) {
    const code = (bad[0].codePointAt(0) ?? 0).toString(16).padStart(4, '0');
    const message = `unacceptable character #x${code}: control characters are not allowed`;
    const where = `\n  in "<unicode string>", position ${bad.index}`;
    throw new ExpressionFault('value', 'ReaderError', message + where);
  }
  const start = /^(?:[ ]*(?:#.*)?\r?\n)*[ ]*(\t|\.\.\.(?:\s|$))/.exec(text);
  if (start) {
    const line = start[0].split('\n').length;
    const [type = '', what = ''] =
      start[1] === '\t'
        ? ['ScannerError', 'found character that cannot start any token']
        : ['ParserError', 'did not find expected node content'];
    const message = `${what}\n  in "<unicode string>", line ${line}, column 1`;
    throw new ExpressionFault('value', type, message, { place: { line, column: 1 } });
  }
  checkDepth(text);
}

/** Brackets that stay open, in words or not: more of them than this is no YAML that a person writes. */
function checkDepth(text: string): void {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === 0x5b || c === 0x7b) depth++;
    else if (c === 0x5d || c === 0x7d) depth = Math.max(0, depth - 1);
    if (depth > 20 * DEPTH_MAX) throw budgetFault('the YAML nests too deeply');
  }
}
