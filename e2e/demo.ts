// e2e/demo.ts — npm run demo: a pack from git, and an alert of Alertmanager that runs its Python on a real cluster; `down` takes it away again.
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { parse } from 'yaml';
import type { Execution } from '../operator/api/kinds.ts';
import { loadTransport, type Transport } from '../operator/kube/transport.ts';
import { type Cluster, closeCluster, openCluster } from './cluster/cluster.ts';
import { run } from './cluster/command.ts';
import { createProgress, type Note } from './cluster/progress.ts';
import { digestOf, filesIn, gitServer } from './demo/git-server.ts';
import { packReady } from './demo/pack-ready.ts';
import { follow, postEvent, storyteller } from './demo/story.ts';
import { fullname, type Images, imageOf, type Installed, installChart } from './install.ts';
import { readyImages } from './setup.ts';

const RELEASE = 'squall';
const OPERATOR_NAMESPACE = 'squall';
const NAMESPACE = 'squall-demo';
const WEBHOOK = `/ns/${NAMESPACE}/api/v1/webhooks/alertmanager`;
const FILES = ['sender', 'trigger-type'] as const;
/** Why the demo may end, in the exit code: 0 all as told, 1 a step failed. */
const FAILED = 1;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { context: { type: 'string' }, registry: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
});
const progress = createProgress();
const say = (text = ''): void => void process.stdout.write(`${text}\n`);
const demoFile = (name: string) => fileURLToPath(new URL(`./demo/${name}`, import.meta.url));

type Kubectl = (args: readonly string[], input?: string) => Promise<string>;

async function demo(): Promise<void> {
  const began = performance.now();
  const cluster = await openCluster({ context: values.context, registry: values.registry, progress });
  const kubectl: Kubectl = (args, input = '') =>
    run(cluster.tools.kubectl, ['--kubeconfig', cluster.kubeconfig, ...args], { input });
  let door: Installed | undefined;
  const api = await loadTransport({ kubeconfig: cluster.kubeconfig });
  try {
    const images = await readyImages(cluster, progress);
    progress.expect(4);
    await progress.step('make a git repository of e2e/demo/pack', () => makeRepository(cluster, images, kubectl));
    door = await progress.step('install Squall with helm', () =>
      installChart(cluster, {
        namespace: OPERATOR_NAMESPACE,
        release: RELEASE,
        images,
      }),
    );
    await progress.step('apply e2e/demo/{sender,trigger-type}.yaml', () => applyFiles(kubectl));
    await progress.step('install pack demo from git', (note) => installPack(kubectl, api, note));
    const execution = await tellStory(api, door, kubectl);
    say();
    say(`$ kubectl -n ${NAMESPACE} get executions`);
    say((await kubectl(['-n', NAMESPACE, 'get', 'executions'])).trimEnd());
    sayNext(cluster, execution.metadata.name);
    say(`All of this took ${Math.round((performance.now() - began) / 1000)} s.`);
    if (execution.status?.phase !== 'Succeeded')
      throw new Error(`Execution ${execution.metadata.name} did not succeed`);
  } catch (error) {
    await sayTrouble(kubectl, error);
    process.exitCode = FAILED;
  } finally {
    door?.close();
    await api.close();
  }
}

/** The server needs no more than the image, so it comes up while the chart is installed. */
async function makeRepository(cluster: Cluster, images: Images, kubectl: Kubectl): Promise<void> {
  const namespaces = await kubectl(['get', 'namespaces', '-o', 'name']);
  if (!namespaces.split('\n').includes(`namespace/${NAMESPACE}`)) await kubectl(['create', 'namespace', NAMESPACE]);
  await kubectl(['label', '--overwrite', 'namespace', NAMESPACE, 'pod-security.kubernetes.io/enforce=restricted']);
  const files = filesIn(demoFile('pack'));
  const { version } = parse(files['pack.yaml'] ?? '') as { version: string };
  const image = imageOf(images.runnerPython, cluster.registry);
  const objects = gitServer({ repositories: { demo: files }, tag: `v${version}`, image });
  for (const object of objects)
    await kubectl(['-n', NAMESPACE, 'apply', '--server-side', '--force-conflicts', '-f', '-'], JSON.stringify(object));
}

async function applyFiles(kubectl: Kubectl): Promise<void> {
  await kubectl(['-n', NAMESPACE, 'rollout', 'status', 'deployment/git', '--timeout=60s']);
  for (const name of FILES) await kubectl(['-n', NAMESPACE, 'apply', '--server-side', '-f', demoFile(`${name}.yaml`)]);
}

async function installPack(kubectl: Kubectl, api: Transport, note: Note): Promise<void> {
  const pack = parse(await readFile(demoFile('pack.yaml'), 'utf8')) as { spec: object };
  // The tag is the same as ever: other files behind it are fetched when this text is another one.
  const asked = { ...pack, spec: { ...pack.spec, reinstall: digestOf(filesIn(demoFile('pack'))) } };
  await kubectl(['-n', NAMESPACE, 'apply', '--server-side', '-f', '-'], JSON.stringify(asked));
  await packReady(api, NAMESPACE, 'demo', note);
  const objects = ['triggertype/demo.alertmanager', 'action/demo.free-disk', 'rule/demo.production-disks'];
  await kubectl(['-n', NAMESPACE, 'wait', '--for=condition=Ready', '--timeout=30s', ...objects]);
}

async function tellStory(api: Transport, door: Installed, kubectl: Kubectl): Promise<Execution> {
  const token = (await kubectl(['-n', NAMESPACE, 'create', 'token', 'alertmanager'])).trim();
  const staging = await notification('staging');
  const production = await notification('production');

  say('\nAlertmanager notifies about a disk in staging:');
  const first = storyteller();
  first('event', `POST ${WEBHOOK}`);
  const ignored = await postEvent(door, WEBHOOK, staging, token);
  first('answer', `${accepted(ignored)}; no rule matched, nothing runs`);
  if (ignored.executions.length > 0) throw new Error(`rule demo.production-disks matched the alert of staging`);

  say('\nAlertmanager notifies about a disk in production:');
  const tell = storyteller();
  tell('event', `POST ${WEBHOOK}`);
  const answer = await postEvent(door, WEBHOOK, production, token);
  tell('answer', accepted(answer));
  const [name] = answer.executions;
  if (name === undefined) throw new Error('no rule matched; see "kubectl get rules", condition Enforced');
  const execution = await follow(api, NAMESPACE, name, tell);
  const { result } = (execution.status?.result ?? {}) as { readonly result?: unknown };
  say(JSON.stringify(result ?? execution.status?.result, undefined, 2).replaceAll(/^/gm, ' '.repeat(12)));

  say('\nAlertmanager sends the same notification again, as it does when an answer was lost:');
  const again = storyteller();
  again('event', `POST ${WEBHOOK}`);
  const repeated = await postEvent(door, WEBHOOK, production, token);
  again('answer', `${accepted(repeated)}; the same Execution, no second Job`);
  if (repeated.executions.join() !== name)
    throw new Error(`the repeated event led to ${repeated.executions.join() || 'nothing'}, not to ${name}`);
  return execution;
}

function accepted({ code, body, executions }: Awaited<ReturnType<typeof postEvent>>): string {
  if (code !== 202) throw new Error(`POST ${WEBHOOK} was answered ${code}: ${body}`);
  return `202 accepted${executions.length > 0 ? `, Execution ${executions.join(', ')}` : ''}`;
}

/** The notification of the file, as if its firing alerts had started just now: the start is part of an alert's identity. */
async function notification(name: string): Promise<unknown> {
  const event = JSON.parse(await readFile(demoFile(`events/${name}.json`), 'utf8')) as { alerts: { status: string }[] };
  const startsAt = new Date().toISOString();
  return {
    ...event,
    alerts: event.alerts.map((alert) => (alert.status === 'firing' ? { ...alert, startsAt } : alert)),
  };
}

function sayNext({ kubeconfig, tools, origin }: Cluster, execution: string): void {
  const path = origin === 'embedded' ? [`export PATH=${dirname(tools.kubectl)}:$PATH`] : [];
  const down = values.context === undefined ? 'npm run demo:down' : `npm run demo:down -- --context ${values.context}`;
  say('\nWhat to try next:\n');
  for (const line of [
    `export KUBECONFIG=${kubeconfig}`,
    ...path,
    `kubectl -n ${NAMESPACE} get execution ${execution} -o yaml      # all that is known about it`,
    `kubectl -n ${NAMESPACE} get packs,actions,rules,triggertypes    # the files in e2e/demo, as objects`,
    `npx squall -n ${NAMESPACE} pack get demo                        # the pack, its commit, what it brought`,
    'kubectl explain rule.spec.criteria                              # every field is documented',
    `npx squall -n ${NAMESPACE} status                               # operator, webhooks, queue, last event`,
    `npx squall -n ${NAMESPACE} run core.local cmd='date; id'        # run something by hand`,
    `npx squall -n ${NAMESPACE} execution re-run ${execution} keep_days=2`,
    `${down}                                         # take it all away`,
  ]) {
    say(`  ${line}`);
  }
  say();
}

/** Which step failed was told by the progress or is in the message; here is what helps to see why. */
async function sayTrouble(kubectl: Kubectl, error: unknown): Promise<void> {
  say(`\nThe demo stopped: ${error instanceof Error ? error.message : String(error)}`);
  const looks = [
    ['-n', NAMESPACE, 'get', 'executions,jobs,pods', '-o', 'wide'],
    ['-n', NAMESPACE, 'get', 'packs,rules,triggertypes,actions'],
    ['-n', NAMESPACE, 'get', 'pack', 'demo', '-o', 'yaml'],
    ['-n', NAMESPACE, 'get', 'events', '--sort-by=.lastTimestamp'],
    ['-n', OPERATOR_NAMESPACE, 'get', 'pods', '-o', 'wide'],
    ['-n', OPERATOR_NAMESPACE, 'logs', `deployment/${fullname(RELEASE)}`, '--tail=40'],
  ];
  for (const args of looks) {
    say(`\n$ kubectl ${args.join(' ')}`);
    say((await kubectl(args).catch((cause: unknown) => String(cause))).trimEnd() || '(nothing)');
  }
}

/** Removes clusters of our own; in a cluster that was named, only what the demo put there. */
async function down(): Promise<void> {
  if (values.context === undefined) {
    const removed = await closeCluster(progress);
    return say(
      removed ? 'The cluster is gone; what was built is kept for next time.' : 'There was no cluster of ours.',
    );
  }
  const { tools, kubeconfig } = await openCluster({ context: values.context, registry: values.registry, progress });
  progress.expect(2);
  const all = ['--kubeconfig', kubeconfig];
  await progress.step(`delete namespace ${NAMESPACE}`, () =>
    run(tools.kubectl, [...all, 'delete', 'namespace', NAMESPACE, '--ignore-not-found']),
  );
  await progress.step('uninstall Squall with helm', () =>
    run(tools.helm, [...all, 'uninstall', RELEASE, '-n', OPERATOR_NAMESPACE, '--ignore-not-found']),
  );
  say(
    `The custom resource definitions, other objects of Squall and the namespace ${OPERATOR_NAMESPACE} with its volume claim stay.`,
  );
}

const [verb, ...more] = positionals;
if (values.help || more.length > 0 || (verb !== undefined && verb !== 'down')) {
  say('npm run demo [-- --context NAME [--registry PREFIX]]\nnpm run demo:down [-- --context NAME]');
  process.exitCode = values.help ? 0 : 2;
} else {
  await (verb === 'down' ? down() : demo()).catch((error: unknown) => {
    say(`\nThe demo stopped: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = FAILED;
  });
}
