// operator/domain/install/upgrade.test.ts — another version of a pack: what is there stays in use until the new one is ready, also when that fails.
import { expect, test } from 'vitest';
import {
  condition,
  CONTENT,
  installed,
  job,
  kinds,
  later,
  manifest,
  NOW,
  pack,
  reported,
  seen,
} from './install.setup.ts';
import { planPack } from './plan.ts';

test('an upgrade that fails leaves the installed version ready, and says so', () => {
  const self = pack({ status: installed(), spec: { from: 'shop=2.0.0' } });
  const upgrade = planPack(seen({ self, manifest: manifest() }), later(60));
  expect(kinds(upgrade.after)).toEqual(['create Job']);
  expect(upgrade.status?.installed).toMatchObject({ content: CONTENT });
  const failed = reported(
    {
      step: 'Failed',
      failedStep: 'Validate',
      message: '1 file is not valid',
      findings: [{ file: 'actions/x.yaml', line: 3, message: 'no runner' }],
    },
    upgrade.status,
  );
  expect(condition(failed, 'Ready')).toMatchObject({ status: 'True', reason: 'PackInvalid' });
  expect(condition(failed, 'Ready')?.message).toContain('Version 1.0.0 stays in use');
  expect(condition(failed, 'Stalled')).toMatchObject({ status: 'True' });
  expect(condition(failed, 'Valid')?.message).toBe('1 file is not valid; actions/x.yaml:3: no runner');
  expect(failed).toMatchObject({ version: '1.0.0', installed: { content: CONTENT } });
});

test('the way back to a version goes by a Job of its own: that of the first time is there for an hour', () => {
  const first = installed();
  const upgrade = planPack(seen({ self: pack({ status: first, spec: { from: 'shop=2.0.0' } }) }), later(60));
  const back = planPack(seen({ self: pack({ status: upgrade.status ?? {} }) }), later(120));
  expect(back.status?.install).toMatchObject({ key: first.install?.key, attempt: 1 });
  expect(back.status?.install?.job).not.toBe(first.install?.job);
});

test('what the pack store has lost is installed again, but for an upload', () => {
  const self = pack({ status: installed() });
  const lost = planPack(seen({ self, manifest: 'missing' }), later(60));
  expect(condition(lost.status, 'Ready')).toMatchObject({ status: 'False', reason: 'ContentMissing' });
  const without = pack({ status: lost.status ?? {} });
  // It may be back by then.
  expect(planPack(seen({ self: without, manifest: 'missing' }), later(61)).after).toBeUndefined();
  const again = planPack(seen({ self: without, manifest: 'missing' }), later(66));
  expect(kinds(again.after)).toEqual(['create Job']);
  expect(again.status?.install).toMatchObject({ key: self.status?.install?.key, step: 'Fetch' });
  const backAgain = planPack(seen({ self: pack({ status: lost.status ?? {} }), manifest: manifest() }), later(66));
  expect(condition(backAgain.status, 'Ready')).toMatchObject({ status: 'True' });

  const spec = { from: undefined, source: { archive: CONTENT.files } };
  const begun = planPack(seen({ self: pack({ spec }) }), NOW).status ?? {};
  const brought = pack({ spec, status: reported({ content: CONTENT }, begun) });
  const uploaded = planPack(seen({ self: brought, manifest: manifest() }), later(6)).status ?? {};
  const gone = planPack(seen({ self: pack({ spec, status: uploaded }), manifest: 'missing' }), later(60));
  expect(condition(gone.status, 'Ready')?.message).toMatch(/; upload it again, as squall pack register does$/);
  const never = planPack(seen({ self: pack({ spec, status: gone.status ?? {} }), manifest: 'missing' }), later(66));
  expect(never.after).toBeUndefined();
});

test('what was lost is not ready before it is back, whatever becomes of the tries', () => {
  const self = pack({ status: installed() });
  const lost = planPack(seen({ self, manifest: 'missing' }), later(60)).status ?? {};
  const again = planPack(seen({ self: pack({ status: lost }), manifest: 'missing' }), later(66)).status ?? {};
  const failed = reported({ step: 'Failed', failedStep: 'Fetch', message: 'no such host' }, again);
  expect(condition(failed, 'Ready')).toMatchObject({ status: 'False', reason: 'FetchFailed' });
  const back = planPack(seen({ self: pack({ status: failed }), manifest: manifest() }), later(67)).status;
  expect(condition(back, 'Ready')).toMatchObject({ status: 'True', reason: 'Installed' });
});

test('while a new version is on its way, or has failed, the installed one is looked after', () => {
  const self = pack({ status: installed(), spec: { from: 'shop=2.0.0' } });
  const status = planPack(seen({ self, manifest: manifest() }), later(60)).status ?? {};
  const upgrading = pack({ status, spec: { from: 'shop=2.0.0' } });
  const running = planPack(seen({ self: upgrading, manifest: manifest(), job: job() }), later(61));
  expect(kinds(running.writes)).toContain('apply Rule');
  const failed = reported({ step: 'Failed', failedStep: 'Validate', message: 'bad' }, status);
  const broken = planPack(
    seen({ self: pack({ status: failed, spec: { from: 'shop=2.0.0' } }), manifest: manifest() }),
    later(70),
  );
  expect(kinds(broken.writes)).toContain('apply Rule');
  expect(condition(broken.status, 'Stalled')).toMatchObject({ status: 'True' });
});
