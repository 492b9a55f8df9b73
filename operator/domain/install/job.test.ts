// operator/domain/install/job.test.ts — which Secret the Job of a Pack gets for its repository.
import { expect, test } from 'vitest';
import { pack, seen } from './install.setup.ts';
import { installJob } from './job.ts';

interface Mounts {
  readonly containers: readonly {
    readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
  }[];
  readonly volumes: readonly { readonly name: string; readonly secret?: object }[];
}

function gitOf(spec: object) {
  const { template } = installJob(pack({ spec }), 'j', seen().settings).spec as { template: { spec: Mounts } };
  const { containers, volumes } = template.spec;
  const mount = containers[0]?.volumeMounts.find(({ name }) => name === 'git');
  return { at: mount?.mountPath, secret: volumes.find(({ name }) => name === 'git')?.secret };
}

const url = 'https://git.example.org/x';
const named = { secretName: 'mine', defaultMode: 0o440 };
const ofNamespace = { secretName: 'squall-git', optional: true, defaultMode: 0o440 };

test.each([
  [{ from: undefined, source: { git: { url, secretRef: { name: 'mine' } } } }, named],
  [{ from: undefined, source: { git: { url } } }, ofNamespace],
  [{ from: 'shop' }, ofNamespace],
  [{ from: undefined, source: { inline: { 'pack.yaml': '' } } }, ofNamespace],
])('%j is fetched with the Secret that it names, else with that of the namespace', (spec, secret) => {
  expect(gitOf(spec)).toEqual({ at: '/var/run/squall-git', secret });
});

test('an image of somebody gets none but the one that the Pack names', () => {
  const pod = { image: 'mine:1' };
  expect(gitOf({ pod })).toEqual({ at: undefined, secret: undefined });
  const source = { git: { url, secretRef: { name: 'mine' } } };
  expect(gitOf({ from: undefined, source, pod }).secret).toEqual(named);
  expect(gitOf({ from: undefined, source: { image: 'shop:1' } })).toEqual({ at: undefined, secret: undefined });
});
