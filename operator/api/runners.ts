// operator/api/runners.ts — the runners that exist; without zod, since runner images read it too.

/** Those that run as programs of our images; names are StackStorm's, `node-script` is ours. */
export const POD_RUNNERS = [
  'local-shell-cmd',
  'local-shell-script',
  'python-script',
  'node-script',
  'http-request',
  'remote-shell-cmd',
  'remote-shell-script',
] as const;
/** All: `container` runs an image of the user's, `noop` nothing. */
export const RUNNERS = [...POD_RUNNERS, 'container', 'noop'] as const;
export type RunnerType = (typeof RUNNERS)[number];
