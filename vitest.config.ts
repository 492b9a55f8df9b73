// vitest.config.ts — unit tests: the pure layers run with clock, chance and network trapped; what starts programs or waits runs apart.
import { defineConfig } from 'vitest/config';

/** No state of their own, so their files share a worker. */
const pure = ['operator/api/**/*.test.ts', 'operator/domain/**/*.test.ts'];
/** They start processes, or wait for the clock: part of `npm test`, too slow for `npm run check`. */
const processes = [
  'cli/{control,key,main,pack,pack-config,pack-search,pack-source,pack-test,pack-upload,run-graph,tree}.test.ts',
  'runners/conformance/run.test.ts',
  'runners/installer/{environment,git,git-login,hostile,install,install-refused,install-sources,network,node-environment}.test.ts',
  'runners/node/http/{ending,reach}.test.ts',
  'runners/node/ssh/{ending,openssh}.test.ts',
  'runners/python/compat.test.ts',
  'packs/python.test.ts',
  'e2e/packs/{bring,serving}.test.ts',
  'operator/kube/transport{,-retries,-watch}.test.ts',
  'operator/http/{blob-store,server,volume-lock}.test.ts',
];

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'pure',
          include: pure,
          setupFiles: ['operator/domain/purity.setup.ts'],
          pool: 'threads',
          isolate: false,
        },
      },
      {
        test: {
          name: 'unit',
          include: ['*.test.ts', '{operator,crds,runners,packs,cli,e2e}/**/*.test.ts'],
          exclude: [...pure, ...processes, 'e2e/stories/**', '**/node_modules/**'],
          testTimeout: 20_000,
        },
      },
      { test: { name: 'processes', include: processes, testTimeout: 20_000 } },
    ],
  },
});
