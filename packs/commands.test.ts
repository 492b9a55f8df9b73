// packs/commands.test.ts — which command the actions of pack linux run on a machine.
import { expect, test } from 'vitest';
import { ActionSpec } from '../operator/api/action.ts';
import { resolveParameters } from '../operator/domain/action/resolve.ts';
import { reading } from './reading.setup.ts';

const { reading: read } = reading('packs/linux');
const specs = read.ok ? read.manifest.resources.map(({ spec }) => spec) : [];

function commandOf(name: string, parameters: object): unknown {
  const ref = `linux.${name}`;
  const spec = ActionSpec.parse(specs.find((one) => one['ref'] === ref));
  const resolved = resolveParameters(spec, {
    ref,
    parameters: { hosts: 'web-1', ...parameters },
    rendered: false,
    context: {},
    world: { nowMs: 0, seed: 1 },
  });
  return resolved.ok ? resolved.runnerParameters['cmd'] : resolved.message;
}

const AB = { source: '/a', destination: '/b' };

test.each([
  ['cp', AB, 'cp -v /a /b'],
  ['cp', { ...AB, recursive: true, force: true }, 'cp -v -r -f /a /b'],
  ['cp', { ...AB, recursive: true, args: '-a' }, 'cp -a /a /b'],
  ['cp', { ...AB, verbose: false }, 'cp /a /b'],
  ['mv', { ...AB, force: true }, 'mv -v -f /a /b'],
  ['mv', { ...AB, force: true, args: '-n' }, 'mv -n /a /b'],
  ['rm', { target: '/a', recursive: true }, 'rm -v -r /a'],
  ['rm', { target: '/a', args: '-rf' }, 'rm -rf /a'],
  ['file_touch', { file: '/a' }, 'touch /a'],
  ['lsof', {}, 'lsof '],
  ['lsof_pids', { pids: '1 2' }, 'lsof -p 1,2'],
  ['lsof_pids', { pids: ' 1  2,\n3 ' }, 'lsof -p 1,2,3'],
  ['lsof_pids', { pids: [1, 2] }, 'lsof -p 1,2'],
  ['lsof_pids', { pids: 1 }, 'lsof -p 1'],
  ['netstat', { args: '-tln' }, 'netstat -tln'],
  ['netstat_grep', { pids: [12, 'nginx'] }, "netstat -pant 2>/dev/null | grep -E '12|nginx' || true"],
  ['pkill', { process: 'nginx' }, 'pkill -e nginx'],
  ['vmstat', { args: '1 2' }, 'vmstat 1 2'],
  [
    'rsync',
    { ...AB, dest_server: 'db-1', connect_timeout: 5 },
    'rsync -e "ssh -o BatchMode=yes -o ConnectTimeout=5" -avz /a db-1:/b',
  ],
  ['scp', AB, 'scp -B -v /a /b'],
  ['scp', { ...AB, dest_server: 'eve@db-1', recursive: true, keyfile: '/k' }, 'scp -B -v -r -i /k /a eve@db-1:/b'],
  ['scp', { ...AB, recursive: true, args: '-p' }, 'scp -B -p /a /b'],
])('linux.%s with %j', (name, parameters, command) => {
  expect(commandOf(name, parameters)).toBe(command);
});
