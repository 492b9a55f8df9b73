// cli/key-commands.ts — the verbs of `squall key` and their options.
import { type Command, InvalidArgumentError, Option } from 'commander';
import { deleteKeys, getKey, type GetKeyOptions, listKeys, type ListKeysOptions, setKey } from './key.ts';
import type { KeyOptions, SetKeyOptions } from './key-store.ts';
import { done, output } from './option.ts';
import type { Doing } from './session.ts';

export function addKeyCommands(squall: Command, doing: Doing): void {
  const key = squall
    .command('key')
    .description('the datastore: entries that actions, workflows, rules and configurations read');
  const whose = (command: Command): Command =>
    command
      .addOption(new Option('-s, --scope <scope>', 'entries of all, or of one user').choices(['system', 'user']))
      .option('-u, --user <name>', 'whose entries; means --scope user (default: your own)');
  whose(key.command('list'))
    .description('list entries, without values that are secret')
    .addOption(output('table', 'json', 'yaml', 'name'))
    .option('-p, --prefix <text>', 'only keys that begin with it')
    .action(doing<ListKeysOptions>((session, options) => listKeys(session, options).then(done)));
  whose(key.command('get'))
    .description('show an entry')
    .argument('<key>', 'its key')
    .addOption(output('table', 'json', 'yaml', 'value'))
    .option('-d, --decrypt', 'show a secret value; needs the right to read its Secret')
    .action(doing<GetKeyOptions>((session, options, [name = '']) => getKey(session, name, options).then(done)));
  whose(key.command('set'))
    .description('store an entry; without a value what stands on the standard input')
    .argument('<key>', 'its key')
    .argument('[value]', 'its value')
    .option('--secret', 'keep it in a Secret; only the standard input is read for it')
    .addOption(new Option('--ttl <seconds>', 'when it ends').argParser(secondsOf))
    .action(
      doing<SetKeyOptions>((session, options, [name = ''], rest) =>
        setKey(session, [name, ...[rest].flat()], options).then(done),
      ),
    );
  whose(key.command('delete'))
    .description('delete entries')
    .argument('<keys...>', 'their keys')
    .action(doing<KeyOptions>((session, options, names) => deleteKeys(session, names, options).then(done)));
}

function secondsOf(text: string): number {
  const seconds = Number(text);
  if (!Number.isInteger(seconds) || seconds < 1) throw new InvalidArgumentError('Write a number of seconds from 1 on.');
  return seconds;
}
