// cli/execution-commands.ts — the verbs `squall run` and `squall execution`, and their options.
import { type Command, InvalidArgumentError, Option } from 'commander';
import { controlExecutions } from './control.ts';
import { getExecutions, type ListOptions, listExecutions } from './execution.ts';
import { done, output } from './option.ts';
import type { Format } from './print.ts';
import { rerunExecution, type RerunOptions, type RunOptions, runAction } from './run.ts';
import type { Doing } from './session.ts';
import { showTree, type TreeOptions } from './tree.ts';
import type { GraphOptions } from './workflow.ts';

const PARAMETERS = `
Parameters:
  key=value                 cast by the type that the action gives the parameter
  key=a,b,c                 an array; also JSON, or key=a key=b
  key=a:1,b:2               an object; also JSON
  @key=path                 the content of a file
  key=@secret:name/key      a key of a Secret; the only way for secret parameters
  words without "="         they are the parameter cmd: squall run core.local -- ls -l`;

const CONTROLS = [
  ['cancel', 'end Executions before their time'],
  ['pause', 'let no new task of workflows start; those that run go on to their end'],
  ['resume', 'let workflows that were paused go on'],
] as const;

export function addExecutionCommands(squall: Command, doing: Doing): void {
  const running = (command: Command): Command =>
    command
      .addOption(output('table', 'json', 'yaml', 'name'))
      .option('-a, --async', 'do not wait; print the name of the Execution')
      .option('--tail', 'print nothing but the log')
      .option('--trace-tag <tag>', 'name of the story that this belongs to')
      .option('--trace-id <id>', 'id of the story that this belongs to')
      .option('-u, --user <name>', 'in whose name; the cluster accepts only your own')
      .addHelpText('after', PARAMETERS);

  running(squall.command('run').description('run an action, wait for it, and exit with its exit code'))
    .argument('<action>', 'reference, for example core.local')
    .argument('[parameters...]', 'parameters of the action')
    .option('-e, --inherit-env', 'send your environment variables as parameter env')
    .action(doing<RunOptions>((session, options, [action = ''], words) => runAction(session, action, words, options)));

  const execution = squall.command('execution').description('what was run, and what became of it');
  execution
    .command('list')
    .description('list Executions, the newest last')
    .addOption(output('table', 'wide', 'json', 'yaml', 'name'))
    .option('--all', 'children of workflows too')
    .option('-A, --all-namespaces', 'of all namespaces')
    .option('--action <ref>', 'only of this action')
    .option('--status <status>', 'only in this status, for example failed')
    .addOption(new Option('--last <count>', 'how many; -1 for all').default(50).argParser(countOf))
    .action(doing<ListOptions>((session, options) => listExecutions(session, options).then(done)));
  execution
    .command('get')
    .description('show Executions with their results')
    .argument('<names...>', 'names of Executions')
    .addOption(output('table', 'wide', 'json', 'yaml', 'name'))
    .option('-x, --exclude-result', 'without the result')
    .action(
      doing<{ output: Format; excludeResult?: boolean }>((session, { output: format, excludeResult }, names) =>
        getExecutions(session, names, { output: format, result: !excludeResult }).then(done),
      ),
    );
  execution
    .command('tree')
    .description('show an Execution with all that it led to: what is done, what runs and what waits')
    .argument('<name>', 'name of an Execution')
    .addOption(new Option('-o, --output <format>', 'how to print it').choices(['tree', 'json']).default('tree'))
    .option('-w, --watch', 'until it ends; exit with its exit code')
    .option('--all', 'all items of tasks, and all rounds of loops')
    .action(doing<TreeOptions>((session, options, [name = '']) => showTree(session, name, options)));
  execution
    .command('graph')
    .description('draw the workflow of an Execution as it stands')
    .argument('<name>', 'name of an Execution')
    .addOption(new Option('--format <format>', 'what to draw').choices(['mermaid', 'svg']).default('mermaid'))
    .action(
      doing<Pick<GraphOptions, 'format'>>(async (session, { format }, [name = '']) =>
        (await import('./run-graph.ts')).drawRun(session, name, format).then(done),
      ),
    );
  for (const [wish, description] of CONTROLS)
    execution
      .command(wish)
      .description(description)
      .argument('<names...>', 'names of Executions')
      .action(doing((session, _, names) => controlExecutions(session, wish, names)));
  running(execution.command('re-run').description('run the same once more, with some parameters changed'))
    .argument('<name>', 'name of the Execution')
    .argument('[parameters...]', 'parameters that are different')
    .option('--tasks [names...]', 'of a workflow: only these tasks and what follows; without names those that failed')
    .option('--reset <names...>', 'of those tasks: all items run again, not only those that failed')
    .action(
      doing<RerunOptions>((session, options, [name = ''], words) => rerunExecution(session, name, words, options)),
    );
}

function countOf(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < -1) throw new InvalidArgumentError('Write a whole number, or -1 for all.');
  return count;
}
