// operator/domain/rule/cel.test.ts — expressions in CEL: what they see, where they are wrong, and that none takes too long.
import { expect, test } from 'vitest';
import type { Value } from '../expression/python/values.ts';
import { compileTest } from './compile.ts';
import { subjectOf } from './criteria.ts';

const PAYLOAD = {
  n: 1,
  f: 1.5,
  s: 'text',
  l: [1, 2],
  m: { k: 'v' },
  constructor: 'x',
  objects: [
    { n: 'x', v: 1 },
    { n: 'y', v: 2 },
  ],
  big: 'a'.repeat(500_000),
  many: Array.from({ length: 50_000 }, (_, i) => i),
};
const WORLD = { nowMs: Date.parse('2024-03-10T12:00:00Z'), seed: 0 };
const run = (cel: string, payload: unknown = PAYLOAD) => {
  try {
    return compileTest({ criteria: {}, match: { cel } })(subjectOf('trigger', payload as Value, undefined), WORLD);
  } catch (error) {
    return { invalid: (error as Error).message };
  }
};

test.each([
  'trigger.n + 1 == 2',
  'trigger.n < 1.5 && trigger.f > 1',
  'trigger.m == {"k": "v"} && "k" in trigger.m',
  'trigger["m"]["k"] in ["v", "w"]',
  'has(trigger.m.k) && !has(trigger.m.z)',
  'trigger.?z.?y.orValue(3) == 3',
  'trigger.l[?5].orValue(0) == 0',
  'trigger.objects.exists(o, o.n == "y" && o.v > 1)',
  'trigger.objects.map(o, o.n).join(",") == "x,y"',
  'trigger.l.all(x, x > 0) && trigger.l.exists_one(x, x == 2)',
  'trigger.l.filter(x, x > 1).size() == 1',
  'trigger.m.all(k, k == "k")',
  'trigger.s.matches("^te.t$") && trigger.s.startsWith("te")',
  'trigger.constructor == "x"',
  'now - timestamp("2024-03-10T11:00:00Z") == duration("1h")',
  'cel.bind(x, trigger.n, x + 1) == 2',
  '(trigger.n == 1 ? "a" : "b") == "a"',
  '-trigger.n == -1 && -9223372036854775808 < 0',
  'size(trigger.s) == 4 && type(trigger.n) == int && b"abc".size() == 3',
  'trigger.big.matches("^(a+)+$")',
  'trigger.l.all(a, trigger.l.all(b, trigger.l.all(c, a + b + c > 0)))',
  '!trigger.s.startsWith("[") && trigger.s.matches(trigger.s)',
  '!(trigger.n > 1 || trigger.n < 1) && trigger.n in trigger.l',
  'trigger.l == [1, 2] && trigger.l + [3] == [1, 2, 3] && trigger.l != [2, 1]',
  '{"a": trigger.n}.a == 1 && {"a": 1} == {"a": trigger.n} && [trigger.n, 2][1] == 2',
  'now.getHours() == 12 && now.getHours("Europe/Berlin") == 13 && now.getMinutes() == 0',
  'optional.of(trigger.n).hasValue() && optional.none().or(optional.of(2)).value() == 2',
  'string(trigger.n) == "1" && int("5") == 5 && double(trigger.n) == 1.0',
  'has(trigger.m.k) ? !has(trigger.m.nope) : false',
  'trigger.s.contains("ex") && trigger.s.indexOf("x") == 2 && trigger.s.split("e")[0] == "t"',
])('%s', (cel) => {
  expect(run(cel)).toEqual({ matched: true });
});

test.each([
  ['trigge.x == 1', 'column 1: Unknown variable: trigge. Did you mean "trigger"?'],
  ['trigger.n == 1 &&', 'column 18: Unexpected token: EOF'],
  [
    'trigger.s.startWith("x")',
    `column 1: found no matching overload for 'dyn.startWith(string)'. Did you mean "startsWith"?`,
  ],
  ['trigger.s.matches("[")', 'column 19: "[" is no regular expression: error parsing regexp: missing closing ]: `[`'],
  ['"text"', 'it gives string, not a bool'],
  ['trigger.l.exists(x, trigger.s.matches("["))', expect.stringMatching(/^match\.cel: column 39: "\[" is no regular/)],
  ['[trigger.s.matches("[")][0]', expect.stringMatching(/^match\.cel: column 20: "\[" is no regular/)],
  ['trigger.s.mtches("a")', expect.stringContaining('Did you mean "matches"?')],
  ['trigger.s.zzzzzz("a")', expect.not.stringContaining('Did you mean')],
  ['squall_charge(true)', "column 1: found no matching overload for 'squall_charge(bool)'"],
  [
    'l.all(a, l.all(b, l.all(c, l.all(d, true))))'.replaceAll('l.', 'trigger.l.'),
    'more than 3 loops inside of each other',
  ],
  [`${'('.repeat(40)}true${')'.repeat(40)}`, 'column 33: Exceeded maxDepth (32)'],
])('%s is refused', (cel, message) => {
  expect(run(cel)).toEqual({ invalid: typeof message === 'string' ? `match.cel: ${message}` : message });
});

test.each([
  ['trigger.nope', 'column 9: No such key: nope'],
  ['trigger.l\n  .exists(x,\n x.foo == 1)', 'line 3, column 4: No such key: foo'],
  ['trigger.n.contains("x")', "column 1: found no matching overload for 'int.contains(string)'"],
  ['trigger.s + 1 == 2', 'column 1: no such overload: string + int'],
  ['trigger.s', 'it did not give a bool for this event'],
  [
    'trigger.s.matches(trigger.s + "[")',
    '"text[" is no regular expression: error parsing regexp: missing closing ]: `[`',
  ],
])('%s is at fault when it is run', (cel, message) => {
  expect(run(cel)).toEqual({ error: `match.cel: ${message}` });
});

test.each([
  'trigger.many.all(x, trigger.many.all(y, x + y >= 0))',
  'trigger.many.exists(x, trigger.big.contains("ab"))',
  'trigger.many.exists(x, trigger.big.matches("ab"))',
  'trigger.big.indexOf(trigger.big.substring(0, 1000) + "b") == 0',
  'trigger.many.map(x, trigger.big).join("") == ""',
  'trigger.many.exists(x, now.getHours("Europe/Berlin") == 25)',
  'cel.bind(a, trigger.big + trigger.big, cel.bind(b, a + a, cel.bind(c, b + b, cel.bind(d, c + c, d + d == ""))))',
])('%s is too much', (cel) => {
  expect(run(cel)).toHaveProperty('error', expect.stringMatching(/^match\.cel: (more than \d+ steps|a text of more)/));
});
