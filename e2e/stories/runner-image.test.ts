// e2e/stories/runner-image.test.ts — the contract's table against the image as it was built and loaded, on this machine's own containerd.
import { describe } from 'vitest';
import { testRows } from '../../runners/conformance/table.setup.ts';
import { stage } from '../harness.ts';

describe.runIf(stage.origin === 'embedded')('runner-node', () => {
  testRows('image', () => ({
    image: stage.images.runnerNode,
    command: [process.execPath, 'e2e/cluster/ctr-run.ts'],
  }));
});
