// e2e/packs/servers.ts — the servers that cases call their peers: what brings each, how it is started, when it is ready.
import type { Tokens } from './matching.ts';
import { answers, answersHttp, listsRefs, metricIsThere } from './probes.ts';

/** Where one shall listen, and a folder of its own. */
export interface Place {
  readonly host: string;
  readonly port: number;
  /** A second free one, for what the program wants to itself. */
  readonly spare: number;
  readonly folder: string;
}

export interface Server {
  /** As cases name the peer. */
  readonly name: string;
  /** Debian package that brings it. */
  readonly apt: string;
  /** Succeeds where it is installed. */
  readonly check: readonly string[];
  readonly files?: (place: Place) => Readonly<Record<string, string>>;
  /** Shell script in its folder, before it starts. */
  readonly before?: string;
  readonly command: (place: Place) => readonly [string, ...string[]];
  readonly isReady: (place: Place) => Promise<boolean>;
  readonly tokens?: (place: Place) => Tokens;
}

const ANN = `
export GIT_AUTHOR_NAME=Ann GIT_AUTHOR_EMAIL=a@b.c GIT_AUTHOR_DATE=2020-01-01T00:00:00Z
export GIT_COMMITTER_NAME=Ann GIT_COMMITTER_EMAIL=a@b.c GIT_COMMITTER_DATE=2020-01-01T00:00:00Z
git init --quiet --bare --initial-branch=master origin.git
commit=$(git -C origin.git commit-tree -m first "$(git -C origin.git mktree </dev/null)")
git -C origin.git update-ref refs/heads/master "$commit"`;

/** Of MQTT 3.1.1: CONNECT without a name, and the CONNACK that accepts it. */
const MQTT = { connect: '100c00044d5154540402003c0000', accepted: '20020000' };

/** With Debian's package, or with a virtual environment that is active. */
const python = (...words: readonly string[]): readonly [string, ...string[]] => [
  'sh',
  '-c',
  `for python in python3 /usr/bin/python3; do if $python -c 'import aiosmtpd'; then exec $python "$@"; fi; done; exit 1`,
  'sh',
  ...words,
];

const hostAndPort = ({ host, port }: Place): Tokens => ({ '${peer.host}': host, '${peer.port}': port });
/** The tokens of a server that names none of its own. */
export const tokensOf = (server: Server, place: Place): Tokens => (server.tokens ?? hostAndPort)(place);

/** All but sshd, which is made in the cluster, StackStorm's API, which is Squall, and syslog, which is a socket. */
export const SERVERS: readonly Server[] = [
  {
    name: 'redis',
    apt: 'redis-server',
    check: ['redis-server', '--version'],
    command: ({ host, port }) => [
      'redis-server',
      '--bind',
      host,
      '--port',
      `${port}`,
      '--save',
      '',
      '--protected-mode',
      'no',
    ],
    isReady: (place) => answers(place, Buffer.from('PING\r\n'), Buffer.from('+PONG')),
  },
  {
    name: 'prometheus',
    apt: 'prometheus',
    check: ['prometheus', '--version'],
    files: ({ host, port }) => ({
      'prometheus.yml': JSON.stringify({
        global: { scrape_interval: '2s' },
        scrape_configs: [{ job_name: 'prometheus', static_configs: [{ targets: [`${host}:${port}`] }] }],
      }),
    }),
    command: ({ host, port }) => [
      'prometheus',
      '--config.file=prometheus.yml',
      '--storage.tsdb.path=data',
      `--web.listen-address=${host}:${port}`,
    ],
    isReady: (place) => metricIsThere(place, 'up'),
  },
  {
    name: 'mosquitto',
    apt: 'mosquitto',
    check: ['sh', '-c', 'command -v mosquitto'],
    files: ({ host, port }) => ({ 'mosquitto.conf': `listener ${port} ${host}\nallow_anonymous true\n` }),
    command: () => ['mosquitto', '-c', 'mosquitto.conf'],
    isReady: (place) => answers(place, Buffer.from(MQTT.connect, 'hex'), Buffer.from(MQTT.accepted, 'hex')),
  },
  {
    name: 'smtp',
    apt: 'python3-aiosmtpd',
    check: python('--version'),
    // Prints what it gets.
    command: ({ host, port }) =>
      python('-u', '-m', 'aiosmtpd', '-n', '-l', `${host}:${port}`, '-c', 'aiosmtpd.handlers.Debugging', 'stdout'),
    isReady: (place) => answers(place, Buffer.from('NOOP\r\n'), Buffer.from('220 ')),
  },
  {
    name: 'influxdb',
    apt: 'influxdb',
    check: ['influxd', 'version'],
    files: ({ host, port, spare }) => ({
      'influxdb.conf':
        `reporting-disabled = true\nbind-address = "${host}:${spare}"\n` +
        '[meta]\ndir = "meta"\n[data]\ndir = "data"\nwal-dir = "wal"\n' +
        `[http]\nauth-enabled = false\nbind-address = "${host}:${port}"\n`,
    }),
    command: () => ['influxd', '-config', 'influxdb.conf'],
    isReady: (place) => answersHttp(place, '/ping', 204),
  },
  {
    name: 'git',
    apt: 'git',
    check: ['git', '--version'],
    before: ANN,
    // Sensors wait for a push.
    command: ({ host, port, folder }) => [
      'git',
      'daemon',
      `--base-path=${folder}`,
      '--export-all',
      '--enable=receive-pack',
      '--reuseaddr',
      `--listen=${host}`,
      `--port=${port}`,
      folder,
    ],
    isReady: (place) => listsRefs(`git://${place.host}:${place.port}/origin.git`),
    tokens: ({ host, port }) => ({ '${WORK}/git/origin.git': `git://${host}:${port}/origin.git` }),
  },
];
