// packs/core/actions/javascript.js — the body of a function and what it sees as $ → what it returns.
import { compileFunction } from 'node:vm';

export default function run({ script, context }) {
  return compileFunction(script, ['$'])(context ?? null);
}
