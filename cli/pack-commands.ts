// cli/pack-commands.ts — the verbs of `squall pack`.
import { Command, Option } from 'commander';
import { done, output } from './option.ts';
import { listPacks, removePacks, showPack } from './pack.ts';
import { installPacks, type PackInstallOptions } from './pack-install.ts';
import { registerPacks, type RegisterOptions } from './pack-register.ts';
import type { ConfigOptions } from './pack-config.ts';
import { type IndexOptions, searchPacks, showPackAnywhere } from './pack-search.ts';
import type { Format } from './print.ts';
import { type PackTestOptions, testPack } from './pack-test.ts';
import type { Doing, Offline } from './session.ts';

const SOURCES = `
Packs:
  name, name=version              from the index
  owner/repository                from GitHub
  https://host/repository=branch  branch, tag, commit or version of a git repository; also ssh:// and git@host:…
  file:///folder, ./folder=branch what is committed in a git tree of this machine
  ./pack.tar.gz                   an archive of this machine: .tar, .tar.gz, .tgz, .tar.zst

Private repositories are read with the Secret that --secret names, else with the Secret squall-git of the namespace.`;

const TESTS = `
The environment has what the pack's requirements.txt and requirements-tests.txt ask for, and what the runner has;
it is made by uv, or by pip where there is no uv, and kept in your cache folder until the requirements change.

  squall pack test ./my_pack
  squall pack test ./my_pack --case test_action_parse.py::ParseTestCase`;

const CONFIG = `
Values go to spec.config of the Pack, or to its file in the ConfigMap squall-configs, which is there before the Pack and
after it. What the schema calls secret goes to a Secret; key=@secret:name/key refers to one that is there.

  squall pack config redis
  squall pack config redis --set host=redis.example.org port=6379 password=@secret:redis/password
  squall pack config redis --set 'user={{ st2kv.system.redis_user }}'`;

export function addPackCommands(squall: Command, doing: Doing, offline: Offline): void {
  const pack = squall.command('pack').description('packs: sets of actions, workflows, rules and more');
  pack
    .command('install')
    .description('install packs, or fetch them again')
    .argument('<packs...>', 'where they come from')
    .option('--name <name>', 'name of the Pack (default: as its pack.yaml says)')
    .option('--secret <name>', 'Secret of the namespace with which the repository is read')
    .option('--path <folder>', 'folder of the pack in the repository (default: its top)')
    .option('--force', 'though it asks for another version of StackStorm or Python')
    .option('--skip-dependencies', 'not the packs that it depends on')
    .option('-a, --async', 'do not wait')
    .addHelpText('after', SOURCES)
    .action(doing<PackInstallOptions>((session, options, packs) => installPacks(session, packs, options)));
  pack
    .command('register')
    .description('register the files of a folder as they are, also what is not committed; or an installed pack again')
    .argument('<packs...>', 'folders, or names of packs')
    .option('--name <name>', 'name of the Pack (default: as the folder is called)')
    .option('--types <types>', 'what to count afterwards, for example actions,rules; all are registered together')
    .action(doing<RegisterOptions>((session, options, packs) => registerPacks(session, packs, options)));
  pack
    .command('list')
    .description('list packs')
    .addOption(output('table', 'json', 'yaml', 'name'))
    .action(doing<{ output: Format }>((session, options) => listPacks(session, options).then(done)));
  const index = (command: Command): Command =>
    command.option(
      '--index <url...>',
      'addresses or files of indexes (default: SQUALL_PACK_INDEXES, else those of the cluster)',
    );
  index(pack.command('search'))
    .description('packs of the index that have a text in their name, keywords or description')
    .argument('<text>', 'what to look for')
    .addOption(output('table', 'json', 'yaml', 'name'))
    .action(doing<IndexOptions>((session, options, [text = '']) => searchPacks(session, text, options).then(done)));
  index(pack.command('show'))
    .description('a pack as the index has it, and as it is installed')
    .argument('<name>', 'its name, or name=version')
    .addOption(output('table', 'json', 'yaml'))
    .action(
      doing<IndexOptions>((session, options, [name = '']) => showPackAnywhere(session, name, options).then(done)),
    );
  pack
    .command('get')
    .description('an installed pack with what it brings and what is wrong with it')
    .argument('<name>', 'name of a Pack')
    .addOption(output('table', 'json', 'yaml'))
    .action(doing<{ output: Format }>((session, options, [name = '']) => showPack(session, name, options).then(done)));
  pack
    .command('config')
    .description('the configuration of a pack; on a terminal every key of its schema is asked for')
    .argument('<name>', 'name of the Pack')
    .option('--explain', 'what its schema says of each key')
    .option('--show', 'what stands in it, without secrets and defaults')
    .option('--set <key=value...>', 'values; keys with dots between them reach into objects')
    .option('--unset <keys...>', 'keys that are to go')
    .option('--from-file <file>', 'a mapping of keys to values, YAML or JSON; - reads the standard input')
    .addOption(
      new Option('--to <place>', 'where it is written (default: the Pack where it is there)').choices([
        'pack',
        'configmap',
      ]),
    )
    .option('--force', 'save it though it does not fit the schema')
    .addOption(new Option('-o, --output <format>', 'how --show prints it').choices(['yaml', 'json']).default('yaml'))
    .addHelpText('after', CONFIG)
    .action(
      doing<ConfigOptions>(async (session, options, [name = '']) =>
        (await import('./pack-config.ts')).configurePack(session, name, options),
      ),
    );
  pack
    .command('remove')
    .description('remove packs, when what runs of them has ended')
    .argument('<names...>', 'names of Packs')
    .action(doing((session, _, names) => removePacks(session, names).then(done)));
  pack
    .command('test')
    .description('run the unit tests that a pack has, on this machine, without a cluster')
    .argument('<folder>', 'folder of the pack')
    .option('--python <python>', 'version, name or path of the Python (default: 3.11 where it is there)')
    .option('--case <tests>', 'only some: FILE, FILE::CLASS::TEST, or a word that their names have')
    .option('--fresh', 'make the environment anew, though requirements are as they were')
    .option('-v, --verbose', 'name every test, and what is installed for them')
    .addHelpText('after', TESTS)
    .action(offline<PackTestOptions>((screen, options, folder) => testPack(screen, folder, options)));
}
