// operator/domain/workflow/inspect.test.ts — one inspection for all engines: which engine, what is wrong, where it stands.
import { expect, test } from 'vitest';
import { engineOf, inspectDefinition, type InspectionRequest, valueOf } from './inspect.ts';

const told = (request: InspectionRequest) =>
  inspectDefinition(request).findings.map(
    ({ type, message, spec_path, line, column }) => `${line}:${column} ${type} ${spec_path ?? '-'} ${message}`,
  );

test.each([
  ['chain: []', 'action-chain'],
  ["version: '2.0'\na.b: {}", 'mistral'],
  ['version: 2.0\na.b: {}', 'mistral'],
  ['version: 2\na.b: {}', 'mistral'],
  ['name: x\nworkflows: {}', 'mistral'],
  ['version: 1.0\ntasks: {}', 'orquesta'],
  ["version: '2.0'\ntasks: {}", 'orquesta'],
  ['- list', 'orquesta'],
  ['a: [', 'orquesta'],
])('%j is written for %s', (text, engine) => {
  expect(engineOf(valueOf(text))).toBe(engine);
});

const ORQUESTA = `version: 1.0
tasks:
  t1:
    action: core.noop
    next:
      - do: [t2, t3]
  t2:
    action: core.local
    input:
      cmd: <% ctx(x) %>
`;
const CHAIN = `chain:
  - name: one
    ref: core.noop
    on-success: two
  - name: three
    ref: core.local
    parameters:
      cmd: '{{ x'
`;
const MISTRAL = `version: '2.0'
acme.m:
  tasks:
    t1:
      action: core.noop
      on-success:
        - t2
`;

test.each<[string, InspectionRequest, string[]]>([
  [
    "Orquesta's, sorted as StackStorm lists them",
    { engine: 'orquesta', definition: ORQUESTA },
    [
      '9:5 context tasks.t2.input Variable "x" is referenced before assignment.',
      '6:9 semantic tasks.t1.next[0].do The task "t3" is not defined.',
    ],
  ],
  [
    "a chain's refusals",
    { engine: 'action-chain', definition: CHAIN },
    [
      '4:5 semantic chain[0].on-success Unable to find node with name "two" referenced in "on-success" in task "one".',
      expect.stringMatching(/^8:7 expression chain\[1\]\.parameters\.cmd /) as string,
    ],
  ],
  [
    'what would go wrong later in a chain',
    { engine: 'action-chain', definition: CHAIN.replace('two', 'three') },
    [expect.stringMatching(/^8:7 expression chain\[1\]\.parameters\.cmd /) as string],
  ],
  [
    "Mistral's, though the workflow's name has a dot",
    { engine: 'mistral', definition: MISTRAL },
    ["6:7 semantic acme.m.tasks.t1.on-success Task 't2' not found."],
  ],
  [
    'a name other than the reference',
    { engine: 'mistral', definition: MISTRAL.replace('- t2', '- noop'), ref: 'acme.other' },
    ['2:1 content acme.m Name of the workflow must be the same as the fully qualified action name "acme.other".'],
  ],
])('%s', (_, request, expected) => {
  expect(told(request)).toEqual(expected);
});

test.each(['orquesta', 'action-chain', 'mistral'] as const)('what is no YAML is told with its line: %s', (engine) => {
  const [finding, ...more] = inspectDefinition({ engine, definition: 'a: 1\nb: [' }).findings;
  expect(more).toEqual([]);
  expect(finding?.line).toBeGreaterThanOrEqual(1);
  expect(finding?.column).toBeGreaterThanOrEqual(1);
  expect(finding?.message).toMatch(/must be sufficiently indented/);
});

const WORKBOOK =
  "version: '2.0'\nname: p.a\nworkflows:\n  x: {tasks: {t: {action: std.noop}}}\n  y: {tasks: {t: {action: std.noop}}}\n";
test.each<[Partial<InspectionRequest>, string[]]>([
  [{ workflow: 'y' }, []],
  [{ workflow: 'p.a.y' }, []],
  [{ isNamedLater: true }, []],
  [{ workflow: 'z' }, ['3:1 content workflows Unable to find the workflow "z" in the workbook.']],
  [{}, ['3:1 content workflows Workbook definition is detected. Default workflow cannot be determined.']],
])('the workflow that a workbook begins with: %j', (more, expected) => {
  expect(told({ engine: 'mistral', definition: WORKBOOK, ...more })).toEqual(expected);
});
