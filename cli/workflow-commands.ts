// cli/workflow-commands.ts — the verbs of `squall workflow`, which need no cluster.
import { type Command, Option } from 'commander';
import { WORKFLOW_ENGINES } from '../operator/api/workflow.ts';
import type { Offline } from './session.ts';
import type { GraphOptions, InspectOptions } from './workflow.ts';

export function addWorkflowCommands(squall: Command, offline: Offline): void {
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
    .action(
      offline<InspectOptions>(async (screen, options, file) =>
        (await import('./workflow.ts')).inspectFile(screen, file, options),
      ),
    );
  onFile(workflow.command('graph'))
    .description('draws a workflow')
    .addOption(new Option('--format <format>', 'what to draw').choices(['mermaid', 'svg']).default('mermaid'))
    .action(
      offline<GraphOptions>(async (screen, options, file) =>
        (await import('./workflow.ts')).drawFile(screen, file, options),
      ),
    );
}
