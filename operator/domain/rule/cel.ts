// operator/domain/rule/cel.ts — expression in CEL → test of a payload. It sees trigger, the payload, and now; it must give a bool.
import {
  type ASTNode,
  Environment,
  EvaluationError,
  ParseError,
  TypeError as CelTypeError,
} from '@marcbachmann/cel-js';
import { nowMs } from '../expression/evaluation.ts';
import { didYouMean, ExpressionFault, placeOf, typeFault } from '../expression/fault.ts';
import type { Value } from '../expression/python/values.ts';
import { childrenOf, guard, GUARDS, type Guarded, loopDepth } from './cel-guard.ts';
import { matches, regexOf } from './cel-regex.ts';
import { celValue, charge, chargeDeep, chargeLoop, chargePart, contains } from './cel-values.ts';
import { type SubjectTest, told } from './criteria.ts';

/** Nodes and nesting of what people write. */
const LIMITS = { maxAstNodes: 1000, maxDepth: 32, maxListElements: 256, maxMapEntries: 256, maxCallArguments: 8 };
/** Loops inside of loops. */
const LOOPS_MAX = 3;

const VARIABLES = ['trigger', 'now'];
const SYNC = { async: false };

const written = new Environment({ enableOptionalTypes: true, homogeneousAggregateLiterals: false, limits: LIMITS })
  .registerVariable('trigger', 'dyn')
  .registerVariable('now', 'google.protobuf.Timestamp');

/** What is run: guards are written around what people wrote, so it is larger and deeper. */
const guarded = new Environment({
  enableOptionalTypes: true,
  homogeneousAggregateLiterals: false,
  limits: { ...LIMITS, maxAstNodes: 20_000, maxDepth: 250 },
})
  .registerVariable('trigger', 'dyn')
  .registerVariable('now', 'google.protobuf.Timestamp')
  .registerFunction(`${GUARDS.charge}(dyn): dyn`, charge, SYNC)
  .registerFunction(`${GUARDS.deep}(dyn): dyn`, chargeDeep, SYNC)
  .registerFunction(`${GUARDS.loop}(dyn, int): dyn`, chargeLoop, SYNC)
  .registerFunction(`${GUARDS.part}(dyn): dyn`, chargePart, SYNC)
  .registerFunction(`string.${GUARDS.contains}(string): bool`, contains, SYNC)
  .registerFunction(`string.${GUARDS.matches}(string): bool`, matches, SYNC);

/** Compiles an expression; what is wrong with it is added to `faults`. */
export function compileCel(source: string, name: string, faults: ExpressionFault[]): SubjectTest {
  try {
    return runnable(source, name, checked(source));
  } catch (error) {
    const fault = told(
      name,
      faultOf(error, source, (offset) => offset),
    );
    faults.push(fault);
    return () => {
      throw fault;
    };
  }
}

function checked(source: string): Guarded {
  const parsed = written.parse(source);
  const { error, type } = parsed.check();
  if (error) throw error;
  if (type !== 'bool' && type !== 'dyn') throw typeFault(`it gives ${type}, not a bool`);
  if (loopDepth(parsed.ast) > LOOPS_MAX) throw typeFault(`more than ${LOOPS_MAX} loops inside of each other`);
  checkRegexes(parsed.ast);
  return guard(parsed.ast);
}

/** Expressions that are written out are wrong now, not with the first event. */
function checkRegexes(node: ASTNode): void {
  childrenOf(node).forEach(checkRegexes);
  if (node.op !== 'rcall' || node.args[0] !== 'matches') return;
  const [pattern] = node.args[2];
  if (pattern?.op !== 'value' || typeof pattern.args !== 'string') return;
  try {
    regexOf(pattern.args);
  } catch (fault) {
    throw fault instanceof ExpressionFault ? fault.at(placeOf(node.input, pattern.start)) : fault;
  }
}

function runnable(source: string, name: string, { source: safe, originOf }: Guarded): SubjectTest {
  const run = guarded.parse(safe);
  const { error } = run.check();
  if (error) throw new Error(`the guarded expression is not valid: ${safe}`, { cause: error });
  return ({ context }) => {
    let result: unknown;
    try {
      result = run({ trigger: celValue(context['trigger'] as Value), now: new Date(nowMs()) });
    } catch (cause) {
      throw told(name, faultOf(cause, source, originOf));
    }
    if (typeof result !== 'boolean') throw told(name, typeFault('it did not give a bool for this event'));
    return result;
  };
}

/** The library's errors, told with the place in what was written; others stay what they are. */
function faultOf(error: unknown, source: string, originOf: (offset: number) => number): unknown {
  if (!(error instanceof ParseError || error instanceof EvaluationError || error instanceof CelTypeError)) return error;
  const offset = error.range?.start ?? error.node?.pos;
  const place = offset === undefined ? {} : { place: placeOf(source, originOf(offset)) };
  const message = error.summary.replaceAll(/\bsquall_(?=matches|contains)/g, '').replaceAll(/\bdyn<(\w+)>/g, '$1');
  const kind = error instanceof ParseError ? 'syntax' : error instanceof EvaluationError ? 'value' : 'type';
  return new ExpressionFault(kind, error.name, `${message}${hintOf(error.summary)}`, { ...place, cause: error });
}

function hintOf(summary: string): string {
  const variable = /^Unknown variable: (\w+)/.exec(summary)?.[1];
  const called = /'(?:[^']*\.)?(\w+)\(/.exec(summary)?.[1];
  const names = written.getDefinitions().functions.map((one) => one.name);
  const hint =
    variable !== undefined
      ? didYouMean(variable, VARIABLES)
      : called !== undefined && !names.includes(called)
        ? didYouMean(called, names)
        : '';
  return hint === '' ? '' : `.${hint}`;
}
