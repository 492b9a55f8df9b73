// architecture.test.ts — who may import whom, left to right. Anything not listed is forbidden.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';

const inner = ['operator/api', 'operator/domain', 'operator/kube', 'operator/telemetry'];
const allow: Readonly<Record<string, readonly string[]>> = {
  'operator/api': ['zod'],
  'operator/domain': [
    'operator/api',
    're2js',
    'luxon',
    'yaml',
    '@marcbachmann/cel-js',
    '@noble/ciphers',
    '@noble/hashes',
  ],
  'operator/telemetry': ['pino', 'prom-client'],
  'operator/kube': [
    'operator/api/meta',
    'operator/domain/plan',
    'operator/domain/result/exact-json',
    'operator/telemetry',
    'node:',
    'undici',
    '@kubernetes/client-node',
  ],
  'operator/controllers': [...inner, 'node:crypto', 'node:fs', 'node:path', 'yaml'],
  'operator/http': [...inner, 'node:', 'zod', 'fastify', 'jose', '@peculiar/x509', 'reflect-metadata'],
  'runners/installer': ['operator/api', 'operator/domain/pack', 'runners', 'node:', 'esbuild'],
  runners: [
    'operator/api/envelope',
    'operator/api/execution',
    'operator/api/runners',
    'operator/domain/result/exact-json',
    'node:',
    'esbuild',
    'ssh2',
    'zod',
    'yaml',
  ],
  packs: ['operator/domain/pack', 'node:'],
  crds: ['operator/api', 'runners/schema', 'node:', 'yaml', 'zod'],
  cli: ['operator/api', 'operator/domain', 'node:', 'commander', 'undici', '@kubernetes/client-node', 'yaml'],
  'e2e/conformance': ['operator/domain', 'node:', 'yaml', 'fast-check'],
  'e2e/packs': [
    'e2e/cluster/command',
    'e2e/cluster/facts',
    'e2e/cluster/home',
    'e2e/harness',
    'e2e/sshd',
    'operator/api',
    'operator/domain',
    'node:',
    'zod',
  ],
  e2e: [
    'operator/config',
    'operator/operator',
    'operator/api',
    'operator/kube',
    'operator/bundle',
    'operator/telemetry',
    'runners',
    'node:',
    'yaml',
    'undici',
    'vitest',
  ],
};
const testOnly = ['vitest', 'fast-check', 'operator/kube/scripted', 'node:'];

/** Files at the top of operator/ that wire the layers together, or build them. */
const wiring = ['main', 'operator', 'stores', 'state', 'terms', 'terms.test', 'config', 'config.test', 'bundle'].map(
  (f) => `operator/${f}.ts`,
);

const within = (target: string, name: string) =>
  target === name || target === `${name}.ts` || target.startsWith(name.endsWith(':') ? name : `${name}/`);

/** `import … from 'x'` and `export … from 'x'`, `import 'x'`, `import('x')`. */
const IMPORTS =
  /^(?:import|export)\s[\w\s*{},$]+?\sfrom\s*['"]([^'"]+)['"]|^import\s+['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/gm;

function violations(file: string, source: string): string[] {
  if (wiring.includes(file)) return [];
  const layer = Object.keys(allow).find((l) => file.startsWith(`${l}/`));
  if (!layer) return [`${file} is in no layer`];
  const allowed = [layer, ...allow[layer]!, ...(/\.(test|setup)\.ts$/.test(file) ? testOnly : [])];
  return [...source.matchAll(IMPORTS)]
    .map(([, a, b, c]) => (a ?? b ?? c)!)
    .filter((name) => !/\.(json|yaml)$/.test(name))
    .map((name) => (name.startsWith('.') ? join(dirname(file), name) : name))
    .filter((target) => !allowed.some((ok) => within(target, ok)))
    .map((target) => `${file} → ${target}`);
}

const sources = ['operator', 'runners', 'crds', 'cli', 'e2e'].flatMap((top) =>
  readdirSync(top, { recursive: true })
    .map((f) => `${top}/${String(f)}`)
    .filter((f) => f.endsWith('.ts') && !f.includes('node_modules')),
);

test('every import stays in its layer', () => {
  expect(sources.flatMap((f) => violations(f, readFileSync(f, 'utf8')))).toEqual([]);
});

test('files that re-export others do not exist', () => {
  expect(sources.filter((f) => f.endsWith('/index.ts'))).toEqual([]);
  expect(sources.filter((f) => /^export (?:\*|\{[^}]*\}) from/m.test(readFileSync(f, 'utf8')))).toEqual([]);
});

test('the rule bites', () => {
  expect(violations('operator/domain/rule/x.ts', `import { c } from '../../kube/client.ts'`)).toHaveLength(1);
  expect(violations('operator/domain/rule/x.ts', `import fs from 'node:fs'`)).toHaveLength(1);
  expect(violations('operator/domain/rule/x.ts', `const fs = await import('node:fs')`)).toHaveLength(1);
  expect(violations('operator/domain/rule/x.ts', `import {\n  a,\n  b,\n} from 'undici'`)).toHaveLength(1);
  expect(violations('operator/helpers/x.ts', '')).toEqual(['operator/helpers/x.ts is in no layer']);
  expect(violations('operator/kube/x.ts', `import type { Plan } from '../domain/plan.ts'`)).toEqual([]);
  expect(violations('operator/kube/x.ts', `import type { Plan } from '../domain/execution/plan.ts'`)).toHaveLength(1);
});
