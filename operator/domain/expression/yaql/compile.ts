// operator/domain/expression/yaql/compile.ts — the tree of an expression → closures.
import { spend } from '../evaluation.ts';
import { ExpressionFault, placeOf } from '../fault.ts';
import { CallSite } from './call-site.ts';
import { Code, type Run } from './code.ts';
import { shortcut } from './shortcuts.ts';
import type { Expression } from './syntax.ts';
import { NO_VALUE, Pair } from './values.ts';

/** Compiles a tree; `source` is what places are told in. */
export function compile(node: Expression, source: string): Code {
  switch (node.kind) {
    case 'constant':
    case 'keyword':
      return new Code(node, () => node.value);
    case 'variable':
      return variable(node);
    case 'wrap':
      return new Code(node, compile(node.inner, source).run);
    case 'mapping': {
      const [from, to] = [compile(node.source, source), compile(node.destination, source)];
      return new Code(node, (context) => new Pair(from.run(context, undefined), to.run(context, undefined)), [
        from,
        to,
      ]);
    }
    case 'function':
    case 'operator': {
      const args = node.args.map((arg) => (arg === undefined ? NO_VALUE : compile(arg, source)));
      const site = new CallSite(node.name, args);
      const run = shortcut(node, args, site) ?? ((context, receiver) => site.run(context, receiver));
      return new Code(node, placed(run, node.at, source));
    }
  }
}

/** A variable is a call too, of a function that is replaced on purpose only. */
function variable(node: Expression & { kind: 'variable' }): Code {
  const { name } = node;
  const site = new CallSite('#get_context_data', [
    new Code({ kind: 'constant', value: name, at: node.at }, () => name),
  ]);
  return new Code(node, (context) => (context.registry.isStandard ? context.get(name) : site.run(context, undefined)));
}

/** Tells where a fault happened: at the innermost call. */
function placed(run: Run, at: number, source: string): Run {
  return (context, receiver) => {
    spend(1);
    try {
      return run(context, receiver);
    } catch (error) {
      throw error instanceof ExpressionFault && !error.place ? error.at(placeOf(source, at)) : error;
    }
  };
}
