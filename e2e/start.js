// e2e/start.js — `npm run <verb>` on any Node from 18 on: installs by the lockfile when needed, then goes on under Node 24.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const modules = join(root, 'node_modules');
const node = join(modules, 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
const stamp = join(modules, '.squall-lock');

const programs = {
  demo: 'e2e/demo.ts',
  test: 'e2e/test.ts',
  check: 'e2e/check.ts',
  gen: 'crds/generate.ts',
  bench: 'e2e/bench/main.ts',
  conformance: 'e2e/conformance/main.ts',
  images: 'e2e/images.ts',
  dev: 'e2e/dev.ts',
};

const [verb, ...args] = process.argv.slice(2);
const program = Object.hasOwn(programs, verb ?? '') ? programs[verb] : undefined;

if (Number(process.versions.node.split('.')[0]) < 18) {
  refuse(
    `Node ${process.versions.node} is too old to start with: install Node 18 or later, Node 24 then comes by itself.`,
  );
}
if (program === undefined) {
  refuse(`${verb === undefined ? 'No verb' : `"${verb}" is no verb`}: say one of ${Object.keys(programs).join(', ')}.`);
}
if (process.platform === 'win32') {
  refuse('Windows itself is not supported: run this inside WSL 2, or on Linux or macOS.');
}
if (!existsSync(join(root, program))) refuse(`${program} is missing: this is not a whole checkout of the repository.`);
install();
go();

/** Brings node_modules to what the lockfile says. */
function install() {
  const wanted = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  if (existsSync(node) && existsSync(stamp) && readFileSync(stamp, 'utf8').trim() === wanted) return;
  if (existsSync(node) && isInstalled()) {
    writeFileSync(stamp, `${wanted}\n`);
    return;
  }
  console.error('npm ci: installs the packages of package-lock.json (about a minute the first time) …');
  const since = Date.now();
  const { status, error } = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    env: { ...process.env, NODE_ENV: 'development' }, // otherwise a production setting leaves out what builds and tests
  });
  if (error) refuse('npm was not found: install it beside Node (it comes with the installers of nodejs.org).');
  if (status !== 0) refuse('npm ci did not finish: see above, and check that the package registry can be reached.');
  if (!existsSync(node)) {
    refuse(
      `There is no Node 24 for ${process.platform} on ${process.arch} in node_modules: run npm ci with install scripts allowed, or use Linux or macOS on x64 or arm64.`,
    );
  }
  writeFileSync(stamp, `${wanted}\n`);
  console.error(`npm ci: done (${Math.round((Date.now() - since) / 1000)} s)`);
}

/** Whether somebody's own npm ci made node_modules by this very lockfile: npm leaves its list of packages there. */
function isInstalled() {
  const list = join(modules, '.package-lock.json');
  if (!existsSync(list)) return false;
  const there = JSON.parse(readFileSync(list, 'utf8')).packages;
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  const paths = Object.keys(wanted).filter((path) => path !== '' && !wanted[path].optional && !wanted[path].peer);
  const isSame = (path) => there[path]?.version === wanted[path]?.version;
  return [...paths, ...Object.keys(there)].every(isSame);
}

/** Runs the verb under our Node; its signals and its exit code are this process's own. */
function go() {
  const folders = [join(modules, 'node', 'bin'), join(modules, '.bin'), process.env.PATH];
  const env = { ...process.env, PATH: folders.join(delimiter) };
  const child = spawn(node, [join(root, program), ...args], { cwd: root, env, stdio: 'inherit' });
  // Ctrl-C reaches the child by the terminal too: it decides when to end, and we end after it.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    });
  }
  child.on('error', (error) => refuse(`${node} does not start (${error.message}): remove node_modules and try again.`));
  child.on('exit', (code, signal) => {
    process.exit(signal === null ? (code ?? 1) : 128 + (constants.signals[signal] ?? 0));
  });
}

/** @param {string} sentence @returns {never} */
function refuse(sentence) {
  console.error(sentence);
  process.exit(1);
}
