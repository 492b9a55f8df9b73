// operator/domain/rule/criteria.ts — payload → does it pass? All criteria of a rule, compiled once, tested in order.
import { evaluating, type World, NOWHEN } from '../expression/evaluation.ts';
import { didYouMean, ExpressionFault, typeFault, undefinedFault } from '../expression/fault.ts';
import type { Datastore } from '../expression/functions/call.ts';
import { compilePath, type JsonPath } from '../expression/jsonpath/path.ts';
import { dictGet, isDict } from '../expression/python/dict.ts';
import { toFloat } from '../expression/python/parse-number.ts';
import { isPlain, type Plain, truthy, typeName, type Value } from '../expression/python/values.ts';
import { needsPattern, operatorOf, prepareTest, UnknownOperator } from './operators.ts';
import { compilePattern, contextOf } from './pattern.ts';
import { compileSearch, isSearchCondition, unknownCondition } from './search.ts';

/** The name under which paths and templates see what is tested: the payload, or an item inside of a search. */
type Prefix = 'trigger' | 'item';

/** What is tested: the context of paths and templates. */
export interface Subject {
  readonly context: Plain;
  readonly datastore?: Datastore | undefined;
  /** What went wrong with criteria inside of a search, which count as not fitting then. */
  readonly faults: ExpressionFault[];
}

/** @throws ExpressionFault where StackStorm writes a failed enforcement */
export type SubjectTest = (subject: Subject) => boolean;

export type Verdict = { readonly matched: boolean } | { readonly error: string };

/** A criterion as it comes: out of an object, or out of a template. */
export interface GivenCriterion {
  readonly type?: unknown;
  readonly pattern?: unknown;
  readonly condition?: unknown;
}

/** Names the part of a criterion in messages, for example `criteria["trigger.a"].pattern`. */
export type Place = (part: 'key' | 'type' | 'pattern' | 'condition') => string;

/** Compiles paths, templates and expressions. @throws ExpressionFault whose message begins with `criteria["<key>"]` */
export function compileCriteria(criteria: Readonly<Record<string, GivenCriterion>>): readonly SubjectTest[] {
  return compiling((faults) =>
    Object.entries(criteria).map(([key, criterion]) => {
      const name = `criteria[${JSON.stringify(key)}]`;
      return compileCriterion(key, criterion, (part) => (part === 'key' ? name : `${name}.${part}`), faults);
    }),
  );
}

/** Compiles something, and throws the first fault that was found in it. */
export function compiling<T>(compile: (faults: ExpressionFault[]) => T): T {
  const faults: ExpressionFault[] = [];
  const compiled = evaluating(NOWHEN, () => compile(faults));
  if (faults[0]) throw faults[0];
  return compiled;
}

/** Tests them in the order of the rule and stops at the first that fails. An empty payload passes no criterion. */
export function testCriteria(criteria: readonly SubjectTest[], subject: Subject): boolean {
  if (criteria.length === 0) return true;
  if (!truthy(subject.context['trigger'] ?? null)) return false;
  return criteria.every((test) => test(subject));
}

/** One evaluation of some test. Never throws: whatever goes wrong is this rule's affair. */
export function judge(subject: Subject, world: World, test: SubjectTest): Verdict {
  subject.faults.length = 0;
  try {
    const matched = evaluating(world, () => test(subject));
    const [fault] = subject.faults;
    return matched || !fault ? { matched } : { error: fault.message };
  } catch (error) {
    return { error: (error as Error).message };
  }
}

/** One subject serves all rules of an event. */
export const subjectOf = (prefix: Prefix, payload: Value, datastore: Datastore | undefined): Subject => ({
  context: contextOf(prefix, payload, datastore),
  datastore,
  faults: [],
});

/**
 * Compiles one criterion. What is wrong with it is added to `faults`, and is thrown whenever the test is run: in a pattern that
 * a template made, that is the first time that it shows.
 */
export function compileCriterion(
  key: string,
  criterion: GivenCriterion,
  place: Place,
  faults: ExpressionFault[],
  prefix: Prefix = 'trigger',
): SubjectTest {
  try {
    return compileOne(key, criterion, place, faults, prefix);
  } catch (fault) {
    if (!(fault instanceof ExpressionFault)) throw fault;
    faults.push(fault);
    return () => {
      throw fault;
    };
  }
}

function compileOne(
  key: string,
  criterion: GivenCriterion,
  place: Place,
  faults: ExpressionFault[],
  prefix: Prefix,
): SubjectTest {
  const { type } = criterion;
  if (typeof type !== 'string') throw told(place('type'), typeFault(`no operator is given`));
  const pattern = (criterion.pattern ?? null) as Value; // JSON is made of nothing but values
  const template =
    typeof pattern === 'string' ? at(place('pattern'), () => compilePattern(pattern)) : { fixed: pattern };
  const path = at(place('key'), () => pathOf(key));
  const operator = at(place('type'), () => operatorOf(type));
  if (path.head !== undefined && path.head !== prefix) {
    const hint = didYouMean(path.head, [prefix]);
    faults.push(
      told(place('key'), undefinedFault('KeyError', `there is no "${path.head}".${hint} Begin with ${prefix}`)),
    );
  }
  const known = [prefix, 'st2kv'];
  const unknown = 'names' in template ? template.names.find((name) => !known.includes(name)) : undefined;
  if (unknown !== undefined) {
    const message = `'${unknown}' is undefined.${didYouMean(unknown, known)} Name ${known.join(' or ')}`;
    faults.push(told(place('pattern'), undefinedFault('UndefinedError', message)));
  }
  if (pattern === null && needsPattern(operator)) {
    faults.push(told(place('pattern'), typeFault(`no pattern is given for the operator ${operator}`)));
  }
  const prepare = (value: Value, found: ExpressionFault[]) =>
    compileOperator(operator, { ...criterion, pattern: value }, place, found);
  const blame = (fault: unknown, value: Value) => {
    const isMissing = value === null && fault instanceof ExpressionFault && fault.kind === 'type';
    const hint = isMissing ? '; the value is missing: test it with exists before' : '';
    return told(`${place('key')}, ${operator}`, fault, hint);
  };
  if ('fixed' in template) {
    return compared(
      path,
      at(place('pattern'), () => prepare(template.fixed, faults)),
      blame,
    );
  }
  return (subject) => {
    const test = at(place('pattern'), () => prepare(template.render(subject), []));
    return compared(path, test, blame)(subject);
  };
}

/** The first value at the path is the one that is compared. */
function compared(path: JsonPath, test: ValueTest, blame: (fault: unknown, value: Value) => unknown): SubjectTest {
  return (subject) => {
    let value: Value = null;
    try {
      value = path.first(subject.context) ?? null;
      return test(value, subject);
    } catch (fault) {
      throw blame(fault, value);
    }
  };
}

type ValueTest = (value: Value, subject: Subject) => boolean;

/** The comparison of a criterion whose pattern is rendered. @throws ExpressionFault for an operator that does not exist, or a pattern that it cannot use */
export function compileOperator(
  name: string,
  criterion: GivenCriterion,
  place: Place,
  faults: ExpressionFault[],
): ValueTest {
  const pattern = (criterion.pattern ?? null) as Value; // JSON, or what a template gave
  const operator = operatorOf(name);
  if (operator === 'search') return compileItems(pattern, criterion, place, faults);
  if (/^(td|timediff)_/.test(operator) && pattern !== null) checkSeconds(pattern, place, faults);
  return prepareTest(operator, pattern);
}

/** A pattern that is no number makes trouble only after the value has been read, but is wrong already. */
function checkSeconds(pattern: Value, place: Place, faults: ExpressionFault[]): void {
  try {
    toFloat(pattern);
  } catch (fault) {
    faults.push(told(place('pattern'), fault));
  }
}

/** A path; from the first # on the key is a comment, so that a map can have it twice. */
function pathOf(key: string) {
  try {
    return compilePath(key.split('#', 1)[0] ?? '');
  } catch (fault) {
    if (!(fault instanceof ExpressionFault) || fault.type !== 'AttributeError') throw fault;
    throw new ExpressionFault(fault.kind, fault.type, 'the path ends where more of it is expected', {
      ...(fault.place && { place: fault.place }),
      cause: fault,
    });
  }
}

function compileItems(pattern: Value, criterion: GivenCriterion, place: Place, faults: ExpressionFault[]): ValueTest {
  const condition = (criterion.condition ?? null) as Value;
  if (!isSearchCondition(condition)) faults.push(told(place('condition'), unknownCondition(condition)));
  return compileSearch<Subject>(pattern, condition, (key, child) => {
    const name = `${place('pattern')}[${JSON.stringify(key)}]`;
    const childPlace: Place = (part) => (part === 'key' ? name : `${name}.${part}`);
    const test = compileCriterion(key, criterionOf(child, name), childPlace, faults, 'item');
    return (item, { datastore, faults: noted }) => {
      try {
        return test({ ...subjectOf('item', item, datastore), faults: noted });
      } catch (fault) {
        if (!(fault instanceof ExpressionFault) || fault.kind === 'budget' || isUnknownOperator(fault)) throw fault;
        noted.push(fault);
        return false;
      }
    };
  });
}

/** Fails the whole rule, whatever stands beside it. */
export const isUnknownOperator = (fault: unknown): boolean =>
  fault instanceof UnknownOperator || (fault instanceof ExpressionFault && isUnknownOperator(fault.cause));

function criterionOf(value: Value, name: string): GivenCriterion {
  if (isPlain(value)) return value;
  if (!isDict(value)) throw typeFault(`${name}: a criterion is a map with type and pattern, not ${typeName(value)}`);
  const [type, pattern, condition] = ['type', 'pattern', 'condition'].map((name) => dictGet(value, name));
  return { type, pattern, condition };
}

function at<T>(place: string, run: () => T): T {
  try {
    return run();
  } catch (fault) {
    throw told(place, fault);
  }
}

/** The same fault, with the place in the object and the column in the text before its message; what is no fault is thrown. */
export function told(name: string, fault: unknown, hint = ''): ExpressionFault {
  if (!(fault instanceof ExpressionFault)) throw fault;
  const { kind, type, message, place } = fault;
  if (fault instanceof CriterionFault) return fault; // it has been told further inside
  const line = place && place.line > 1 ? `line ${place.line}, ` : '';
  const column = place ? `${line}column ${place.column}: ` : '';
  return new CriterionFault(kind, type, `${name}: ${column}${message}${hint}`, { cause: fault });
}

/** A fault that says where in the rule it is. */
class CriterionFault extends ExpressionFault {}
