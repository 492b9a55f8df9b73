// operator/domain/expression/jinja/analyze.ts — which names a scope reads and sets.
import type { Arguments, Body, Expression, Located, Parameter, Statement, Target } from './ast.ts';
import type { Symbols } from './symbols.ts';

/** The names that statements use directly; scopes inside them are analyzed when they are compiled. */
export function analyzeBody(symbols: Symbols, body: Body): void {
  for (const statement of body) analyzeStatement(symbols, statement);
}

/** The names of a macro or call block: its parameters, their defaults, its body. */
export function analyzeMacro(symbols: Symbols, parameters: readonly Parameter[], body: Body): void {
  for (const [name] of parameters) symbols.parameter(name.name);
  for (const [, fallback] of parameters) if (fallback) analyzeExpression(symbols, fallback);
  analyzeBody(symbols, body);
}

export function analyzeParameters(symbols: Symbols, target: Target): void {
  if (target.kind === 'name') symbols.parameter(target.name);
  else if (target.kind === 'targets') for (const item of target.items) analyzeParameters(symbols, item);
}

function analyzeTarget(symbols: Symbols, target: Target): void {
  if (target.kind === 'name') symbols.store(target.name);
  else if (target.kind === 'attribute-of') symbols.load(target.name);
  else for (const item of target.items) analyzeTarget(symbols, item);
}

function analyzeStatement(symbols: Symbols, statement: Statement): void {
  switch (statement.kind) {
    case 'output':
      for (const part of statement.parts) if (typeof part !== 'string') analyzeExpression(symbols, part);
      return;
    case 'set':
      analyzeExpression(symbols, statement.value);
      return analyzeTarget(symbols, statement.target);
    case 'set-block':
      return analyzeTarget(symbols, statement.target);
    case 'if':
      return analyzeIf(symbols, statement);
    case 'for':
      return analyzeExpression(symbols, statement.iterable);
    case 'with':
      for (const [, value] of statement.pairs) analyzeExpression(symbols, value);
      return;
    case 'macro':
      return symbols.store(statement.name);
    case 'call-block':
      return analyzeExpression(symbols, statement.call);
    case 'filter-block':
      return analyzeExpression(symbols, statement.filter);
    case 'extends':
    case 'include':
    case 'import':
      analyzeExpression(symbols, statement.template);
      for (const name of statement.names) symbols.store(name);
      return;
    case 'autoescape':
    case 'block':
      return;
  }
}

function analyzeIf(symbols: Symbols, statement: Statement & { kind: 'if' }): void {
  analyzeExpression(symbols, statement.test);
  const body = symbols.branch();
  analyzeBody(body, statement.body);
  const elif = symbols.branch();
  for (const branch of statement.elif) analyzeIf(elif, branch);
  const otherwise = symbols.branch();
  analyzeBody(otherwise, statement.otherwise);
  symbols.merge([body, elif, otherwise]);
}

export function analyzeExpression(symbols: Symbols, expression: Expression): void {
  for (const name of namesIn(expression)) symbols.load(name);
}

/** All names that an expression reads, in order. */
export function* namesIn(expression: Expression): Iterable<string> {
  if (expression.kind === 'name') yield expression.name;
  else for (const child of children(expression)) yield* namesIn(child);
}

const ofArguments = ({ positional, named, rest, namedRest }: Arguments): readonly (Expression | undefined)[] => [
  ...positional,
  ...named.map(([, value]) => value),
  rest,
  namedRest,
];

/** The expressions right below one, in Jinja's order. */
export function children(expression: Expression): readonly Expression[] {
  return childrenOf(expression).filter((child) => child !== undefined);
}

function childrenOf(expression: Expression): readonly (Expression | undefined)[] {
  switch (expression.kind) {
    case 'name':
    case 'const':
      return [];
    case 'tuple':
    case 'list':
      return expression.items;
    case 'dict':
      return expression.pairs.flat();
    case 'condition':
      return [expression.test, expression.chosen, expression.otherwise];
    case 'and':
    case 'or':
    case 'binary':
      return [expression.left, expression.right];
    case 'unary':
      return [expression.operand];
    case 'concat':
      return expression.parts;
    case 'compare':
      return [expression.first, ...expression.rest.map(([, operand]) => operand)];
    case 'attribute':
      return [expression.owner];
    case 'item':
      return [expression.owner, expression.key];
    case 'slice':
      return [expression.start, expression.stop, expression.step];
    case 'call':
      return [expression.callee, ...ofArguments(expression.args)];
    case 'filter':
    case 'test':
      return [expression.value, ...ofArguments(expression.args)];
  }
}

/** Names among `wanted` that statements read before anything in them sets a variable of that name. */
export function undeclared(body: Body, wanted: readonly string[]): ReadonlySet<string> {
  const search: Search = { open: new Set(wanted), found: new Set() };
  searchBody(search, body);
  return search.found;
}

interface Search {
  readonly open: Set<string>;
  readonly found: Set<string>;
}

function searchBody(search: Search, body: Body): void {
  for (const statement of body) searchStatement(search, statement);
}

function searchExpressions(search: Search, ...expressions: readonly (Expression | undefined)[]): void {
  for (const expression of expressions) {
    for (const name of expression ? namesIn(expression) : []) {
      if (search.open.has(name)) search.found.add(name);
      else search.open.delete(name);
    }
  }
}

function searchTarget(search: Search, target: Target): void {
  if (target.kind === 'name') search.open.delete(target.name);
  else if (target.kind === 'targets') for (const item of target.items) searchTarget(search, item);
}

function searchParameters(search: Search, parameters: readonly Parameter[]): void {
  for (const [name] of parameters) search.open.delete(name.name);
  searchExpressions(search, ...parameters.map(([, fallback]) => fallback));
}

/** In the order of the fields of Jinja's nodes: a target counts before the value that it gets. */
function searchStatement(search: Search, statement: Statement): void {
  switch (statement.kind) {
    case 'output':
      return searchExpressions(search, ...statement.parts.filter((part) => typeof part !== 'string'));
    case 'set':
      searchTarget(search, statement.target);
      return searchExpressions(search, statement.value);
    case 'set-block':
      searchTarget(search, statement.target);
      searchExpressions(search, statement.filter);
      return searchBody(search, statement.body);
    case 'if':
      searchExpressions(search, statement.test);
      searchBody(search, statement.body);
      for (const branch of statement.elif) searchStatement(search, branch);
      return searchBody(search, statement.otherwise);
    case 'for':
      searchTarget(search, statement.target);
      searchExpressions(search, statement.iterable);
      searchBody(search, statement.body);
      searchBody(search, statement.otherwise);
      return searchExpressions(search, statement.filter);
    case 'with':
      for (const [target] of statement.pairs) searchTarget(search, target);
      searchExpressions(search, ...statement.pairs.map(([, value]) => value));
      return searchBody(search, statement.body);
    case 'macro':
      searchParameters(search, statement.parameters);
      return searchBody(search, statement.body);
    case 'call-block':
      searchExpressions(search, statement.call);
      searchParameters(search, statement.parameters);
      return searchBody(search, statement.body);
    case 'filter-block':
      searchBody(search, statement.body);
      return searchExpressions(search, statement.filter);
    case 'autoescape':
      searchExpressions(search, statement.mode);
      return searchBody(search, statement.body);
    case 'extends':
    case 'include':
    case 'import':
      return searchExpressions(search, statement.template);
    case 'block':
      return;
  }
}

/** The statements right inside one. */
export function bodiesOf(statement: Statement): readonly Body[] {
  switch (statement.kind) {
    case 'if':
      return [statement.body, ...statement.elif.map((branch) => branch.body), statement.otherwise];
    case 'for':
      return [statement.body, statement.otherwise];
    case 'output':
    case 'set':
    case 'extends':
    case 'include':
    case 'import':
      return [];
    default:
      return [statement.body];
  }
}

/** A place where a name of a variable is set, among statements and all inside them. */
export function findStore(body: Body, name: string): Located | undefined {
  for (const statement of body) {
    const here = targetsOf(statement).find((target) => target.name === name);
    const found =
      here ??
      bodiesOf(statement)
        .map((inner) => findStore(inner, name))
        .find(Boolean);
    if (found) return found;
  }
  return undefined;
}

function targetsOf(statement: Statement): readonly (Located & { name: string })[] {
  if (statement.kind === 'set' || statement.kind === 'set-block' || statement.kind === 'for')
    return flat(statement.target);
  if (statement.kind === 'with') return []; // these are parameters
  return [];
}

export function flat(target: Target): readonly (Located & { name: string })[] {
  if (target.kind === 'targets') return target.items.flatMap(flat);
  return target.kind === 'name' ? [target] : [];
}
