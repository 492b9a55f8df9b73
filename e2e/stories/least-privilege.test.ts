// e2e/stories/least-privilege.test.ts — what the operator's account may do, and all that it may not.
import { expect, test } from 'vitest';
import { parseAllDocuments, stringify } from 'yaml';
import { kubectl, kubectlRefusal, run, stage } from '../harness.ts';
import { scratchNamespace } from './scratch.ts';

const { name: namespace } = scratchNamespace('least');
const fullname = stage.release.includes('squall') ? stage.release : `${stage.release}-squall`;
const operator = [
  `--as=system:serviceaccount:${stage.namespace}:${fullname}`,
  '--as-group=system:serviceaccounts',
  '--as-group=system:authenticated',
];

async function may(verb: string, resource: string, where: readonly string[]): Promise<boolean> {
  const { stdout, stderr } = await run(stage.kubectl, [
    ...operator,
    'auth',
    'can-i',
    verb,
    ...resource.split(' '),
    ...where,
  ]);
  if (!/^(?:yes|no)/.test(stdout)) throw new Error(`kubectl auth can-i ${verb} ${resource}: ${stderr}`);
  return stdout.startsWith('yes');
}
const here = ['-n', namespace];
const home = ['-n', stage.namespace];
const all = ['-A'];

const must: [string, string, readonly string[]][] = [
  ...['get', 'list', 'watch'].flatMap((verb) =>
    ['actions', 'workflows', 'triggertypes', 'rules', 'executions'].map((kind): [string, string, string[]] => [
      verb,
      `${kind}.squall.dev`,
      all,
    ]),
  ),
  ['create', 'executions.squall.dev', here],
  ['delete', 'executions.squall.dev', here],
  ['update', 'executions.squall.dev --subresource=status', here],
  ['create', 'jobs.batch', here],
  ['delete', 'jobs.batch', here],
  ['watch', 'pods', all],
  ['get', 'pods --subresource=log', here],
  ['create', 'secrets', here],
  ['get', 'secrets/squall-api-keys', here],
  ['get', 'secrets/squall-webhooks', here],
  ['get', 'secrets/squall-datastore', here],
  ['patch', 'secrets/squall-datastore', here],
  ['create', 'keyvalues.squall.dev', here],
  ['patch', 'keyvalues.squall.dev', here],
  ['delete', 'keyvalues.squall.dev', here],
  ['update', 'keyvalues.squall.dev --subresource=status', here],
  ['get', `secrets/${fullname}-tls`, home],
  ['create', 'events.events.k8s.io', here],
  ['create', 'tokenreviews.authentication.k8s.io', []],
  ['create', 'subjectaccessreviews.authorization.k8s.io', []],
  ['update', 'leases.coordination.k8s.io/squall-operator', home],
  // What packs bring; a policy keeps it from all else, see below.
  ...['actions', 'workflows', 'triggertypes', 'rules'].flatMap((kind) =>
    ['create', 'patch', 'delete'].map((verb): [string, string, string[]] => [verb, `${kind}.squall.dev`, here]),
  ),
  ['patch', 'packs.squall.dev', here],
  ['update', 'packs.squall.dev --subresource=status', here],
  ['get', 'configmaps/squall-configs', here],
  ['watch', 'configmaps/squall-overrides', here],
  ['get', 'configmaps/squall-pack-index', here],
];
test.each(must)('it may %s %s %j', async (verb, resource, where) => {
  expect(await may(verb, resource, where)).toBe(true);
});

const mustNot: [string, string, readonly string[]][] = [
  ['list', 'secrets', all],
  ['get', 'nodes', all],
  ['list', 'secrets', here],
  ['watch', 'secrets', home],
  ['list', 'secrets/squall-datastore', here],
  ['get', 'secrets/anything', here],
  ['get', `secrets/${fullname}-tls`, here],
  ['patch', 'secrets', here],
  ['create', 'pods', here],
  ['delete', 'pods', here],
  ['create', 'pods --subresource=exec', here],
  ['get', 'pods --subresource=exec', here],
  ['create', 'pods --subresource=ephemeralcontainers', here],
  ['create', 'serviceaccounts --subresource=token', here],
  ['impersonate', 'users', []],
  ['impersonate', 'serviceaccounts', here],
  ['update', 'executions.squall.dev', here],
  ['patch', 'executions.squall.dev', here],
  ['update', 'rules.squall.dev', here],
  ['create', 'packs.squall.dev', here],
  ['delete', 'packs.squall.dev', here],
  ['get', 'configmaps/anything', here],
  ['patch', 'jobs.batch', here],
  ['create', 'deployments.apps', home],
  ['create', 'rolebindings.rbac.authorization.k8s.io', here],
  ['create', 'clusterrolebindings.rbac.authorization.k8s.io', []],
  ['escalate', 'clusterroles.rbac.authorization.k8s.io', []],
  ['list', 'configmaps', all],
  ['list', 'nodes', []],
  ['update', 'nodes', []],
  ['list', 'namespaces', []],
  ['update', 'customresourcedefinitions.apiextensions.k8s.io', []],
  ['update', 'validatingadmissionpolicies.admissionregistration.k8s.io', []],
  ['update', 'leases.coordination.k8s.io/another', home],
  ['create', 'leases.coordination.k8s.io', here],
];
test.each(mustNot)('it may not %s %s %j', async (verb, resource, where) => {
  expect(await may(verb, resource, where)).toBe(false);
});

test('of Secrets it writes only those for parameters: no token of another account, no change of what others made', async () => {
  const secret = (name: string, type: string, annotations = {}): string =>
    stringify({ apiVersion: 'v1', kind: 'Secret', metadata: { namespace, name, annotations }, type });
  const create = [...operator, 'create', '--dry-run=server', '-f', '-'];
  await kubectl(create, secret('x-secrets', 'squall.dev/parameters'));
  const words = 'writes only Secrets of type squall.dev/parameters and its own certificate';
  const token = secret('squall-api-keys', 'kubernetes.io/service-account-token', {
    'kubernetes.io/service-account.name': 'default',
  });
  expect(await kubectlRefusal(create, token)).toContain(words);
  await kubectl(create, secret('squall-datastore', 'squall.dev/datastore'));
  expect(await kubectlRefusal(create, secret('squall-datastore', 'Opaque'))).toContain(words);
  expect(await kubectlRefusal(create, secret('another', 'squall.dev/datastore'))).toContain(words);
  await kubectl(['create', '-f', '-'], secret('of-others', 'Opaque'));
  expect(await kubectlRefusal([...operator, '-n', namespace, 'delete', 'secret', 'of-others'])).toContain(words);
});

test('of what users write it changes nothing: only what it has registered from packs, and of a Pack the finalizers', async () => {
  const action = (name: string, labels: object): string =>
    stringify({
      apiVersion: 'squall.dev/v1alpha1',
      kind: 'Action',
      metadata: { namespace, name, labels },
      spec: { runner: 'local-shell-cmd' },
    });
  const words = 'writes only what it has registered from packs';
  const create = [...operator, 'create', '--dry-run=server', '-f', '-'];
  await kubectl(create, action('of.pack', { 'squall.dev/pack': 'of' }));
  expect(await kubectlRefusal(create, action('of.nobody', {}))).toContain(words);
  await kubectl(['create', '-f', '-'], action('of.people', {}));
  const patching = [...operator, '-n', namespace, 'patch', '--dry-run=server', '--type=merge'];
  const patch = (kind: string, name: string, change: object) => [...patching, kind, name, '-p', JSON.stringify(change)];
  expect(await kubectlRefusal(patch('action', 'of.people', { spec: { enabled: false } }))).toContain(words);
  expect(await kubectlRefusal([...operator, '-n', namespace, 'delete', 'action', 'of.people'])).toContain(words);
  const pack = { apiVersion: 'squall.dev/v1alpha1', kind: 'Pack', metadata: { namespace, name: 'of' } };
  await kubectl(
    ['create', '-f', '-'],
    stringify({ ...pack, spec: { source: { inline: { 'README.md': 'no pack' } } } }),
  );
  expect(await kubectlRefusal(patch('pack', 'of', { spec: { force: true } }))).toContain(words);
});

test('in the scope of one namespace nothing of the operator reaches another', async () => {
  const { stdout, code, stderr } = await run(stage.helm, [
    'template',
    'one',
    'charts/squall',
    '-n',
    namespace,
    '--set',
    'scope=namespace,crds.install=false',
    '--kube-version',
    '1.34',
  ]);
  expect(stderr).toBe('');
  expect(code).toBe(0);
  const objects = parseAllDocuments(stdout).map(
    (document) =>
      document.toJS() as {
        kind: string;
        metadata: { name: string; namespace?: string };
        rules?: { resources?: string[] }[];
      },
  );
  const wide = objects.filter(
    ({ kind, metadata }) => kind === 'ClusterRole' && !/-(?:view|edit|admin)$/.test(metadata.name),
  );
  expect(
    wide
      .flatMap(({ rules }) => rules ?? [])
      .flatMap(({ resources }) => resources ?? [])
      .sort(),
  ).toEqual(['subjectaccessreviews', 'tokenreviews']);
  expect(
    objects.filter(({ kind, metadata }) => ['Role', 'RoleBinding'].includes(kind) && metadata.namespace !== namespace),
  ).toEqual([]);
  const bindings = objects.filter(({ kind }) => kind === 'ValidatingAdmissionPolicyBinding');
  expect(bindings).toHaveLength(10);
  for (const binding of bindings)
    expect(binding).toMatchObject({
      spec: { matchResources: { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } } } },
    });
});
