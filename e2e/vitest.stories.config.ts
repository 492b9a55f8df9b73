// e2e/vitest.stories.config.ts — stories share one cluster: two files at a time, those that disturb it alone and last.
import { defineConfig } from 'vitest/config';

const shared = { testTimeout: 180_000, hookTimeout: 120_000, root: '.' };

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...shared,
          name: 'stories',
          include: ['e2e/stories/*.test.ts'],
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          ...shared,
          name: 'disruptive',
          include: ['e2e/stories/disruptive/*.test.ts'],
          fileParallelism: false,
          testTimeout: 900_000,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
