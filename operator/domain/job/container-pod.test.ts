// operator/domain/job/container-pod.test.ts — the pod of a container: its own image, with parameters and secrets where the author wants them.
import { describe, expect, test } from 'vitest';
import { container, execution, settings, T0 } from '../execution/builders.setup.ts';
import { jobFor } from './job.ts';
import { build, expanded } from './task.setup.ts';

describe('the pod of a container', () => {
  const spec = {
    image: 'img',
    command: ['run'],
    args: ['--name={{ n }}', '$(HOSTNAME)', '${{ n }}'],
    env: { A: '{{ n }}', T: '{{ token }}' },
    workingDir: '/w',
  };
  const of = (more: object = {}, parameters: object = {}) =>
    container({ container: { ...spec, ...more }, parameters: { n: {}, token: { secret: true }, ...parameters } });
  const given = (n: unknown) =>
    execution({ request: { parameters: { n, token: { valueFrom: { secretKeyRef: { name: 's', key: 'k' } } } } } });
  test('runs the image itself, parameters filled in, secrets by reference', () => {
    const { main, pod, job } = build(given('x'), of());
    expect(main).toMatchObject({
      name: 'action',
      image: 'img',
      command: ['run'],
      args: ['--name=x', '$(HOSTNAME)', '$$x'],
      workingDir: '/w',
    });
    expect(main.env).toContainEqual({ name: 'A', value: 'x' });
    expect(main.env).toContainEqual({ name: 'T', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } });
    expect(main.env).toContainEqual({ name: 'SQUALL_IDEMPOTENCY_KEY', value: 'e-uid' });
    expect(pod).not.toHaveProperty('volumes');
    expect(main['securityContext']).not.toHaveProperty('readOnlyRootFilesystem');
    expect(job.metadata.annotations).toMatchObject({
      'squall.dev/mode': 'container',
      'squall.dev/timeout-seconds': '100',
    });
  });
  test.each(['$(T)', '(T)', '$$(T)', '$'])('a value cannot read a secret variable: %s', (value) => {
    const [first, , last] = build(given(value), of()).main.args ?? [];
    expect(expanded(first ?? '')).toBe(`--name=${value}`);
    expect(expanded(last ?? '')).toBe(`$${value}`);
  });
  test.each<[string, string, string, string]>([
    ['price: $({{ n }} USD)', 'API_KEY) (', 'price: $(API_KEY) ( USD)', 'price: $$(API_KEY) ( USD)'],
    ['$({{ n }})', 'T', '$(T)', '$$(T)'],
    ['$(T{{ n }})', '', '$(T)', '$$(T)'],
    ['$(A$({{ n }})', 'T', '$(A$(T)', '$$(A$$(T)'],
    ['$({{ n }}', 'T)', '$(T)', '$$(T)'],
  ])("the author's $( does not join with a value: %s with %s", (word, value, shown, written) => {
    const [first] = build(given(value), of({ args: [word] })).main.args ?? [];
    expect(first).toBe(written);
    expect(expanded(first ?? '')).toBe(shown);
  });
  test('what is beside a value may still be replaced', () => {
    expect(build(given('x'), of({ args: ['{{ n }}$(T){{ n }} $$(T) $(T'] })).main.args).toEqual(['x$(T)x $$(T) $$(T']);
  });
  test.each(['\ue000\ue001', 'icon \ue100\ue101', '\ue000$(T)\ue001'])('a value stays as it is: %j', (value) => {
    const [first] = build(given(value), of()).main.args ?? [];
    expect(expanded(first ?? '')).toBe(`--name=${value}`);
  });
  test.each<[object, RegExp]>([
    [{ args: ['{{ token }}'] }, /spec\.container\.args\[0\].*whole value of a variable/],
    [{ env: { T: 'x{{ token }}' } }, /spec\.container\.env\.T/],
    [{ args: ['{{ nope }}'] }, /'nope' is undefined/],
  ])('%j is refused', (more, message) => {
    expect(jobFor(given('x'), of(more), 1, settings, T0)).toMatchObject({
      ok: false,
      reason: 'RenderFailed',
      message: expect.stringMatching(message),
    });
  });
});
