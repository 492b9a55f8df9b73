// e2e/bench/packs-made.ts — packs to be measured with: many packages, a large environment, many actions.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

type Files = Readonly<Record<string, string>>;

const head = (ref: string, version: string): Files => ({
  'pack.yaml': `ref: ${ref}\nname: ${ref}\ndescription: To be measured\nversion: ${version}\nauthor: Ann\nemail: ann@example.org\n`,
});

/** What packs of StackStorm ask for most, with what that depends on. */
const PACKAGES = [
  'boto3==1.35.0',
  'cachetools==5.5.0',
  'click==8.1.7',
  'dnspython==2.6.1',
  'httplib2==0.22.0',
  'Jinja2==3.1.4',
  'jsonschema==4.23.0',
  'packaging==24.1',
  'prettytable==3.11.0',
  'python-dateutil==2.9.0.post0',
  'pytz==2024.1',
  'PyYAML==6.0.2',
  'redis==5.0.8',
  'requests==2.32.3',
  'simplejson==3.19.3',
  'tabulate==0.9.0',
  'tenacity==9.0.0',
  'toml==0.10.2',
  'tqdm==4.66.5',
  'xmltodict==0.13.0',
];

export const withPackages = (version: string): Files => ({
  ...head('measured', version),
  'requirements.txt': `${PACKAGES.join('\n')}\n`,
  'actions/look.yaml': 'name: look\nrunner_type: python-script\nentry_point: look.py\n',
  'actions/look.py': `import boto3, jinja2, redis, requests, yaml
from st2common.runners.base_action import Action


class Look(Action):
    def run(self):
        return requests.__version__
`,
});

/** Its environment has so many files of 10 000 bytes, which take 12 MB in an archive. */
export const HEAVY_FILES = 3000;

/** A package that is made where it is installed, so that the pack itself stays small; it needs no index. */
const BACKEND = `import base64
import os
import random
import zipfile


def build_wheel(folder, settings=None, metadata=None):
    info = 'heavy_data-1.0.dist-info'
    files = {
        f'{info}/METADATA': 'Metadata-Version: 2.1\\nName: heavy-data\\nVersion: 1.0\\n',
        f'{info}/WHEEL': 'Wheel-Version: 1.0\\nGenerator: bench\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n',
        'heavy_data/__init__.py': '',
    }
    source = random.Random(1)
    for number in range(${HEAVY_FILES}):
        noise = base64.b64encode(source.randbytes(3750)).decode()
        files[f'heavy_data/part{number % 60}/{number}.txt'] = noise + 'x' * (10_000 - len(noise))
    files[f'{info}/RECORD'] = ''.join(f'{name},,\\n' for name in [*files, f'{info}/RECORD'])
    wheel = 'heavy_data-1.0-py3-none-any.whl'
    with zipfile.ZipFile(os.path.join(folder, wheel), 'w') as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return wheel
`;

/** How long it took from the start of the container until all files were there: what the runner needs to start is in it. */
const LOOK = `import os
import time

from st2common.runners.base_action import Action


class Look(Action):
    def run(self):
        top = '/opt/stackstorm/virtualenvs/heavy'
        times = [os.lstat(os.path.join(at, name)) for at, _, names in os.walk(top) for name in names]
        with open('/proc/1/stat') as stat:
            ticks = int(stat.read().rpartition(')')[2].split()[19])
        up = time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / os.sysconf('SC_CLK_TCK')
        began = time.time() - up
        last = max(one.st_ctime for one in times)
        return {'seconds': last - began, 'files': len(times), 'bytes': sum(one.st_size for one in times)}
`;

/** A pack that has a large environment: one action uses it as any does, the other tells how it came. */
export const withHeavyEnvironment = (): Files => ({
  ...head('heavy', '1.0.0'),
  'requirements.txt': './data\n',
  'data/backend.py': BACKEND,
  'data/pyproject.toml':
    '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n[project]\nname = "heavy-data"\nversion = "1.0"\n',
  'actions/nothing.yaml': 'name: nothing\nrunner_type: python-script\nentry_point: nothing.py\n',
  'actions/nothing.py': `from st2common.runners.base_action import Action


class Nothing(Action):
    def run(self):
        return None
`,
  'actions/look.yaml': 'name: look\nrunner_type: python-script\nentry_point: look.py\n',
  'actions/look.py': LOOK,
});

/** A folder with a pack of one Python action that says a word, as its author has just written it. */
export function makeWord(folder: string, word: string): void {
  write(folder, {
    ...head('author', '0.1.0'),
    'actions/say.yaml': 'name: say\nrunner_type: python-script\nentry_point: say.py\n',
    'actions/say.py': `from st2common.runners.base_action import Action


class Say(Action):
    def run(self):
        return '${word}'
`,
  });
}

/** A folder with a pack of so many Python actions. */
export function makeMany(folder: string, count: number): void {
  const action = (number: number): readonly [string, string] => [
    `actions/step_${number}.yaml`,
    [
      `name: step_${number}`,
      `description: Step ${number}`,
      'runner_type: python-script',
      'entry_point: step.py',
      'parameters:',
      '  host: {type: string, required: true, description: Where}',
      '  count: {type: integer, default: 1, description: How often}',
      '',
    ].join('\n'),
  ];
  write(folder, {
    ...head('many', '1.0.0'),
    'actions/step.py':
      'from st2common.runners.base_action import Action\n\n\nclass Step(Action):\n    def run(self, host, count):\n        return host\n',
    ...Object.fromEntries(Array.from({ length: count }, (_, number) => action(number))),
  });
}

function write(folder: string, files: Files): void {
  mkdirSync(join(folder, 'actions'), { recursive: true });
  for (const [path, text] of Object.entries(files)) writeFileSync(join(folder, path), text);
}
