// operator/domain/rule/groups.ts — spec.match → one test: groups of criteria and expressions, joined by all, any and not.
import type { Condition, Match } from '../../api/rule.ts';
import { spend } from '../expression/evaluation.ts';
import { ExpressionFault, typeFault } from '../expression/fault.ts';
import { compileCel } from './cel.ts';
import { compileCriterion, compiling, type SubjectTest, told } from './criteria.ts';

/** @throws ExpressionFault whose message begins with the place, as `match.any[0].type` */
export function compileMatch(match: Match): SubjectTest {
  return compiling((faults) => compileCondition(match, 'match', faults));
}

/** Everything that a member says must hold; the cheap comparison is asked first. */
function compileCondition(condition: Condition, name: string, faults: ExpressionFault[]): SubjectTest {
  const { key, type, pattern, condition: search, cel, all, any, not } = condition;
  const tests: SubjectTest[] = [];
  if (key !== undefined) {
    tests.push(compileCriterion(key, { type, pattern, condition: search }, (part) => `${name}.${part}`, faults));
  } else if (type !== undefined || pattern !== undefined || search !== undefined) {
    faults.push(told(`${name}.key`, typeFault('say of which value, for example trigger.body.status')));
  }
  if (cel !== undefined) tests.push(compileCel(cel, `${name}.cel`, faults));
  const members = (given: readonly Condition[], list: 'all' | 'any') =>
    given.map((member, i) => compileCondition(member, `${name}.${list}[${i}]`, faults));
  if (all) tests.push(every(members(all, 'all')));
  if (any) tests.push(some(members(any, 'any')));
  if (not) tests.push(none(compileCondition(not, `${name}.not`, faults)));
  if (tests.length === 0) faults.push(told(name, typeFault('it is empty; give key and type, cel, all, any or not')));
  return every(tests);
}

function every(tests: readonly SubjectTest[]): SubjectTest {
  const [only] = tests;
  if (only && tests.length === 1) return only;
  return (subject) => {
    spend(tests.length);
    return tests.every((test) => test(subject));
  };
}

/** A member that is at fault counts only when no other one holds: of two optional fields one may be missing. */
const some =
  (tests: readonly SubjectTest[]): SubjectTest =>
  (subject) => {
    spend(tests.length);
    const found: ExpressionFault[] = [];
    const holds = tests.some((test) => {
      try {
        return test(subject);
      } catch (fault) {
        if (!(fault instanceof ExpressionFault) || fault.kind === 'budget') throw fault;
        found.push(fault);
        return false;
      }
    });
    if (!holds && found[0]) throw found[0];
    return holds;
  };

/** What is at fault does not hold, and its opposite does not either. */
const none =
  (test: SubjectTest): SubjectTest =>
  (subject) => {
    const known = subject.faults.length;
    if (test(subject)) return false;
    const fault = subject.faults[known];
    if (fault) throw fault;
    return true;
  };
