// cli/pack-commands.ts — the verbs of `squall pack`.
import { Command, Option } from 'commander';
import { installPacks, listPacks, type PackInstallOptions, removePacks, showPack } from './pack.ts';
import { registerPacks, type RegisterOptions } from './pack-register.ts';
import type { Format } from './print.ts';
import type { Doing } from './session.ts';

const SOURCES = `
Packs:
  name, name=version              from the index
  owner/repository                from GitHub
  https://host/repository=branch  branch, tag, commit or version of a git repository; also ssh:// and git@host:…
  file:///folder, ./folder        what is committed in a git tree of this machine`;

export function addPackCommands(squall: Command, doing: Doing): void {
  const pack = squall.command('pack').description('packs: sets of actions, workflows, rules and more');
  const output = (...formats: Format[]): Option =>
    new Option('-o, --output <format>', 'how to print it').choices(formats).default(formats[0]);
  pack
    .command('install')
    .description('install packs, or fetch them again')
    .argument('<packs...>', 'where they come from')
    .option('--name <name>', 'name of the Pack (default: as the source says)')
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
    .option('--types <types>', 'accepted for scripts of StackStorm; all are registered')
    .action(doing<RegisterOptions>((session, options, packs) => registerPacks(session, packs, options)));
  pack
    .command('list')
    .description('list packs')
    .addOption(output('table', 'json', 'yaml', 'name'))
    .action(doing<{ output: Format }>((session, options) => listPacks(session, options).then(() => undefined)));
  for (const verb of ['show', 'get'])
    pack
      .command(verb)
      .description('show a pack with what it brings and what is wrong with it')
      .argument('<name>', 'name of a Pack')
      .addOption(output('table', 'json', 'yaml'))
      .action(
        doing<{ output: Format }>((session, options, [name = '']) =>
          showPack(session, name, options).then(() => undefined),
        ),
      );
  pack
    .command('remove')
    .description('remove packs, when what runs of them has ended')
    .argument('<names...>', 'names of Packs')
    .action(doing((session, _, names) => removePacks(session, names).then(() => undefined)));
}
