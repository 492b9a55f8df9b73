// operator/telemetry/telemetry.test.ts — metrics keep their conventions; logs never show what they must not.
import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { createLog } from './log.ts';
import { createMetrics, METRICS, METRICS_CONTENT_TYPE, metricsText } from './metrics.ts';

test.each(Object.values(METRICS))('$name follows the conventions', ({ name, type, help, labels }) => {
  expect(name).toMatch(/^[a-z][a-z_]+[a-z]$/);
  expect(help).toMatch(/^[A-Z0-9].*\.$/);
  if (type === 'counter') expect(name).toMatch(/_total$/);
  if (type === 'histogram') expect(name).toMatch(/_seconds$/);
  for (const label of labels) expect(['name', 'namespace', 'message', 'execution', 'rule', 'uid']).not.toContain(label);
});

test('the text has every metric with its help, and build information', async () => {
  const metrics = createMetrics({ version: '1.2.3' });
  const text = await metricsText(metrics);
  for (const { name, help } of Object.values(METRICS)) expect(text).toContain(`# HELP squall_${name} ${help}`);
  expect(text).toContain('squall_build_info{version="1.2.3"} 1');
  expect(METRICS_CONTENT_TYPE).toContain('text/plain');
});

test('a collected gauge is filled at each scrape and forgets labels that are gone', async () => {
  const metrics = createMetrics({ version: 'test' });
  let phases: Record<string, number> = { Running: 2, Failed: 1 };
  metrics.collect('executions', (gauge) => {
    for (const [phase, n] of Object.entries(phases)) gauge.set({ phase }, n);
  });
  expect(await metricsText(metrics)).toContain('squall_executions{phase="Failed"} 1');
  phases = { Running: 3 };
  const text = await metricsText(metrics);
  expect(text).toContain('squall_executions{phase="Running"} 3');
  expect(text).not.toContain('phase="Failed"');
});

test('two sets of metrics do not disturb each other; those of Node.js come on demand', async () => {
  const [a, b] = [createMetrics({ version: 'a' }), createMetrics({ version: 'b', process: true })];
  a.eventsAccepted.inc();
  expect(await metricsText(b)).toContain('squall_events_accepted_total 0');
  expect(await metricsText(b)).toContain('process_resident_memory_bytes');
  expect(await metricsText(a)).not.toContain('process_resident_memory_bytes');
});

function recorded(write: (log: ReturnType<typeof createLog>) => void): string {
  let text = '';
  const destination = new Writable({
    write: (chunk, _encoding, done) => {
      text += chunk;
      done();
    },
  });
  write(createLog({ destination }));
  return text;
}

test('a line is JSON with level, time, constant message and facts', () => {
  const line = JSON.parse(
    recorded((log) => log.child({ controller: 'execution' }).info({ execution: 'a/e' }, 'job created')),
  );
  expect(line).toMatchObject({
    level: 'info',
    name: 'squall',
    controller: 'execution',
    execution: 'a/e',
    msg: 'job created',
  });
  expect(line.time).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/);
});

test('parameters, results, headers, tokens are never printed', () => {
  const secrets = {
    parameters: { p: 'S3CRET' },
    headers: { authorization: 'S3CRET' },
    token: 'S3CRET',
    stdout: 'S3CRET',
  };
  const text = recorded((log) => {
    log.info(secrets, 'x');
    log.info({ request: secrets, execution: { result: 'S3CRET' } }, 'x');
    log.error({ err: Object.assign(new Error('post result'), { request: secrets, body: 'S3CRET' }) }, 'x');
  });
  expect(text).not.toContain('S3CRET');
  expect(text).toContain('[hidden]');
});

test('an error is told with its causes', () => {
  const cause = Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
  const line = JSON.parse(recorded((log) => log.warn({ err: new Error('create Job a/j', { cause }) }, 'tried again')));
  expect(line.err).toMatchObject({
    message: 'create Job a/j',
    cause: { message: 'socket hang up', code: 'ECONNRESET' },
  });
});
