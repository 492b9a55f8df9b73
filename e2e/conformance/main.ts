// e2e/conformance/main.ts — npm run conformance -- DIR [SUITE …]: runs recorded cases, tells per suite what passed and the first failures.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { readCases, suitesIn } from './cases.ts';
import { covers, readDeviations } from './deviations.ts';
import { judge } from './judge.ts';
import type { Case, Suite } from './suite.ts';
import { loadSuite } from './suites.ts';

const FAILURES_SHOWN = 10;

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { 'all-failures': { type: 'boolean', default: false }, show: { type: 'string' } },
});
const [folder, ...wanted] = positionals;
if (folder === undefined || !existsSync(folder)) {
  console.error('Say which folder has the cases: npm run conformance -- DIR [SUITE …] [--all-failures] [--show NAME]');
  process.exit(2);
}
const there = suitesIn(resolve(folder));
const unknown = wanted.find((name) => !there.includes(name));
if (unknown !== undefined) {
  console.error(`${folder} has no suite "${unknown}": it has ${there.join(', ') || 'none'}.`);
  process.exit(2);
}

const deviations = readDeviations();
for (const name of wanted.length > 0 ? wanted : there) {
  if (!(await runSuite(resolve(folder), name))) process.exitCode = 1;
}

/** Whether nothing failed that is not listed. */
async function runSuite(folder: string, name: string): Promise<boolean> {
  const loaded = await loadSuite(name);
  switch (loaded.state) {
    case 'skipped':
      console.log(`${name}: skipped, no engine yet`);
      return true;
    case 'unsupported':
      console.log(`${name}: not supported`);
      return false;
    case 'broken': {
      const { error } = loaded;
      console.log(
        `${name}: failed to load\n  ${error instanceof Error ? error.stack?.split('\n').slice(0, 6).join('\n  ') : String(error)}`,
      );
      return false;
    }
    case 'loaded': {
      const cases = readCases(folder, name);
      return options.show === undefined ? report(name, loaded.suite, cases) : show(loaded.suite, cases, options.show);
    }
  }
}

function report(name: string, suite: Suite, cases: readonly Case[]): boolean {
  const verdicts = cases.map((one) => ({ one, ...judge(suite, one) }));
  const failed = verdicts.filter((v) => !v.passed);
  const listed = failed.filter((v) => deviations.some((d) => covers(d, v.one.name)));
  const failures = failed.filter((v) => !listed.includes(v));
  const quirks = cases.filter((one) => Object.hasOwn(one, 'quirk')).length;
  const extra = `${listed.length > 0 ? `, ${listed.length} deviations` : ''}${quirks > 0 ? `, ${quirks} quirks` : ''}`;
  console.log(`${name}: ${cases.length - failed.length} passed, ${failed.length} failed of ${cases.length}${extra}`);
  for (const { one, expected, came } of options['all-failures'] ? failures : failures.slice(0, FAILURES_SHOWN)) {
    console.log(
      `  ${one.name}\n    ${summary(one)}\n    expected ${indented(expected)}\n    came     ${indented(came)}`,
    );
  }
  if (!options['all-failures'] && failures.length > FAILURES_SHOWN) {
    console.log(`  … and ${failures.length - FAILURES_SHOWN} more (--all-failures shows them)`);
  }
  const stale = deviations.filter(
    (d) =>
      d.case.startsWith(`${name}/`) &&
      !failed.some((v) => covers(d, v.one.name)) &&
      cases.some((one) => covers(d, one.name)),
  );
  for (const { case: pattern } of stale) console.log(`  deviations.yaml: ${pattern} passes: strike it`);
  return failures.length === 0;
}

function show(suite: Suite, cases: readonly Case[], wantedName: string): boolean {
  const shown = cases.filter((one) => one.name.includes(wantedName));
  for (const one of shown) {
    const { passed, expected, came } = judge(suite, one);
    console.log(
      `${JSON.stringify(one, null, 2)}\n${passed ? 'passed' : 'FAILED'}\nexpected ${expected}\ncame     ${came}`,
    );
  }
  return shown.length > 0;
}

/** What a case asks, on one line; its expectation is told apart. */
function summary(one: Case): string {
  const { name: _, group: __, result: ___, uses: ____, message: _____, ...asked } = one;
  const text = JSON.stringify(asked);
  return text.length > 600 ? `${text.slice(0, 600)}…` : text;
}

function indented(text: string): string {
  return text.replaceAll('\n', '\n             ');
}
