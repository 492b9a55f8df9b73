// e2e/stories/disruptive/chart.test.ts — the release is upgraded, removed and installed again, also under another name: nothing of the users is lost.
import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { KINDS } from '../../../operator/api/kinds.ts';
import { createExecution, ended, eventually, kubectl, ours, type Ran, run, stage } from '../../harness.ts';
import { stringify } from 'yaml';

const { namespace, release } = stage;
const helm = (...args: readonly string[]): Promise<Ran> => run(stage.helm, [...args, '-n', namespace]);
const kept = async (what: string, path = '{.metadata.uid}'): Promise<string> =>
  kubectl(['-n', namespace, 'get', ...what.split(' '), '-o', `jsonpath=${path}`]);
const fullname = (name: string): string => (name.includes('squall') ? name : `${name}-squall`);
const claim = `pvc ${fullname(release)}-data`;
let values = '{}';

const install = (name: string, ...more: readonly string[]) => installBy(stage.helm, name, ...more);

async function installBy(program: string, name: string, ...more: readonly string[]): Promise<Ran> {
  const args = [
    'upgrade',
    '--install',
    name,
    'charts/squall',
    '-n',
    namespace,
    '--wait',
    '--timeout',
    '120s',
    '-f',
    '-',
    ...more,
  ];
  return run(program, args, values);
}

/** The Service is new, so the next story needs its new address. */
async function rememberAddress(name: string): Promise<void> {
  const file = process.env['SQUALL_E2E'] ?? 'artifacts/stage.json';
  if (stage.origin !== 'embedded') return;
  const address = await kept(`service ${fullname(name)}`, '{.spec.clusterIP}');
  const ca = Buffer.from(await kept(`secret ${fullname(name)}-tls`, '{.data.ca\\.crt}'), 'base64').toString();
  writeFileSync(
    file,
    JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), url: `https://${address}`, ca }, null, 2),
  );
}

async function runs(): Promise<string> {
  const name = await createExecution(namespace, 'core.local', { cmd: 'echo alive' });
  expect((await ended(namespace, name)).status.phase).toBe('Succeeded');
  return name;
}

describe('one after the other', () => {
  afterAll(async () => {
    await helm('uninstall', 'second-squall', '--ignore-not-found', '--wait');
    await kubectl(['-n', namespace, 'delete', 'pvc,secret,rule', '-l', 'app.kubernetes.io/instance=second-squall']);
    await kubectl(['-n', namespace, 'delete', '--ignore-not-found', 'rule/chart-story', 'secret/second-squall-tls']);
    const { code, stderr } = await install(release, '--set', 'crds.adopt=true', '--take-ownership');
    if (code !== 0) throw new Error(`install ${release} again: ${stderr}`);
    await rememberAddress(release);
  });

  let before: Record<string, string> = {};
  const remember = async (execution: string): Promise<Record<string, string>> => ({
    execution: await kept(`execution ${execution}`),
    result: await kept(`execution ${execution}`, '{.status.result}'),
    claim: await kept(claim),
    rule: await kept('rule chart-story'),
    ...Object.fromEntries(
      await Promise.all(KINDS.map(async (kind) => [kind.plural, await kept(`crd ${kind.plural}.squall.dev`)] as const)),
    ),
  });
  let execution = '';

  test('an upgrade keeps every object and the claim', async () => {
    values = (await helm('get', 'values', release, '-o', 'json')).stdout;
    await kubectl(
      ['apply', '-f', '-'],
      stringify(
        ours('Rule', namespace, 'chart-story', {
          trigger: { type: 'core.st2.webhook', parameters: { url: 'chart-story' } },
          action: { ref: 'core.local', parameters: { cmd: 'true' } },
        }),
      ),
    );
    execution = await runs();
    before = await remember(execution);
    expect((await install(release, '--set', 'config.logLevel=debug')).stderr).not.toContain('Error');
    expect(
      await kept(
        `deploy ${fullname(release)}`,
        '{.spec.template.spec.containers[0].env[?(@.name=="SQUALL_LOG_LEVEL")].value}',
      ),
    ).toBe('debug');
    expect(await remember(execution)).toEqual(before);
    await runs();
  });

  test.runIf(stage.helm4)('Helm 4 upgrades what Helm 3 installed, and Helm 3 goes on from there', async () => {
    for (const program of [stage.helm4!, stage.helm]) {
      const { code, stderr } = await installBy(program, release);
      expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
      expect(await remember(execution)).toEqual(before);
    }
    await runs();
  });

  test('the chart says what does not fit: a second replica, a typing error, a second release for the whole cluster', async () => {
    expect((await install(release, '--set', 'replicas=2')).stderr).toMatch(
      /replicas.*(?:want 1|less than or equal to 1)/,
    );
    expect((await install(release, '--set', 'replicaz=1')).stderr).toContain('replicaz');
    const second = await install('second-squall', '--dry-run=server');
    expect(second.code).not.toBe(0);
    expect(second.stderr).toContain(
      `The release ${release} in namespace ${namespace} works for the whole cluster already`,
    );
    expect(second.stderr).toContain(`helm uninstall ${release} -n ${namespace}`);
  });

  test('uninstalling keeps definitions, objects and the claim', async () => {
    expect((await helm('uninstall', release, '--wait')).code).toBe(0);
    expect(await remember(execution)).toEqual(before);
    expect((await run(stage.kubectl, ['-n', namespace, 'get', 'deploy', fullname(release)])).code).toBe(1);
    expect(await kubectl(['get', 'validatingadmissionpolicies', '-o', 'name'])).not.toContain('squall');
  });

  test('another release name takes over, says the command for the volume, and works with it', async () => {
    const first = await install('second-squall');
    expect(first.stderr).not.toContain('Error');
    const command = `--set persistence.existingClaim=${fullname(release)}-data`;
    expect(first.stdout).toContain(command);
    await helm('uninstall', 'second-squall', '--wait');
    const again = await install('second-squall', ...command.split(' '));
    expect(again.stderr).not.toContain('Error');
    expect(await remember(execution)).toEqual(before);
    await runs();
  });

  test('definitions of another version are not overwritten by accident: one command takes them over', async () => {
    await kubectl(['annotate', 'crd', 'rules.squall.dev', 'squall.dev/schema=of-another-version', '--overwrite']);
    const refused = await install('second-squall');
    expect(refused.stderr).toContain('The CustomResourceDefinition rules.squall.dev is of another version');
    const command = '--set crds.adopt=true --take-ownership';
    expect(refused.stderr).toContain(command);
    expect((await install('second-squall', ...command.split(' '))).stderr).not.toContain('Error');
    expect(await kept('crd rules.squall.dev', '{.metadata.annotations.squall\\.dev/schema}')).not.toBe(
      'of-another-version',
    );
    expect(await remember(execution)).toEqual(before);
    // From now on they are its own: an upgrade needs no more words.
    expect((await install('second-squall')).code).toBe(0);
    await eventually(
      'the Rule is still judged',
      async () => (await kept('rule chart-story', '{.status.conditions[?(@.type=="Ready")].status}')) === 'True',
    );
  });
});

const helms: readonly [string, string | undefined][] = [
  ['Helm 3', stage.helm],
  ['Helm 4', stage.helm4],
];

test.each(helms)(
  'what the chart renders passes the lint of %s and the checks of the API server',
  async (_name, program) => {
    if (program === undefined) return; // a cluster that is not ours, on a machine without it
    const settings = [
      '--set',
      'scope=namespace,podDisruptionBudget.enabled=true,dashboard.enabled=true,proxy.https=http://proxy:3128,replicas=0',
    ];
    const lint = await run(program, ['lint', '--strict', 'charts/squall', ...settings]);
    expect(lint.stdout).toContain('1 chart(s) linted, 0 chart(s) failed');
    const { stdout, code } = await run(program, [
      'template',
      'dry',
      'charts/squall',
      '-n',
      namespace,
      '--kube-version',
      '1.34',
      ...settings,
    ]);
    expect(code).toBe(0);
    const applied = await kubectl(
      ['-n', namespace, 'apply', '--server-side', '--force-conflicts', '--dry-run=server', '-f', '-'],
      stdout,
    );
    expect(applied).toContain('deployment.apps/dry-squall serverside-applied (server dry run)');
  },
);
