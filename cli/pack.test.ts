// cli/pack.test.ts — packs: what is asked of the API server, and what is told while they install.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test, vi } from 'vitest';
import { type Answer, failure, reply, serve } from './api-server.setup.ts';

vi.setConfig({ testTimeout: 60_000 }); // each run is a process of its own

const PACKS = '/apis/squall.dev/v1alpha1/namespaces/team/packs';
const STEPS = ['Fetched', 'Valid', 'EnvironmentReady', 'Registered', 'Ready'];

/** A Pack whose first steps have gone well; a message is that of the one that went wrong after them. */
function pack(done: number, step: string, { wrong, more = {} }: { wrong?: string; more?: object } = {}) {
  const conditions = STEPS.map((type, i) => {
    const isWrong = wrong !== undefined && i === done;
    const status = i < done ? 'True' : isWrong ? 'False' : 'Unknown';
    return { type, status, reason: 'X', message: isWrong ? wrong : '', lastTransitionTime: '2026-01-31T12:00:00Z' };
  });
  return {
    metadata: { name: 'csv', namespace: 'team', generation: 1, creationTimestamp: '2026-01-31T12:00:00Z' },
    spec: { from: 'csv' },
    status: { observedGeneration: 1, install: { step }, conditions, ...more },
  };
}

/** An API server on which the Pack goes through these states, one for each look. */
async function installing(states: readonly object[]) {
  const asked: unknown[] = [];
  let looks = -1; // before the first the Pack is not there
  const squall = await serve({
    [`GET ${PACKS}/csv`]: (...all) => {
      looks += 1;
      if (looks === 0) return reply({ reason: 'NotFound', message: 'not found' }, 404)(...all);
      reply(states[Math.min(looks, states.length) - 1])(...all);
    },
    [`POST ${PACKS}`]: (request, response, body) => {
      asked.push(JSON.parse(body));
      reply(pack(0, 'Fetch'), 201)(request, response, body);
    },
  });
  return { squall, asked };
}

const withoutTimes = (text: string) => text.replaceAll(/\(\d+\.\d s\)/g, '(…)');

test('install tells each step with its time, and what came of it', async () => {
  const content = '3 actions';
  const { squall, asked } = await installing([
    pack(0, 'Fetch'),
    pack(2, 'Build'),
    pack(5, 'Done', { more: { version: '1.0.0', content, warnings: ['it is old'] } }),
  ]);
  const { code, out, err } = await squall('pack', 'install', 'csv=1.0.0');
  expect(asked).toEqual([
    {
      apiVersion: 'squall.dev/v1alpha1',
      kind: 'Pack',
      metadata: { name: 'csv' },
      spec: { from: 'csv=1.0.0', force: false },
    },
  ]);
  expect(withoutTimes(err)).toBe(`Pack csv: csv=1.0.0
  [ succeeded ] download pack (…)
  [ succeeded ] validate pack (…)
  [ succeeded ] install pack dependencies (…)
  [ succeeded ] register pack (…)
warning: it is old
`);
  expect([out, code]).toEqual(['Pack csv: version 1.0.0 is installed: 3 actions\n', 0]);
});

/** An API server whose operator refuses the pack under any name but `shop`. */
async function misnamed(before?: object) {
  const asked: string[] = [];
  const message =
    'pack.yaml says that this is pack "shop", and the Pack asks for "csv"; name the Pack shop or set spec.ref';
  const refused = pack(1, 'Failed', { wrong: message, more: { observedGeneration: 9 } });
  const shop = pack(5, 'Done', { more: { version: '1.0.0', content: '3 actions' } });
  const ready = { ...shop, metadata: { ...shop.metadata, name: 'shop' } };
  let isAsked = false;
  let hasShop = false;
  const said =
    (verb: string, answer: () => object): Answer =>
    (request, response, body) => {
      asked.push([verb, body].filter((word) => word !== '').join(' '));
      reply(answer())(request, response, body);
    };
  const nothing = failure(404, 'NotFound', 'not found');
  const squall = await serve({
    [`GET ${PACKS}/csv`]: (...all) => (isAsked ? reply(refused) : before ? reply(before) : nothing)(...all),
    [`GET ${PACKS}/shop`]: (...all) => (hasShop ? reply(ready) : nothing)(...all),
    [`POST ${PACKS}`]: (request, response, body) => {
      const { metadata, spec } = JSON.parse(body) as { metadata: { name: string }; spec: object };
      hasShop = metadata.name === 'shop';
      isAsked = true;
      asked.push(`create ${metadata.name} ${JSON.stringify(spec)}`);
      reply(hasShop ? ready : refused, 201)(request, response, body);
    },
    [`PATCH ${PACKS}/csv`]: said('change csv', () => {
      isAsked = true;
      return refused;
    }),
    [`DELETE ${PACKS}/csv`]: said('delete csv', () => refused),
  });
  return { squall, asked };
}

test('a password in an address is not shown, and told where it stands then', async () => {
  const from = 'https://me:hunter2@host.example/x/csv=v1';
  const ready = { ...pack(5, 'Done'), spec: { from } };
  const { squall, asked } = await installing([ready]);
  const { err } = await squall('pack', 'install', from);
  expect(asked).toMatchObject([{ spec: { from } }]);
  expect(err).toContain('Pack csv: https://********@host.example/x/csv=v1\n');
  expect(err).toContain(
    'warning: https://********@host.example/x/csv=v1: the password stands in the Pack, for all who may read it; put it into a Secret, and name that with --secret\n',
  );
  const { out } = await squall('pack', 'get', 'csv');
  expect(out).toContain('source: https://********@host.example/x/csv=v1\n');
  expect(err + out).not.toContain('hunter2');
});

test('a pack that is called otherwise than its repository is installed under its own name', async () => {
  const { squall, asked } = await misnamed();
  const { code, out, err } = await squall('pack', 'install', 'Ann/stackstorm-csv');
  const spec = '{"from":"Ann/stackstorm-csv","force":false}';
  expect(asked).toEqual([`create csv ${spec}`, 'delete csv', `create shop ${spec}`]);
  expect(err).toContain('Pack csv: its pack.yaml says "shop", so it is installed as Pack shop\n');
  expect([out, code]).toEqual(['Pack shop: version 1.0.0 is installed: 3 actions\n', 0]);
});

test('another Pack of the name of the repository is again what it was', async () => {
  const was = pack(5, 'Done');
  const { squall, asked } = await misnamed({ ...was, spec: { source: { git: { url: 'git://x' } }, force: true } });
  expect((await squall('pack', 'install', 'Ann/csv')).code).toBe(0);
  const changes = asked.map((one) => one.replace(/^change csv /, ''));
  expect(JSON.parse(changes[0] ?? '')).toMatchObject({ spec: { from: 'Ann/csv', source: null, force: false } });
  expect(JSON.parse(changes[1] ?? '')).toEqual({
    spec: {
      from: null,
      source: {
        git: { url: 'git://x', ref: null, path: null, secretRef: null, claimName: null },
        image: null,
        archive: null,
        inline: null,
      },
      force: true,
      reinstall: null,
    },
  });
  expect(changes[2]).toMatch(/^create shop /);
});

test('a name that was given stays, and the failure is told', async () => {
  const { squall, asked } = await misnamed();
  const { code, err } = await squall('pack', 'install', 'Ann/x', '--name', 'csv', '--secret', 'login');
  expect(asked).toEqual([
    'create csv {"source":{"git":{"url":"https://github.com/Ann/x","secretRef":{"name":"login"}}},"force":false}',
  ]);
  expect([code, err]).toEqual([1, expect.stringContaining('name the Pack shop or set spec.ref\n')]);
});

test('register counts the types that are named, and knows no others', async () => {
  const ready = pack(5, 'Done', {
    more: { version: '1.0.0', content: '3 actions', counts: { actions: 3, policies: 1, config_schema: 1 } },
  });
  const squall = await serve({ [`PATCH ${PACKS}/csv`]: reply(ready), [`GET ${PACKS}/csv`]: reply(ready) });
  const { out, code } = await squall('pack', 'register', 'csv', '--types', 'action, Policy,rules,config,runners');
  expect([out, code]).toEqual([
    'Pack csv: version 1.0.0 is installed: 3 actions\nactions: 3\npolicies: 1\nrules: 0\nconfigs: 1\n',
    0,
  ]);
  expect(await squall('pack', 'register', 'csv', '--types', 'actons')).toMatchObject({
    code: 2,
    err: expect.stringMatching(
      /^squall: --types actons: nothing of that type is registered; .* Did you mean "actions"\?\n$/,
    ),
  });
});

test.each([
  ['has failed', pack(2, 'Failed', { wrong: 'no index' }), true],
  ['has lost its content', pack(4, 'Done', { wrong: 'it is not in the pack store any more' }), true],
  ['is ready', pack(5, 'Done'), false],
])('the same folder once more, of a pack that %s', async (_what, before, isAgain) => {
  const folder = mkdtempSync(join(tmpdir(), 'squall-register-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'pack.yaml'), 'name: csv\n');
  const metadata = { name: 'squall', namespace: 'ops' };
  const operator = { metadata, spec: { template: { spec: { containers: [{}] } } } };
  const changes: object[] = [];
  const put: Answer = (request, response, body) =>
    (request.method === 'PUT' ? reply({}) : failure(404, 'NotFound', request.url ?? ''))(request, response, body);
  const squall = await serve(
    {
      'GET /apis/apps/v1/deployments': reply({ items: [operator], metadata: {} }),
      [`PATCH ${PACKS}/csv`]: (request, response, body) => {
        changes.push(JSON.parse(body).spec);
        reply(before)(request, response, body);
      },
      [`GET ${PACKS}/csv`]: reply(pack(5, 'Done', { more: { version: '1.0.0', content: '' } })),
    },
    put,
  );
  expect(await squall('pack', 'register', folder)).toMatchObject({ code: 0, err: expect.any(String) });
  const archive = expect.stringMatching(/^sha256:/);
  const upload = { from: null, source: { archive, git: null, image: null, inline: null } };
  expect(changes).toEqual([upload, ...(isAgain ? [{ reinstall: expect.stringMatching(/^20/) }] : [])]);
});

test('a failure is told once: its first line, then every finding', async () => {
  const findings = [
    { file: 'actions/a.yaml', line: 3, message: 'name: it is missing' },
    { file: 'b.yaml', message: 'no' },
  ];
  const wrong = 'It has 2 faults; actions/a.yaml:3: name: it is missing; and 1 more';
  const { squall } = await installing([pack(1, 'Failed', { wrong, more: { findings } })]);
  const { code, err } = await squall('pack', 'install', 'csv');
  expect(code).toBe(1);
  expect(withoutTimes(err)).toBe(`Pack csv: csv
  [ succeeded ] download pack (…)
  [ failed    ] validate pack (…)
squall: Pack csv: It has 2 faults
  actions/a.yaml:3: name: it is missing
  b.yaml: no
`);
});

test('Ctrl-C leaves the installation going, and says how to look at it', async () => {
  const { squall } = await installing([pack(1, 'Validate')]);
  const program = fileURLToPath(new URL('./squall.js', import.meta.url));
  const child = spawn(process.execPath, [program, '--kubeconfig', squall.kubeconfig, 'pack', 'install', 'csv']);
  let err = '';
  child.stderr.on('data', (text) => {
    err += text;
    if (!child.killed && err.includes('download pack')) child.kill('SIGINT');
  });
  const code = await new Promise((resolve) => child.on('close', resolve));
  expect(code).toBe(130);
  expect(err).toMatch(/\nsquall: Pack csv: its installation goes on\. See it: squall pack get csv\n$/);
});

test('list and get show ref, version, commit, author, ready and counts', async () => {
  const one = pack(5, 'Done', {
    more: { ref: 'csv', version: '1.0.0', commit: 'bc9aa2c680f3aaaa', author: 'Jane', content: '3 actions' },
  });
  const squall = await serve({
    [`GET ${PACKS}`]: reply({ items: [one], metadata: {} }),
    [`GET ${PACKS}/csv`]: reply(one),
  });
  const { out } = await squall('pack', 'list');
  expect(out).toMatch(
    /^REF +VERSION +COMMIT +AUTHOR +READY +CONTENT +AGE\ncsv +1\.0\.0 +bc9aa2c680f3 +Jane +True +3 actions +\d+d\n$/,
  );
  expect((await squall('pack', 'get', 'csv')).out).toContain('commit: bc9aa2c680f3aaaa\ncontent: 3 actions\n');
});

test.each([
  [['get', 'nope'], `GET ${PACKS}/nope`],
  [['remove', 'nope'], `DELETE ${PACKS}/nope`],
  [['register', 'nope'], `PATCH ${PACKS}/nope`],
])('%j of a Pack that is not there names it and where to look', async (words, route) => {
  const here = await serve({ [route]: failure(404, 'NotFound', 'packs.squall.dev "nope" not found') });
  expect(await here('pack', ...words)).toEqual({
    code: 1,
    out: '',
    err: 'squall: Pack nope: there is none in namespace team; see squall pack list, or choose another -n\n',
  });
  const bare = await serve({ [route]: (_, response) => void response.writeHead(404).end('404 page not found\n') });
  expect((await bare('pack', ...words)).err).toContain(
    'Pack nope: this cluster does not know the kind; install the chart',
  );
  const guarded = await serve({ [route]: failure(403, 'Forbidden', 'packs.squall.dev "nope" is forbidden') });
  expect((await guarded('pack', ...words)).err).toMatch(
    /Pack nope: .*is forbidden; ask whoever looks after the cluster/,
  );
});

test('install refuses a file, and names the namespace that is not there; an empty list says how it gets longer', async () => {
  const squall = await serve({
    [`POST ${PACKS}`]: failure(404, 'NotFound', 'namespaces "team" not found'),
    [`GET ${PACKS}`]: reply({ items: [], metadata: {} }),
  });
  const file = join(dirname(squall.kubeconfig), 'pack.zip');
  writeFileSync(file, '');
  expect((await squall('pack', 'install', file)).err).toBe(
    `squall: ${file}: it is a file; name the folder of a pack, or an archive of one: .tar, .tar.gz, .tgz or .tar.zst\n`,
  );
  expect((await squall('pack', 'install', 'csv')).err).toBe(
    'squall: create Pack csv: namespaces "team" not found; choose another one with -n, or create it\n',
  );
  expect(await squall('pack', 'list')).toEqual({
    code: 0,
    out: '',
    err: 'No Pack is in namespace team: squall pack install NAME brings one.\n',
  });
});
