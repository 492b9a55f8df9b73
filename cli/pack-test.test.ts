// cli/pack-test.test.ts — the unit tests of a pack, run by the Python of this machine in a real environment.
import { spawn, spawnSync } from 'node:child_process';
import { globSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';

const PROGRAM = fileURLToPath(new URL('./squall.js', import.meta.url));
/** Kept: to make the common environment takes a quarter of a minute. */
const CACHE = join(tmpdir(), 'squall-pack-test-cache');
const hasPython = ['python3.11', 'python3'].some((name) => spawnSync(name, ['-m', 'venv', '--help']).status === 0);

const ALIAS = `name: greet
action_ref: greeter.greet
formats:
  - "greet {{name}}"
  - {display: "hail NAME", representation: ["hail {{name}}", "hail {{name}} {{times=2}} times"]}
`;
const ACTION = `from st2common.runners.base_action import Action
from greeting import words

class Greet(Action):
    def run(self, name):
        self.action_service.set_value("last", name)
        return True, words(self.config["word"], name)
`;
const SENSOR = `from st2reactor.sensor.base import PollingSensor

class Doorbell(PollingSensor):
    def setup(self): pass
    def cleanup(self): pass
    def add_trigger(self, trigger): pass
    def update_trigger(self, trigger): pass
    def remove_trigger(self, trigger): pass
    def poll(self):
        if self.sensor_service.get_value("rung"):
            self.sensor_service.dispatch(trigger="greeter.rung", payload={"who": self.config["who"]})
`;
const TESTS = `import os
import requests
from doorbell import Doorbell
from greet import Greet
from st2common.content.utils import get_pack_base_path
from st2tests.base import BaseActionAliasTestCase, BaseActionTestCase, BaseSensorTestCase, CleanFilesTestCase


class GreetTest(BaseActionTestCase):
    action_cls = Greet

    def test_greets(self):
        action = self.get_action_instance({"word": self.get_fixture_content("word.txt")})
        self.assertEqual(action.run(name="Jane"), (True, "hello Jane"))
        self.assertEqual(self.action_service.get_value("last"), "Jane")

    def test_config_is_missing(self):
        with self.assertRaisesRegex(ValueError, "word"):
            self.get_action_instance({}).run(name="Jane")

    def test_is_where_packs_are(self):
        self.assertTrue(os.path.isfile(os.path.join(get_pack_base_path("greeter"), "pack.yaml")))


class DoorbellTest(BaseSensorTestCase):
    sensor_cls = Doorbell

    def test_dispatches(self):
        sensor = self.get_sensor_instance({"who": "Jim"}, poll_interval=1)
        sensor.poll()
        self.assertEqual(self.get_dispatched_triggers(), [])
        self.sensor_service.set_value("rung", "yes")
        sensor.poll()
        self.assertTriggerDispatched("greeter.rung", payload={"who": "Jim"})


class AliasTest(BaseActionAliasTestCase):
    action_alias_name = "greet"

    def test_alias(self):
        strings = self.action_alias_db.get_format_strings()
        self.assertCommandMatchesExactlyOneFormatString(strings, "greet Jane")
        self.assertExtractedParametersMatch(strings[2], "hail Jane 3 times", {"name": "Jane", "times": "3"})


class FilesTest(CleanFilesTestCase):
    to_delete_files = [os.path.join(os.path.dirname(__file__), "left-over")]

    def test_writes(self):
        open(self.to_delete_files[0], "w").close()
`;

function packWith(files: Record<string, string>): string {
  const folder = join(mkdtempSync(join(tmpdir(), 'squall-pack-')), 'stackstorm-greeter');
  onTestFinished(() => rmSync(dirname(folder), { recursive: true }));
  for (const [path, text] of Object.entries({ 'pack.yaml': 'name: greeter\nversion: 1.0.0\n', ...files })) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

const GREETER = {
  'actions/greet.py': ACTION,
  'actions/lib/greeting.py': 'def words(word, name):\n    return word.strip() + " " + name\n',
  'sensors/doorbell.py': SENSOR,
  'aliases/greet.yaml': ALIAS,
  'tests/fixtures/word.txt': 'hello\n',
  'tests/test_greeter.py': TESTS,
};

const WHEEL = 'vendored-1-py3-none-any.whl';
const FROM_WHEEL = 'from vendored import WORD\n\ndef words(_, name):\n    return WORD + " " + name\n';

function zipped(folder: string, name: string, files: Record<string, string>): void {
  const inside = packWith(files);
  const tops = new Set(Object.keys(files).map((path) => path.split('/')[0] ?? ''));
  spawnSync('python3', ['-m', 'zipfile', '-c', join(folder, name), ...tops], { cwd: inside });
}

async function squall(words: readonly string[], env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [PROGRAM, ...words], {
    env: { ...process.env, XDG_CACHE_HOME: CACHE, ...env },
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (text) => (out += text));
  child.stderr.on('data', (text) => (err += text));
  return { code: await new Promise((resolve) => child.on('close', resolve)), out, err };
}

test.skipIf(!hasPython)('actions, sensors and aliases are tested as in StackStorm', { timeout: 300_000 }, async () => {
  const folder = packWith(GREETER);
  const all = await squall(['pack', 'test', folder]);
  expect(all, all.out + all.err).toMatchObject({ code: 0, out: expect.stringMatching(/^6 passed/m) });
  const named = await squall(['pack', 'test', folder, '--case', 'test_greeter.py::GreetTest::test_greets', '-v']);
  expect(named.out).toMatch(/::test_greets PASSED/);
  expect(named.out).toMatch(/ 1 passed/);
  expect((await squall(['pack', 'test', folder, '--case', 'alias'])).out).toMatch(/^1 passed, 5 deselected/m);
  expect(await squall(['pack', 'test', folder, '--case', 'nobody'])).toMatchObject({
    code: 5,
    err: expect.stringContaining('Pack greeter: no test fits'),
  });
  expect(readdirSync(folder).toSorted()).toEqual(['actions', 'aliases', 'pack.yaml', 'sensors', 'tests']);
  expect(readdirSync(join(folder, 'tests')).toSorted()).toEqual(['fixtures', 'test_greeter.py']);
});

test.skipIf(!hasPython)(
  'what fails is named; requirements that cannot be had are told',
  { timeout: 300_000 },
  async () => {
    const kept = join(CACHE, 'squall', 'pack-tests');
    for (const path of globSync('*/greeter-*', { cwd: kept })) rmSync(join(kept, path), { recursive: true });
    const bad = { ...GREETER, 'tests/fixtures/word.txt': 'bye' };
    const failing = await squall(['pack', 'test', packWith({ ...bad, 'tests/test_broken.py': 'import nowhere\n' })]);
    expect(failing).toMatchObject({ code: 1, out: expect.stringContaining("'bye Jane') != (True, 'hello Jane')") });
    expect(failing.out).toMatch(/^1 failed, 5 passed, .*1 error in/m); // one file is broken, and the others run
    const asking = packWith({ ...GREETER, 'requirements.txt': `./${WHEEL}\n`, 'actions/lib/greeting.py': FROM_WHEEL });
    const refused = await squall(['pack', 'test', asking]);
    expect(refused).toMatchObject({ code: 1, out: '' });
    expect(refused.err).toMatch(/^squall: Pack greeter: .*pip install .* failed with exit code \d+\n/m);
    expect(refused.err).toContain(WHEEL);
    zipped(asking, WHEEL, {
      'vendored.py': 'WORD = "hello"\n',
      'vendored-1.dist-info/METADATA': 'Metadata-Version: 2.1\nName: vendored\nVersion: 1\n',
      'vendored-1.dist-info/WHEEL': 'Wheel-Version: 1.0\nGenerator: none\nRoot-Is-Purelib: true\nTag: py3-none-any\n',
      'vendored-1.dist-info/RECORD': '',
    });
    const made = await squall(['pack', 'test', asking]);
    expect(made, made.out + made.err).toMatchObject({ code: 0, err: expect.stringContaining('requirements.txt') });
    expect((await squall(['pack', 'test', asking])).err).not.toContain('requirements.txt');
  },
);

test('a pack without tests, a folder that is none, and a machine without Python', async () => {
  for (const files of [{}, { 'tests/greet.test.ts': '' }] as Record<string, string>[])
    expect(await squall(['pack', 'test', packWith(files)])).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^Pack greeter: it has no tests in Python/),
    });
  expect((await squall(['pack', 'test', '/nowhere'])).err).toBe(
    'squall: /nowhere: there is no such folder; name the folder of a pack\n',
  );
  const folder = packWith(GREETER);
  rmSync(join(folder, 'pack.yaml'));
  expect((await squall(['pack', 'test', folder])).err).toContain('there is no pack.yaml in it');
  const none = await squall(['pack', 'test', packWith(GREETER)], { PATH: '/nowhere' });
  expect(none).toMatchObject({
    code: 1,
    err: expect.stringMatching(/^squall: Python: there is none from 3\.9 on; install/),
  });
  const strange = await squall(['pack', 'test', packWith(GREETER), '--python', '9.9']);
  expect(strange.err).toMatch(/^squall: --python 9\.9: it does not start/);
});
