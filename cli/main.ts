// cli/main.ts — the command line: verbs, options, and what each one calls.
import { readFileSync } from 'node:fs';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { WORKFLOW_ENGINES } from '../operator/api/workflow.ts';
import { controlExecutions } from './control.ts';
import { type EvalOptions, evaluateExpression } from './eval.ts';
import { getExecutions, type ListOptions, listExecutions } from './execution.ts';
import { Failure } from './failure.ts';
import { addKeyCommands } from './key-commands.ts';
import { connect } from './kube.ts';
import { addPackCommands } from './pack-commands.ts';
import type { Format, Screen } from './print.ts';
import { drawRun } from './run-graph.ts';
import { rerunExecution, type RerunOptions, type RunOptions, runAction } from './run.ts';
import type { Doing, Offline, Session } from './session.ts';
import { showStatus } from './status.ts';
import { showTree, type TreeOptions } from './tree.ts';
import { drawFile, type GraphOptions, inspectFile, type InspectOptions } from './workflow.ts';

interface GlobalOptions {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly namespace?: string;
  readonly operatorNamespace?: string;
}

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

/** Runs the command line and returns the exit code: 2 for one that cannot be understood. */
export async function main(words: readonly string[]): Promise<number> {
  let exitCode = 0;
  const screen: Screen = {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    colour: process.stdout.isTTY === true && process.env['NO_COLOR'] === undefined && process.env['TERM'] !== 'dumb',
    rows: process.stdout.isTTY && process.env['TERM'] !== 'dumb' ? () => process.stdout.rows : undefined,
  };
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(exitCode); // the reader, for example head, has seen enough
    throw error;
  });
  const doing =
    <O>(work: (session: Session, options: O, names: string[], rest: string[]) => Promise<number | undefined>) =>
    async (...passed: unknown[]) => {
      const command = passed.at(-1) as Command;
      const options = command.optsWithGlobals<O & GlobalOptions>();
      const session = await open(screen, options);
      const [first, rest] = command.processedArgs as [string | string[] | undefined, string[] | undefined];
      exitCode = (await work(session, options, [first ?? []].flat(), rest ?? [])) ?? 0;
      await session.to.dispatcher.close();
    };
  const offline: Offline =
    <O>(work: (screen: Screen, options: O, name: string) => number | Promise<number>) =>
    async (...passed: unknown[]) => {
      const command = passed.at(-1) as Command;
      const [name = ''] = command.processedArgs as [string | undefined];
      // Options of its own stand where the cluster's do, as --context.
      exitCode = await work(screen, command.optsWithGlobals() as O, name);
    };
  try {
    await program(doing, offline).parseAsync(words, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (!(error instanceof Failure)) throw error;
    screen.err(`squall: ${error.message}\n`);
    return error.exitCode;
  }
}

function program(doing: Doing, offline: Offline): Command {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  const squall = new Command('squall')
    .description('Event-driven automation for Kubernetes, by hand. Uses your kubeconfig and your rights.')
    .version(version)
    .option('--kubeconfig <file>', 'kubeconfig to use (default: KUBECONFIG, else ~/.kube/config)')
    .option('--context <name>', 'context of the kubeconfig (default: its current one)')
    .option('-n, --namespace <name>', 'namespace (default: that of the context)')
    .addOption(
      new Option('--operator-namespace <name>', 'where the operator is (default: found by its labels)').env(
        'SQUALL_OPERATOR_NAMESPACE',
      ),
    )
    .exitOverride()
    .showHelpAfterError('(add --help for more)');

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
      doing<Pick<GraphOptions, 'format'>>((session, { format }, [name = '']) =>
        drawRun(session, name, format).then(done),
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

  addPackCommands(squall, doing, offline);

  const workflow = squall.command('workflow').description('workflows in files, without a cluster');
  const onFile = (command: Command): Command =>
    command
      .argument('<file>', 'a definition as a pack has it, or manifests; - reads the standard input')
      .addOption(
        new Option('--engine <name>', 'language of a definition (default: as its keys say)').choices(WORKFLOW_ENGINES),
      )
      .option('--workflow <name>', 'which workflow of a Mistral workbook (default: main, or the only one)');
  onFile(workflow.command('inspect'))
    .description('what is wrong with a workflow: syntax, expressions, variables; exit code 1 when something is')
    .addOption(new Option('-o, --output <format>', 'how to print it').choices(['text', 'json']).default('text'))
    .action(offline<InspectOptions>((screen, options, file) => inspectFile(screen, file, options)));
  onFile(workflow.command('graph'))
    .description('draws a workflow')
    .addOption(new Option('--format <format>', 'what to draw').choices(['mermaid', 'svg']).default('mermaid'))
    .action(offline<GraphOptions>((screen, options, file) => drawFile(screen, file, options)));

  addKeyCommands(squall, doing);

  squall
    .command('status')
    .description('operator, webhooks, queue, last event and last failure; exit code 1 without a ready operator')
    .action(doing((session) => showStatus(session)));

  squall
    .command('eval')
    .description('try an expression, without a cluster; exit code 1 when it fails or does not match')
    .option('--jinja <text>', 'a template; without {{ }} an expression, which keeps its type')
    .option('--yaql <text>', 'an expression, $ is the context; or a text with <% %>')
    .option('--workflow <text>', 'a text with <% %> or {{ }}, as workflows evaluate it')
    .option('--criteria <yaml>', 'criteria of a rule: {trigger.x: {type: equals, pattern: 1}}')
    .option('--cel <expression>', "a rule's match.cel")
    .option('--context <file>', 'JSON or YAML with the names that it sees; - reads the standard input')
    .action(
      offline<EvalOptions>((screen, options) =>
        evaluateExpression(screen, options, { nowMs: Date.now(), seed: Math.floor(Math.random() * 2 ** 32) }),
      ),
    );
  return squall;
}

const done = () => undefined;

const output = (...formats: Format[]): Option =>
  new Option('-o, --output <format>', 'how to print it').choices(formats).default(formats[0]);

function countOf(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < -1) throw new InvalidArgumentError('Write a whole number, or -1 for all.');
  return count;
}

async function open(screen: Screen, options: GlobalOptions): Promise<Session> {
  const { kubeconfig, context, namespace, operatorNamespace } = options;
  const to = await connect({
    ...(kubeconfig !== undefined && { kubeconfig }),
    ...(context !== undefined && { context }),
  });
  return { to, namespace: namespace ?? to.namespace, operatorNamespace, screen, now: () => new Date() };
}
