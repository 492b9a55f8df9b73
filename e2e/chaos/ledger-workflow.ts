// e2e/chaos/ledger-workflow.ts — a workflow of 20 task runs with items, a join and a retry, in which each run writes a line.
import { parse } from 'yaml';
import { apply, ours, ready } from '../harness.ts';
import type { Ledger } from './ledger.ts';

const DEFINITION = `
version: 1.0
input:
  - label
vars:
  - said: []
tasks:
  begin:
    action: chaos.write what="<% ctx(label) %>-begin"
    next:
      - when: <% succeeded() %>
        publish: first=<% result().stdout %>
        do: [each, left, right, again]
  each:
    with:
      items: <% range(9) %>
      concurrency: 3
    action: chaos.write what="<% ctx(label) %>-each<% item() %>"
    next:
      - when: <% succeeded() %>
        publish: said=<% result().select($.stdout) %>
        do: gather
  left:
    action: chaos.write what="<% ctx(label) %>-left"
    next:
      - when: <% succeeded() %>
        do: left_more
  left_more:
    action: chaos.write what="<% ctx(label) %>-leftmore"
    next:
      - when: <% succeeded() %>
        do: gather
  right:
    action: core.noop
    next:
      - do: right_more
  right_more:
    action: chaos.write what="<% ctx(label) %>-rightmore"
    next:
      - when: <% succeeded() %>
        do: gather
  again:
    action: chaos.write what="<% ctx(label) %>-again"
    retry:
      when: <% succeeded() %>
      count: 2
      delay: 1
    next:
      - when: <% succeeded() %>
        do: gather
  gather:
    join: all
    action: chaos.write what="<% ctx(label) %>-gather"
    next:
      - publish: last=<% result().stdout %>
        do: one_more
  one_more:
    action: chaos.write what="<% ctx(label) %>-onemore"
    next:
      - do: the_end
  the_end:
    action: core.noop
output:
  - first: <% ctx(first) %>
  - said: <% ctx(said) %>
  - last: <% ctx(last) %>
`;

/** The tasks that write, with how often each does. */
const WRITES: Readonly<Record<string, number>> = {
  begin: 1,
  ...Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`each${i}`, 1])),
  left: 1,
  leftmore: 1,
  rightmore: 1,
  again: 3,
  gather: 1,
  onemore: 1,
};

/** Applies it as Workflow `chaos.twenty`, with the parameter `label`. */
export async function ledgerWorkflow(namespace: string, ledger: Ledger): Promise<void> {
  await apply(
    ours('Action', namespace, 'chaos.write', {
      runner: 'local-shell-script',
      script: `#!/bin/bash\n${ledger.command('$1')} >/dev/null\necho "wrote $1"\n`,
      parameters: { what: { type: 'string', required: true, position: 0 } },
    }),
    ours('Workflow', namespace, 'chaos.twenty', {
      engine: 'orquesta',
      definition: parse(DEFINITION),
      parameters: { label: { type: 'string', required: true } },
    }),
  );
  await ready(namespace, 'action/chaos.write', 'workflow/chaos.twenty');
}

/** What the run of a label must come to. */
export const expectedOutput = (label: string): object => ({
  first: `wrote ${label}-begin`,
  said: Array.from({ length: 9 }, (_, i) => `wrote ${label}-each${i}`),
  last: `wrote ${label}-gather`,
});

/** What is wrong with the lines of a label: tasks that ran too often, or not often enough; children that wrote twice. */
export function faultsIn(lines: readonly string[], label: string): readonly string[] {
  const own = lines.filter((line) => line.startsWith(`${label}-`)).map((line) => line.split(' '));
  const executions = own.map(([, execution = '', attempt = '']) => `${execution} ${attempt}`);
  const twice = executions.filter((one, i) => executions.indexOf(one) !== i).map((one) => `${one} wrote twice`);
  const counts = Object.entries(WRITES).flatMap(([task, wanted]) => {
    const found = own.filter(([what]) => what === `${label}-${task}`).length;
    return found === wanted ? [] : [`${task} ran ${found} times, not ${wanted}`];
  });
  return [...twice, ...counts];
}
