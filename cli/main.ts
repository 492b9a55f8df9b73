// cli/main.ts — a command line → its verb, in a session, and the exit code.
import { readFileSync } from 'node:fs';
import { Command, CommanderError, Option } from 'commander';
import type { EvalOptions } from './eval.ts';
import { addExecutionCommands } from './execution-commands.ts';
import { Failure } from './failure.ts';
import { addKeyCommands } from './key-commands.ts';
import { connect } from './kube.ts';
import { addPackCommands } from './pack-commands.ts';
import type { Screen } from './print.ts';
import type { Doing, Offline, Session } from './session.ts';
import { showStatus } from './status.ts';
import { addWorkflowCommands } from './workflow-commands.ts';

interface GlobalOptions {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly namespace?: string;
  readonly operatorNamespace?: string;
}

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

/** What needs the engines is read when it is asked for: they take longer than most commands. */
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

  addExecutionCommands(squall, doing);
  addPackCommands(squall, doing, offline);

  addWorkflowCommands(squall, offline);
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
      offline<EvalOptions>(async (screen, options) => {
        const { evaluateExpression } = await import('./eval.ts');
        return evaluateExpression(screen, options, { nowMs: Date.now(), seed: Math.floor(Math.random() * 2 ** 32) });
      }),
    );
  return squall;
}

async function open(screen: Screen, options: GlobalOptions): Promise<Session> {
  const { kubeconfig, context, namespace, operatorNamespace } = options;
  const to = await connect({
    ...(kubeconfig !== undefined && { kubeconfig }),
    ...(context !== undefined && { context }),
  });
  return { to, namespace: namespace ?? to.namespace, operatorNamespace, screen, now: () => new Date() };
}
