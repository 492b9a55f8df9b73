// cli/workflow.test.ts — workflows in files: what is printed, with which exit code.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { drawFile, inspectFile } from './workflow.ts';

const folder = mkdtempSync(join(tmpdir(), 'squall-workflow-'));
function file(text: string): string {
  const path = join(folder, 'f.yaml');
  writeFileSync(path, text);
  return path;
}

function screenOf() {
  const written = { out: '', err: '' };
  const screen = {
    out: (text: string) => void (written.out += text.replaceAll(`${folder}/`, '')),
    err: (text: string) => void (written.err += text.replaceAll(`${folder}/`, '')),
    colour: false,
  };
  return { screen, written };
}

function inspected(text: string, options: object = {}): readonly [string, number] {
  const { screen, written } = screenOf();
  const code = inspectFile(screen, file(text), { output: 'text', ...options });
  return [written.out, code];
}

const GOOD = 'version: 1.0\ntasks:\n  a: {action: core.noop}\n';
const BAD = 'version: 1.0\ntasks:\n  a:\n    action: core.noop\n    next:\n      - do: b\n';
const manifest = (name: string, spec: string) =>
  `apiVersion: squall.dev/v1alpha1\nkind: Workflow\nmetadata: {name: ${name}}\nspec:\n${spec}`;
const CHAIN = '  engine: action-chain\n  definition:\n    chain:\n      - {name: a, ref: core.noop, on-success: b}\n';

test.each<[string, string, object, readonly [string, number]]>([
  ['a good definition', GOOD, {}, ['no findings\n', 0]],
  ['a bad one', BAD, {}, ['f.yaml:6:9: semantic: The task "b" is not defined.\n', 1]],
  [
    'one that is read for another engine',
    BAD,
    { engine: 'action-chain' },
    [expect.stringMatching(/^f\.yaml:\d+:\d+: syntax: /) as string, 1],
  ],
  [
    'a workbook with a workflow that is not there',
    "version: '2.0'\nname: p.a\nworkflows: {x: {tasks: {t: {action: std.noop}}}}\n",
    { workflow: 'y' },
    ['f.yaml:3:1: content: Unable to find the workflow "y" in the workbook.\n', 1],
  ],
  ['no YAML', 'a: [', {}, [expect.stringMatching(/^f\.yaml:1:\d+: syntax: /) as string, 1]],
  [
    'manifests: each Workflow of the file, with the lines of the file',
    `# a file\nkind: ConfigMap\n---\n${manifest('p.one', CHAIN)}---\n${manifest('p.two', `${CHAIN.replace('b}', 'a}')}  parameters: {x: {typ: string}}\n`)}`,
    {},
    [
      'f.yaml:11:35: semantic: Unable to find node with name "b" referenced in "on-success" in task "a".\n' +
        'f.yaml:21:20: syntax: spec.parameters.x.typ: there is no such attribute; remove it\n',
      1,
    ],
  ],
  [
    'a manifest that does not fit its schema',
    manifest('p.one', '  definition: {}\n  enabled: 1\n'),
    {},
    [
      expect.stringMatching(
        /^f\.yaml:6:3: syntax: spec\.enabled: .*\nf\.yaml:4:1: syntax: spec\.engine: write one of orquesta, action-chain, mistral\n$/,
      ) as string,
      1,
    ],
  ],
  [
    'a workflow of a workbook for another engine',
    manifest('p.one', `  workflow: x\n${CHAIN.replace(', on-success: b', '')}`),
    {},
    ['f.yaml:5:3: syntax: spec.workflow: give it with engine "mistral" only\n', 1],
  ],
  [
    "a definition that is not named after its manifest's reference",
    manifest(
      'p.one',
      "  engine: mistral\n  definition:\n    version: '2.0'\n    p.two: {tasks: {t: {action: std.noop}}}\n",
    ),
    {},
    ['f.yaml:8:5: content: Name of the workflow must be the same as the fully qualified action name "p.one".\n', 1],
  ],
])('%s', (_, text, options, expected) => {
  expect(inspected(text, options)).toEqual(expected);
});

test("--output json is StackStorm's list", () => {
  const [out, code] = inspected(BAD, { output: 'json' });
  expect([JSON.parse(out), code]).toEqual([
    [
      {
        type: 'semantic',
        message: 'The task "b" is not defined.',
        spec_path: 'tasks.a.next[0].do',
        schema_path: 'properties.tasks.patternProperties.^\\w+$.properties.next.items.properties.do',
      },
    ],
    1,
  ]);
});

function drawn(text: string, format: 'mermaid' | 'svg') {
  const { screen, written } = screenOf();
  return { code: drawFile(screen, file(text), { format }), ...written };
}

test('a workflow is drawn as Mermaid, and as SVG with its reference', () => {
  expect(drawn(GOOD, 'mermaid')).toEqual({ code: 0, out: 'flowchart TD\n  n0["a<br/>core.noop"]\n', err: '' });
  expect(drawn(manifest('p.one', CHAIN.replace(', on-success: b', '')), 'svg').out).toMatch(
    /^<svg [\s\S]*<title>p\.one<\/title>/,
  );
});

test('what cannot be read is not drawn, and why is told', () => {
  expect(drawn('chain: 1', 'svg')).toMatchObject({
    code: 1,
    out: '',
    err: expect.stringMatching(/^f\.yaml:1:1: syntax/),
  });
});

test('a file that is not there, and one with two to draw', () => {
  const { screen } = screenOf();
  expect(() => inspectFile(screen, '/nowhere/f', { output: 'text' })).toThrow(/\/nowhere\/f: .*give a file/);
  expect(() => drawn(`${manifest('p.one', CHAIN)}---\n${manifest('p.two', CHAIN)}`, 'svg')).toThrow(/has 2 Workflows/);
});
