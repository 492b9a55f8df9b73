// e2e/stories/pack-shop.ts — the pack of the pack stories, and what they look at: the Pack when it has settled, the end of an action.
import type { Pack } from '../../operator/api/kinds.ts';
import { createExecution, ended, eventually, kubectl } from '../harness.ts';

/** Text by path in the pack. */
export type Files = Readonly<Record<string, string>>;

export const HELLO = `from st2common.runners.base_action import Action


class Hello(Action):
    def run(self, name, count):
        self.logger.info('greeting %s', name)
        return {'said': ' '.join(['%s %s!' % (self.config['greeting'], name)] * count)}
`;

/** A pack in StackStorm's layout. */
export const shop = (version: string, changes: Files = {}): Files => ({
  'pack.yaml': `ref: shop\nname: Shop\ndescription: Sells things\nversion: ${version}\nauthor: Ann\nemail: ann@example.org\n`,
  'config.schema.yaml': 'greeting: {type: string, default: Hello}\ntoken: {type: string, secret: true}\n',
  'actions/hello.yaml': [
    'name: hello_all',
    'runner_type: python-script',
    'entry_point: hello.py',
    'parameters:',
    '  name: {type: string, required: true, position: 0}',
    '  count: {type: integer, default: 1}',
    '',
  ].join('\n'),
  'actions/hello.py': HELLO,
  'actions/where.yaml': 'name: where\nrunner_type: local-shell-script\nentry_point: bin/where.sh\n',
  'actions/bin/where.sh': '#!/bin/bash\necho "$0"; cat "$(dirname "$0")/../data.txt"\n',
  'actions/data.txt': 'from the pack\n',
  'triggers/order.yaml': 'name: order\npayload_schema: {type: object}\n',
  'rules/greet.yaml': [
    'name: greet',
    'enabled: true',
    'trigger: {type: shop.order}',
    'action: {ref: shop.hello_all, parameters: {name: "{{ trigger.name }}"}}',
    '',
  ].join('\n'),
  ...changes,
});

export const conditionOf = ({ status }: Pack, type: string) => status?.conditions?.find((one) => one.type === type);

export interface Outcome {
  readonly phase: string;
  readonly reason?: string;
  readonly message?: string;
  readonly result?: Readonly<Record<string, unknown>>;
}

/** Looks at the Packs and actions of a namespace. */
export const packsIn = (namespace: string) => {
  const packNamed = async (name: string) =>
    JSON.parse(await kubectl(['-n', namespace, 'get', 'pack', name, '-o', 'json'])) as Pack;
  return {
    packNamed,
    /** The Pack when its latest installation has ended. */
    settled: (name: string, isWanted: (pack: Pack) => boolean = () => true): Promise<Pack> =>
      eventually(
        `pack ${name} has settled`,
        async () => {
          const pack = await packNamed(name);
          const isSeen = pack.status?.observedGeneration === pack.metadata.generation;
          const step = pack.status?.install?.step;
          return isSeen && (step === 'Done' || step === 'Failed') && isWanted(pack) ? pack : undefined;
        },
        120,
      ),
    /** How an action ends. */
    result: async (action: string, parameters: Readonly<Record<string, unknown>> = {}): Promise<Outcome> =>
      (await ended(namespace, await createExecution(namespace, action, parameters))).status as Outcome,
  };
};

/** Does it again and again until `stop` is called, which gives the phases of all that were done. */
export function inALoop(work: () => Promise<Outcome>): { stop(): Promise<readonly string[]> } {
  const phases: string[] = [];
  let isGoing = true;
  const done = (async () => {
    while (isGoing) phases.push((await work()).phase);
  })();
  // A failure is told when it is stopped.
  done.catch(() => undefined);
  return {
    stop: async () => {
      isGoing = false;
      await done;
      return phases;
    },
  };
}
