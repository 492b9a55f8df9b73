// e2e/conformance/properties/properties.ts — what must hold of every source whatever, with limits so small that they are reached.
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { evaluating, type Limits } from '../../../operator/domain/expression/evaluation.ts';
import { ExpressionFault } from '../../../operator/domain/expression/fault.ts';
import type { Body, Statement } from '../../../operator/domain/expression/jinja/ast.ts';
import { parseTemplate } from '../../../operator/domain/expression/jinja/parser.ts';
import { parsePath } from '../../../operator/domain/expression/jsonpath/parse.ts';
import type { Value } from '../../../operator/domain/expression/python/values.ts';
import { parseYaql } from '../../../operator/domain/expression/yaql/parser.ts';
import { attemptCase, type Came } from '../corpus/attempt.ts';
import type { Case } from '../suite.ts';
import { loadSuite } from '../suites.ts';
import { encode, type Json } from '../tagged.ts';
import { printBody } from './print-jinja.ts';
import { printPath } from './print-path.ts';
import { printYaql } from './print-yaql.ts';
import { jinjaSource } from './jinja-source.ts';
import { type Property, property } from './property.ts';
import { pathSource, rule } from './rule-source.ts';
import { yaqlSource } from './yaql-source.ts';

const LIMITS: Limits = { steps: 20_000, characters: 20_000, items: 2000, depth: 60 };
const WORLD = { nowMs: 1_700_000_000_000, seed: 1 };

const context = {
  a: 1,
  b: [3, 1, 2],
  name: 'web',
  items: [1, 2, 3],
  user: { name: 'ann', tags: ['x', 'y'], n: null },
  text: 'a text, with words',
  n: 2.5,
  nested: { a: { a: { a: [1, { b: 2 }] } } },
};

/** The properties; those of an evaluator run its suite's adapter. */
export async function properties(): Promise<readonly Property[]> {
  const [jinja, yaql, criteria] = await Promise.all([evaluator('jinja'), evaluator('yaql'), evaluator('criteria')]);
  return [
    property('jinja: ends in text or an ExpressionFault, within its budget', jinjaSource, (expr) =>
      jinja({ mode: 'template', expr, context }),
    ),
    property('yaql: ends in a value or an ExpressionFault, within its budget', yaqlSource, (expr) =>
      yaql({ mode: 'yaql', expr, context, data: context }),
    ),
    property('orquesta: ends in a value or an ExpressionFault, within its budget', statement, (expr) =>
      yaql({ mode: 'orquesta', expr, context }),
    ),
    property('criteria: end in yes, no or an ExpressionFault, within their budget', rule, (asked) =>
      criteria({ mode: 'filter', criteria: encode(asked.criteria as Value), payload: encode(asked.payload as Value) }),
    ),
    property('jsonpath: ends in matches or an ExpressionFault, within its budget', pathSource, (key) =>
      criteria({ mode: 'lookup', key, payload: context }),
    ),
    property('jinja: what was printed parses to the same tree', jinjaSource, (source) =>
      sameTree(source, (text, isFirst) => template(text, isFirst), printBody),
    ),
    property('yaql: what was printed parses to the same tree', yaqlSource, (source) =>
      sameTree(source, parseYaql, printYaql),
    ),
    property('jsonpath: what was printed parses to the same tree', pathSource, (source) =>
      sameTree(source, parsePath, printPath),
    ),
  ];
}

const statement = fc.oneof(
  yaqlSource.map((source) => `<% ${source} %>`),
  jinjaSource,
  fc.tuple(yaqlSource, yaqlSource).map(([a, b]) => `a<% ${a} %>b<% ${b} %>`),
);

/** Runs a case under the small limits; throws for a crash, and for an answer that is larger than they allow. */
async function evaluator(name: string): Promise<(asked: object) => void> {
  const loaded = await loadSuite(name);
  if (loaded.state !== 'loaded') throw new Error(`suite ${name}: ${loaded.state}`, { cause: loaded });
  return (asked) => {
    const one: Case = { name: 'property', group: 'property', ...asked };
    const came = evaluating(WORLD, () => overflowing(() => attemptCase(loaded.suite, one)), LIMITS);
    if ('answer' in came) checkSize(came.answer);
  };
}

/** A stack that overflows is a fault of the source; any other RangeError is an allocation that nobody allowed. */
function overflowing(run: () => Came): Came {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    if (error.message.includes('call stack')) return { refused: 'budget' };
    throw new Error('too much was allocated', { cause: error });
  }
}

function checkSize(json: Json): void {
  if (typeof json === 'string') {
    if ([...json].length > LIMITS.characters) throw new Error(`a text of ${json.length} characters`);
  } else if (typeof json === 'object' && json !== null) {
    const items = Object.values(json) as Json[];
    if (items.length > LIMITS.items) throw new Error(`a collection of ${items.length} items`);
    for (const item of items) checkSize(item);
  }
}

/** What parses is printed and parsed again; what does not parse holds by being refused with a fault. */
function sameTree<T>(source: string, parse: (text: string, isFirst: boolean) => T, print: (tree: T) => string): void {
  const read = (text: string, isFirst: boolean): { tree: T } | { fault: ExpressionFault } => {
    try {
      return { tree: evaluating(WORLD, () => parse(text, isFirst)) };
    } catch (fault) {
      if (fault instanceof ExpressionFault) return { fault };
      throw fault;
    }
  };
  const first = read(source, true);
  if ('fault' in first || hasOddName(first.tree)) return;
  const printed = print(first.tree);
  const second = read(printed, false);
  if ('fault' in second && second.fault.kind === 'budget') return; // the parentheses nest deeper than the source did
  if ('fault' in second) throw new Error(`${printed} does not parse`, { cause: second.fault });
  if (!isDeepStrictEqual(bare(first.tree), bare(second.tree))) throw new Error(`${printed} is another tree`);
}

/** Jinja takes words as `not` for names where no operator can stand, as after a sign; printed elsewhere they are operators. */
function hasOddName(tree: unknown): boolean {
  if (typeof tree !== 'object' || tree === null) return false;
  if ('kind' in tree && tree.kind === 'name' && 'name' in tree && ODD_NAMES.has(String(tree.name))) return true;
  return Object.values(tree).some(hasOddName);
}

const ODD_NAMES = new Set(['not', 'and', 'or', 'if', 'else', 'in', 'is', 'recursive']);

/** What is printed has its white space as it is; sources are read as StackStorm reads them. */
function template(text: string, isFirst: boolean): Body {
  return joined(parseTemplate(text, { trimBlocks: isFirst, lstripBlocks: isFirst }).body);
}

/** Data that lies side by side is one, whatever tags once were between. */
function joined(body: Body): Body {
  const out: Statement[] = [];
  for (const one of body) {
    const statement = inner(one);
    const last = out.at(-1);
    if (statement.kind === 'output' && statement.parts.length === 0) continue;
    if (last?.kind === 'output' && statement.kind === 'output') {
      out[out.length - 1] = { ...last, parts: [...last.parts, ...statement.parts] };
    } else out.push(statement);
  }
  return out;
}

function inner(statement: Statement): Statement {
  if (!('body' in statement)) return statement;
  const body = joined(statement.body);
  if (statement.kind === 'if') {
    const elif = statement.elif.map((one) => ({ ...one, body: joined(one.body) }));
    return { ...statement, body, elif, otherwise: joined(statement.otherwise) };
  }
  return statement.kind === 'for'
    ? { ...statement, body, otherwise: joined(statement.otherwise) }
    : { ...statement, body };
}

/** A tree without its places, and without fields that say nothing. */
function bare(tree: unknown): unknown {
  if (Array.isArray(tree)) return tree.map(bare);
  if (typeof tree !== 'object' || tree === null || Object.getPrototypeOf(tree) !== Object.prototype) return tree;
  const entries = Object.entries(tree).filter(([key, value]) => key !== 'at' && key !== 'line' && value !== undefined);
  return Object.fromEntries(entries.map(([key, value]) => [key, bare(value)]));
}
