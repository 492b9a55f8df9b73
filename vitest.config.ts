// vitest.config.ts — unit tests: the pure layers run with clock, chance and network trapped.
import { defineConfig } from 'vitest/config';

const pure = ['operator/api/**/*.test.ts', 'operator/domain/**/*.test.ts'];

export default defineConfig({
  test: {
    projects: [
      { test: { name: 'pure', include: pure, setupFiles: ['operator/domain/purity.setup.ts'] } },
      {
        test: {
          name: 'unit',
          include: ['*.test.ts', '{operator,crds,runners,packs,cli,e2e}/**/*.test.ts'],
          exclude: [...pure, 'e2e/stories/**', '**/node_modules/**'],
          testTimeout: 20_000,
        },
      },
    ],
  },
});
