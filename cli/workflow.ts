// cli/workflow.ts — workflows in files: what is wrong with them, and how they look, without a cluster.
import { readFileSync } from 'node:fs';
import { mermaidOf } from '../operator/domain/workflow/graph/mermaid.ts';
import { svgOf } from '../operator/domain/workflow/graph/svg.ts';
import type { LocatedFinding } from '../operator/domain/workflow/inspect-source.ts';
import { type FileOptions, type FileWorkflow, workflowsIn } from './definition-file.ts';
import { Failure } from './failure.ts';
import { json, type Screen } from './print.ts';

export interface InspectOptions extends FileOptions {
  readonly output: 'text' | 'json';
}

/** Exit code 1 when there are findings. @throws Failure for a file that cannot be read */
export function inspectFile(screen: Screen, file: string, options: InspectOptions): number {
  const findings = workflowsIn(textOf(file), options).flatMap((workflow) => workflow.findings);
  if (options.output === 'json') screen.out(json(findings.map(({ line: _, column: __, ...finding }) => finding)));
  else screen.out(findings.length === 0 ? 'no findings\n' : linesOf(file, findings));
  return findings.length === 0 ? 0 : 1;
}

export interface GraphOptions extends FileOptions {
  readonly format: 'mermaid' | 'svg';
}

/** Exit code 1, and the findings, where there is nothing to draw. @throws Failure for a file that cannot be read, or has several */
export function drawFile(screen: Screen, file: string, options: GraphOptions): number {
  const [workflow, ...more] = workflowsIn(textOf(file), options);
  if (more.length > 0) throw new Failure(`${file}: it has ${more.length + 1} Workflows; give a file with one`);
  if (!workflow?.picture) {
    screen.err(linesOf(file, workflow?.findings ?? []));
    return 1;
  }
  const graph = workflow.picture();
  screen.out(options.format === 'svg' ? svgOf(graph, titleOf(file, workflow)) : mermaidOf(graph));
  return 0;
}

const titleOf = (file: string, { ref }: FileWorkflow): string => ref ?? file;

/** `FILE:line:column: type: message`, as compilers write it. */
const linesOf = (file: string, findings: readonly LocatedFinding[]): string =>
  findings
    .map(
      ({ line = 1, column = 1, type, message }) =>
        `${file}:${line}:${column}: ${type}: ${message.replaceAll(/\s+/g, ' ')}\n`,
    )
    .join('');

function textOf(file: string): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (error) {
    throw new Failure(
      `${file}: ${(error as Error).message}; give a file with a workflow, or - for the standard input`,
      {
        cause: error,
      },
    );
  }
}
