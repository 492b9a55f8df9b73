// e2e/conformance/properties/print-path.ts — the tree of a JSONPath → its source, with parentheses around everything.
import type { Node } from '../../../operator/domain/expression/jsonpath/parse.ts';

const SIGNS = { child: '.', descendants: '..', where: ' where ', union: '|', intersect: '&' } as const;

export function printPath(node: Node): string {
  switch (node.is) {
    case 'root':
      return '$';
    case 'this':
    case 'parent':
      return `\`${node.is}\``;
    case 'fields':
      if (node.names.length === 1 && node.names[0] === '*') return '*';
      return node.names.map((name) => `'${name.replaceAll(/[\\']/g, (c) => `\\${c}`)}'`).join(',');
    case 'index':
      return `[${node.at}]`;
    case 'slice':
      return node.from === null && node.to === null ? '[*]' : `[${node.from ?? ''}:${node.to ?? ''}]`;
    case 'child':
    case 'descendants':
    case 'where':
    case 'union':
    case 'intersect':
      return `(${printPath(node.left)})${SIGNS[node.is]}(${printPath(node.right)})`;
  }
}
