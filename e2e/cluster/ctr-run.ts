// e2e/cluster/ctr-run.ts — `docker run` for the embedded cluster's images: the words that runners/conformance says, done by ctr.
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { constants } from 'node:os';
import { paths } from './home.ts';

/** What is understood, and what ctr is told instead; containers have no new privileges there unless it is said. */
const WORDS: readonly (readonly [pattern: RegExp, words: (match: readonly string[]) => readonly string[]])[] = [
  [/^run$/, () => []],
  [/^--rm$/, () => ['--rm']],
  [/^--read-only$/, () => ['--read-only']],
  [/^--network=host$/, () => ['--net-host']],
  // The image has it; ctr has no word for it.
  [/^--user=65532$/, () => []],
  [/^--cap-drop=ALL$/, () => [...CAPABILITIES].flatMap((name) => ['--cap-drop', name])],
  [/^--security-opt=no-new-privileges$/, () => []],
  [
    /^--volume=([^:]+):([^:]+)(:ro)?$/,
    ([, from = '', to = '', mode]) => [
      '--mount',
      `type=bind,src=${from},dst=${to},options=rbind:${mode ? 'ro' : 'rw'}`,
    ],
  ],
  [/^--env=([^=]+)=(.*)$/s, ([, name = '', value = '']) => ['--env', `${name}=${value}`]],
  [/^--env=([^=]+)$/, ([, name = '']) => ['--env', `${name}=${process.env[name] ?? ''}`]],
];
/** Those that a container has when nothing is said. */
const CAPABILITIES = [
  'CHOWN',
  'DAC_OVERRIDE',
  'FSETID',
  'FOWNER',
  'MKNOD',
  'NET_RAW',
  'SETGID',
  'SETUID',
  'SETFCAP',
  'SETPCAP',
  'NET_BIND_SERVICE',
  'SYS_CHROOT',
  'KILL',
  'AUDIT_WRITE',
].map((name) => `CAP_${name}`);

const [image = '', ...rest] = process.argv.slice(2).toReversed();
const words = rest.toReversed().flatMap((word) => {
  for (const [pattern, translate] of WORDS) {
    const match = pattern.exec(word);
    if (match) return translate(match);
  }
  throw new Error(`"${word}" is not understood`);
});
const reference = image.includes('.') && image.indexOf('.') < image.indexOf('/') ? image : `docker.io/${image}`;
const to = ['--address', paths.containerdSocket, '--namespace', 'k8s.io'];
const child = spawn('ctr', [...to, 'run', ...words, reference, `run-${randomUUID()}`], { stdio: 'inherit' });
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => child.kill(signal));
child.once('exit', (code, signal) => process.exit(code ?? 128 + (signal ? constants.signals[signal] : 0)));
