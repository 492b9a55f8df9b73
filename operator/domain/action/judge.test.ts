// operator/domain/action/judge.test.ts
import { expect, test } from 'vitest';
import { action, container, iso, T0 } from '../execution/builders.setup.ts';
import { actionFault, parseAction, planAction } from './judge.ts';
import { values } from './resolve.setup.ts';

const fault = (parameters: object, spec: object = {}) => actionFault(action({ parameters, ...spec }));

test.each<[string, object]>([
  ['nothing', {}],
  ['overridden defaults', { timeout: { default: 5 }, cmd: { immutable: true, default: 'echo {{ x }}' }, x: {} }],
  ['an attribute repeated', { timeout: { type: 'integer', default: 5 } }],
  ['positions from any start', { a: { position: 3 }, b: { position: 4 } }],
  ['a templated secret', { a: { secret: true, default: '{{ config_context.x }}' } }],
  ['an empty secret', { a: { secret: true, default: '' } }],
  ['an unknown inner attribute', { a: { type: 'array', items: { exampel: 1 } } }],
  ['a default of null for what cannot be set', { a: { immutable: true, default: null } }],
  ['nested schemas', { a: { type: 'object', properties: { x: { type: ['string', 'integer'], format: 'email' } } } }],
])('%s is fine', (_, parameters) => {
  expect(fault(parameters)).toBeUndefined();
});

test.each<[string, object, RegExp]>([
  ['same position', { a: { position: 0 }, b: { position: 0 } }, /Parameters a and b have same position 0/],
  ['a gap', { a: { position: 0 }, b: { position: 2 } }, /Positions supplied \[0, 2\].*not contiguous/],
  ['immutable without default', { a: { immutable: true } }, /Immutable param a requires a default value/],
  [
    "a runner's attribute",
    { timeout: { type: 'string' } },
    /attribute "type" for the runner parameter "timeout" cannot be overridden/,
  ],
  ['position on a runner parameter', { cmd: { position: 0 } }, /attribute "position"/],
  ['unknown attribute', { a: { requird: true } }, /parameters\.a\.requird: there is no such attribute/],
  ['format at the top', { a: { format: 'email' } }, /format/],
  ['a bad name', { 'a-b': {} }, /"a-b" is no name/],
  ['a bad pattern', { a: { pattern: '(' } }, /spec\.parameters\.a: missing \), unterminated subpattern/],
  ['lookaround', { a: { pattern: 'a(?=x)b' } }, /lookahead/],
  ['a bad word', { a: { minItems: -1 } }, /spec\.parameters\.a\.minItems/],
  ['a reference', { a: { items: { $ref: 'http://evil' } } }, /\$ref is not supported/],
])('%s is a fault', (_, parameters, message) => {
  expect(fault(parameters)).toMatch(message);
});

test.each<[string, object, RegExp]>([
  ['a clear secret', { a: { secret: true, default: 'hunter2' } }, /must not stand in an Action, and is not taken/],
  [
    'an unknown filter',
    { a: { default: '{{ a | uper }}' } },
    /^It can be run, but spec\.parameters\.a\.default: No filter named 'uper'\. Did you mean "upper"\? \(line 1, column \d+\); correct/,
  ],
  [
    'a bad template',
    { a: { default: { k: ['x', 'a\n {{ b +'] } } },
    /^It can be run, but spec\.parameters\.a\.default\.k\[1\]: .* \(line 2, column \d+\)/,
  ],
  [
    'an unknown name',
    { host: { default: '{{ hots }}' } },
    /^It can be run, but spec\.parameters\.host\.default: Dependency unsatisfied in variable "hots"\. Did you mean "host"\?/,
  ],
])('%s in a default is told, and the action runs', (_, parameters, message) => {
  const self = action({ parameters });
  expect(fault(parameters)).toBeUndefined();
  const { status, events } = planAction({ self, sameRef: [self] }, T0);
  const told = { status: 'True', reason: 'AcceptedWithWarnings', message: expect.stringMatching(message) };
  expect(status?.conditions?.[0]).toMatchObject({ type: 'Ready', ...told });
  expect(events).toEqual([]);
});

const remote = (parameters: object) => action({ runner: 'remote-shell-cmd', parameters });
const readyOf = (self: ReturnType<typeof action>) => planAction({ self, sameRef: [self] }, T0).status?.conditions?.[0];

test("a clear secret for a runner's parameter that is secret is told, though only its default is written", () => {
  expect(readyOf(remote({ password: { default: 'hunter2' } }))).toMatchObject({
    reason: 'AcceptedWithWarnings',
    message: expect.stringMatching(/parameters\.password\.default: a secret must not stand in an Action/) as string,
  });
  expect(
    readyOf(remote({ password: { description: 'x' }, private_key: { default: '{{ st2kv.system.k | decrypt_kv }}' } })),
  ).toMatchObject({ reason: 'Accepted' });
});

test.each([[''], [[]], [{}], [false], [null]])('%j is no clear secret, and a run takes it', (value) => {
  const parameters = { a: { secret: true, default: value } };
  expect(readyOf(action({ parameters }))).toMatchObject({ reason: 'Accepted' });
  expect(values(parameters, {})).toEqual({ a: value });
});

test('__proto__ is no name of a parameter', () => {
  const parameters = JSON.parse('{"__proto__": {"type": "string"}}') as object;
  const spec = { ...action().spec, parameters: parameters as never };
  expect(actionFault({ spec })).toMatch(/is no name/);
});

test('templates of containers are parsed', () => {
  expect(actionFault(container({ container: { image: 'x', args: ['{{ a'] } }))).toMatch(
    /^spec\.container\.args\[0\]: unexpected end of template.* \(line 1, column 5\)/,
  );
});

test('the condition Ready says it, with the generation, and keeps its time', () => {
  const self = action();
  const { status } = planAction({ self, sameRef: [self] }, T0);
  expect(status).toMatchObject({
    observedGeneration: 1,
    conditions: [
      {
        type: 'Ready',
        status: 'True',
        reason: 'Accepted',
        observedGeneration: 1,
        lastTransitionTime: T0.toISOString(),
      },
      { type: 'Stalled', status: 'False' },
    ],
  });
  const later = planAction({ self: { ...self, status }, sameRef: [self] }, new Date(T0.getTime() + 5000));
  expect(later.status).toEqual(status);
});

test('the oldest keeps the reference', () => {
  const [young, old] = [
    action({}, { uid: 'y', name: 'ops.clean2', creationTimestamp: iso(5) }),
    action({}, { uid: 'o', creationTimestamp: iso(1) }),
  ];
  const reason = (self: typeof young) =>
    planAction({ self, sameRef: [young, old] }, T0).status?.conditions?.[0]?.reason;
  expect([reason(young), reason(old)]).toEqual(['RefTaken', 'Accepted']);
});

test('a spec that does not parse is told, field first', () => {
  const self = { ...action(), spec: { runner: 'nope' } };
  expect(parseAction(self)).toMatch(/^spec\.runner: /);
  expect(planAction({ self, sameRef: [self] }, T0).status?.conditions?.[0]).toMatchObject({
    status: 'False',
    reason: 'SpecInvalid',
  });
});

test('an invalid schema is an event', () => {
  const self = action({ parameters: { a: { position: 0 }, b: { position: 0 } } });
  expect(planAction({ self, sameRef: [self] }, T0)).toMatchObject({
    status: { conditions: [{ reason: 'SchemaInvalid' }, { type: 'Stalled', status: 'True' }] },
    events: [{ type: 'Warning' }],
  });
});
