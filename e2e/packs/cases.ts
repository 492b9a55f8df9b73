// e2e/packs/cases.ts — real packs' cases on the installed Squall: their packs are installed, each case is an Execution.
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import * as z from 'zod';
import { type Execution, Execution as ExecutionKind } from '../../operator/api/kinds.ts';
import { ANNOTATION, LABEL } from '../../operator/api/meta.ts';
import { createExecution, createNamespace, deleteNamespace, ended, list } from '../harness.ts';
import { aliasDiffers } from './aliases.ts';
import { LISTED } from './listed.ts';
import { installAll, installPack } from './installing.ts';
import { type Tokens, withTokens } from './matching.ts';
import { ruleDiffers } from './rules.ts';
import { sshdPeer } from './sshd-peer.ts';
import { actionDiffers, type Child, workflowDiffers } from './verdict.ts';

const Case = z.looseObject({
  id: z.string(),
  kind: z.string(),
  pack: z.string(),
  action: z.string().optional(),
  rule: z.string().optional(),
  payload: z.unknown().optional(),
  alias: z.string().optional(),
  command: z.string().optional(),
  config: z.unknown().optional(),
  params: z.record(z.string(), z.unknown()).default({}),
  expected: z.record(z.string(), z.unknown()).default({}),
  peer: z.object({ name: z.string() }).nullish(),
});
type Case = z.infer<typeof Case>;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { peers: { type: 'string' }, namespace: { type: 'string' }, keep: { type: 'boolean', default: false } },
});
const [folder, casesFile, ...prefixes] = positionals;
if (folder === undefined || casesFile === undefined) {
  console.error(
    'usage: node e2e/packs/cases.ts [--peers peers.json] [--namespace existing] [--keep] <folder of packs> <cases.json> [case id prefix …]\n' +
      'peers.json: what e2e/packs/peers.ts writes, {"redis": {"${peer.host}": "10.0.0.1", "${peer.port}": 6379}, …}; sshd is made in the cluster',
  );
  process.exit(2);
}

const { cases } = z.looseObject({ cases: z.array(Case) }).parse(JSON.parse(readFileSync(casesFile, 'utf8')));
const peers: Record<string, Tokens> = z
  .record(z.string(), z.record(z.string(), z.union([z.string(), z.number()])))
  .parse(values.peers === undefined ? {} : JSON.parse(readFileSync(values.peers, 'utf8')));
/** Peers that every installation has, and one that is made in the cluster. */
const BUILT_IN = ['st2api', 'sshd'];
/** Kinds that the domain decides alone. */
const PURE = ['rule', 'alias'];
const WORK = '/tmp/work';
const TOKENS: Tokens = { '${WORK}': WORK, '${PACKS}': '/opt/stackstorm/packs' };

const asked = cases.filter(({ id }) => prefixes.length === 0 || prefixes.some((prefix) => id.startsWith(prefix)));
const counts = { passed: 0, failed: 0, skipped: 0 };
const namespace = values.namespace ?? `cases-${randomBytes(3).toString('hex')}`;
let endSshd = async (): Promise<void> => {};
if (values.namespace === undefined) await createNamespace(namespace);
try {
  const can = asked.filter((one) => {
    const why = unableTo(one);
    if (why !== undefined) tell('skipped', one, why);
    return why === undefined;
  });
  if (!Object.hasOwn(peers, 'sshd') && can.some(({ peer }) => peer?.name === 'sshd')) {
    const { tokens, end } = await sshdPeer(namespace, WORK);
    peers['sshd'] = tokens;
    endSshd = end;
  }
  const configs = new Map(
    can.filter(({ config }) => config).map((one) => [one.pack, withTokens(one.config, tokensOf(one))]),
  );
  const installed = await installAll(new Set(can.flatMap(packsOf)), (pack) =>
    installPack(namespace, folder, pack, configs.get(pack)),
  );
  for (const one of can) {
    const lacking = packsOf(one).find((pack) => installed.get(pack)?.isReady !== true);
    if (lacking === undefined) await runCase(one);
    else tell('failed', one, `pack ${lacking} is not ready: ${installed.get(lacking)?.told}`);
  }
} finally {
  if (!values.keep) await endSshd();
  if (!values.keep && values.namespace === undefined) await deleteNamespace(namespace);
}
console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exit(counts.failed === 0 ? 0 : 1);

function unableTo({ kind, peer }: Case): string | undefined {
  if (!['action', 'workflow', ...PURE].includes(kind)) return `a case of kind ${kind}`;
  if (!peer || BUILT_IN.includes(peer.name) || Object.hasOwn(peers, peer.name)) return undefined;
  return `its peer ${peer.name} does not run`;
}

function tokensOf({ peer }: Case): Tokens {
  return { ...(peer ? peers[peer.name] : {}), ...TOKENS };
}

/** Its own pack and those of its tasks; the pack core is there. */
function packsOf({ kind, pack, expected }: Case): string[] {
  if (PURE.includes(kind)) return [];
  const tasks = Array.isArray(expected['tasks']) ? (expected['tasks'] as string[][]) : [];
  const used = tasks.map(([, ref = '']) => ref.split('.')[0] ?? '');
  return [...new Set([pack, ...used])].filter((one) => one !== 'core' && one !== '');
}

async function runCase(one: Case): Promise<void> {
  const began = performance.now();
  try {
    if (PURE.includes(one.kind)) {
      const differs = pureDiffers(one, join(folder ?? '', one.pack));
      return tell(differs === undefined ? 'passed' : 'failed', one, differs ?? 'without the cluster');
    }
    const tokens = { ...tokensOf(one), ...(await before(one)) };
    const expected = withTokens(one.expected, tokens) as Case['expected'];
    const parameters = withTokens(one.params, tokens) as Case['params'];
    const { metadata, status } = await ended(
      namespace,
      await createExecution(namespace, one.action ?? '', parameters),
      120,
    );
    const differs =
      one.kind === 'action'
        ? actionDiffers(expected, status)
        : workflowDiffers(expected, status, await childrenOf(metadata.name));
    const took = `${((performance.now() - began) / 1000).toFixed(1)} s`;
    const reason = LISTED[one.id];
    if (differs !== undefined && reason !== undefined) tell('skipped', one, `it differs, since ${reason}`);
    else tell(differs === undefined ? 'passed' : 'failed', one, differs ?? took);
  } catch (error) {
    tell('failed', one, (error as Error).message.slice(0, 3000));
  }
}

function pureDiffers({ kind, rule = '', payload, alias = '', command = '', expected }: Case, pack: string) {
  return kind === 'rule' ? ruleDiffers(pack, rule, payload, expected) : aliasDiffers(pack, alias, command, expected);
}

/** What its precondition asks for: an Execution that has ended. */
async function before({ precondition }: Case): Promise<Tokens> {
  if (precondition === undefined) return {};
  const { metadata } = await ended(namespace, await createExecution(namespace, 'core.local', { cmd: 'echo hello' }));
  return { '${EXEC_ID}': metadata.uid };
}

async function childrenOf(name: string): Promise<Child[]> {
  const children = (await list(ExecutionKind, namespace, `${LABEL.parent}=${name}`)) as Execution[];
  return children.map(({ metadata, spec, status }) => ({
    task: metadata.annotations?.[ANNOTATION.task] ?? '',
    action: spec.request.action,
    phase: status?.phase ?? 'Requested',
    message: status?.message,
  }));
}

function tell(outcome: 'passed' | 'failed' | 'skipped', { id }: Case, what: string): void {
  counts[outcome] += 1;
  console.log(`${{ passed: 'ok     ', failed: 'differs', skipped: 'skipped' }[outcome]} ${id}: ${what}`);
}
