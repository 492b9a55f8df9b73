// operator/domain/install/image.test.ts — packs in images, and packs whose pods have an image of their own: what their actions run in, and until when.
import { expect, test } from 'vitest';
import {
  begun,
  condition,
  CONTENT,
  installed,
  job,
  later,
  manifest,
  NOW,
  pack,
  reported,
  seen,
} from './install.setup.ts';
import { planPack } from './plan.ts';

const contentsOf = ({ writes = [] }: Pick<ReturnType<typeof planPack>, 'writes'>) =>
  writes.flatMap((write) => (write.do === 'apply' && write.object.kind === 'Action' ? [write.object.spec] : []));

test('a pack in an image is looked after as any: overrides, configuration, and its image until another is ready', () => {
  const at = (image: string) => ({ from: undefined, source: { image } });
  const { status: begin = {}, after } = planPack(seen({ self: pack({ spec: at('shop:1') }) }), NOW);
  expect(JSON.stringify(after)).not.toMatch(/squall-package-index|squall-git/);
  const self = pack({ spec: at('shop:1'), status: reported({ content: CONTENT }, begin) });
  const first = planPack(seen({ self, manifest: manifest() }), later(6));
  expect(first.status?.installed).toMatchObject({ image: 'shop:1', content: CONTENT });
  expect(contentsOf(first)).toEqual([
    expect.objectContaining({ ref: 'shop.ship_it', content: { image: 'shop:1' } }),
    expect.objectContaining({ ref: 'shop.say', content: { image: 'shop:1' } }),
  ]);
  const status = first.status ?? {};
  const overrides = { actions: { defaults: { enabled: false } } };
  const changed = pack({ spec: { ...at('shop:1'), overrides, config: { values: {} } }, status });
  const strict = manifest({ configSchema: { token: { type: 'string', required: true } } });
  const kept = planPack(seen({ self: changed, manifest: strict }), later(60));
  expect(contentsOf(kept)).toMatchObject([{ enabled: false }, { enabled: false }]);
  expect(condition(kept.status, 'ConfigValid')).toMatchObject({ status: 'False' });
  for (const spec of [at('shop:2'), { from: 'shop=2.0.0' }]) {
    const begun2 = planPack(seen({ self: pack({ spec, status }), manifest: manifest() }), later(70)).status ?? {};
    const upgrading = pack({ spec, status: begun2 });
    expect(contentsOf(planPack(seen({ self: upgrading, manifest: manifest(), job: job() }), later(71)))).toMatchObject([
      { content: { image: 'shop:1' } },
      { content: { image: 'shop:1' } },
    ]);
  }
});

test('a pack whose pods have an image of their own is built in it, and keeps it until another is ready', () => {
  const at = (image: string) => ({ pod: { image, imagePullSecrets: ['mine'] } });
  const begin = planPack(seen({ self: pack({ spec: at('tools:1') }) }), NOW);
  expect(begin.status?.install?.key).not.toBe(begun().install?.key);
  const [made] = (begin.after ?? []).flatMap((write) => (write.do === 'create' ? [write.object] : []));
  expect(made?.['spec']).toMatchObject({
    template: {
      spec: {
        imagePullSecrets: [{ name: 'mine' }],
        containers: [
          {
            image: 'tools:1',
            env: expect.arrayContaining([{ name: 'SQUALL_INSTALL_IMAGE', value: 'tools:1' }]),
          },
        ],
      },
    },
  });
  // Of what the namespace keeps, it gets only what its environment needs.
  expect(JSON.stringify(made)).toContain('squall-package-index');
  expect(JSON.stringify(made)).not.toContain('squall-git');
  const self = pack({ spec: at('tools:1'), status: reported({ content: CONTENT }, begin.status ?? {}) });
  const first = planPack(seen({ self, manifest: manifest() }), later(6));
  expect(first.status?.installed).toMatchObject({ podImage: 'tools:1', content: CONTENT });
  const content = { files: CONTENT.files, environment: CONTENT.environment, image: 'tools:1' };
  expect(contentsOf(first)).toMatchObject([{ content }, { content }]);
  const status = first.status ?? {};
  for (const spec of [at('tools:2'), {}]) {
    const begun2 = planPack(seen({ self: pack({ spec, status }), manifest: manifest() }), later(70)).status ?? {};
    const changing = pack({ spec, status: begun2 });
    expect(contentsOf(planPack(seen({ self: changing, manifest: manifest(), job: job() }), later(71)))).toMatchObject([
      { content },
      { content },
    ]);
  }
});

test('a pack of files stays what it is while an image of it is not ready', () => {
  const spec = { from: undefined, source: { image: 'shop:2' } };
  const begun2 = planPack(seen({ self: pack({ spec, status: installed() }), manifest: manifest() }), later(60)).status;
  const upgrading = pack({ spec, status: begun2 ?? {} });
  const [shipIt] = contentsOf(planPack(seen({ self: upgrading, manifest: manifest(), job: job() }), later(61)));
  expect(shipIt).toMatchObject({ content: { files: CONTENT.files } });
});
