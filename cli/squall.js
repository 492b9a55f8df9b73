#!/usr/bin/env node
// cli/squall.js — the entry of `npx squall`, for any Node from 18 on: goes on under Node 24 or says what lacks.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import * as module from 'node:module';
import { fileURLToPath } from 'node:url';

const NODE_NEEDED = 24;
const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const refuse = (sentence) => {
  process.stderr.write(`squall: ${sentence}\n`);
  process.exit(1);
};

if (!existsSync(here('../node_modules/commander'))) {
  refuse(`the packages are missing; run "npm ci" in ${here('..')}`);
} else if (Number(process.versions.node.split('.')[0]) >= NODE_NEEDED) {
  module.enableCompileCache?.(); // keeps what Node has made of the sources for the next time
  const { main } = await import('./main.ts');
  process.exitCode = await main(process.argv.slice(2));
} else {
  const node = here('../node_modules/node/bin/node');
  if (!existsSync(node))
    refuse(`Node ${NODE_NEEDED} is needed, this is ${process.versions.node}; run "npm ci" in ${here('..')}`);
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' });
  // The terminal sends Ctrl-C to both; the child decides what it means.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  child.on('error', (error) => refuse(`start ${node}: ${error.message}`));
  child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)));
}
