// e2e/stories/runner-image.test.ts — the contract's tables against the images as they were built and loaded, on this machine's own containerd.
import { describe } from 'vitest';
import { testRows } from '../../runners/conformance/table.setup.ts';
import { stage } from '../harness.ts';

const command = [process.execPath, 'e2e/cluster/ctr-run.ts'];

describe.runIf(stage.origin === 'embedded')('runner-node', () => {
  testRows('image', () => ({ image: stage.images.runnerNode, command }), false);
});

describe.runIf(stage.origin === 'embedded')('runner-python', () => {
  testRows('image', () => ({ image: stage.images.runnerPython, command }), true);
});
