// operator/controllers/workflow-run-secrets.test.ts — secrets that a workflow was given: handed on whole in every engine, refused in a text.
import { expect, test } from 'vitest';
import { ActionSpec } from '../api/action.ts';
import type { Workflow } from '../api/kinds.ts';
import type { KubeObject } from '../api/meta.ts';
import { WorkflowSpec } from '../api/workflow.ts';
import type { ScriptedTransport } from '../kube/scripted.ts';
import { below, children, draft, ends, operator, PATH, run, server, statusOf } from './workflow-run.setup.ts';

const WORD = { valueFrom: { secretKeyRef: { name: 's', key: 'k' } } };
const schemas = { word: { type: 'string', secret: true }, plain: { type: 'string' }, data: { type: 'object' } };
const take = draft(
  'Action',
  'acme.take',
  ActionSpec.parse({ runner: 'local-shell-cmd', parameters: { ...schemas, cmd: { default: 'date' } } }),
);

/** One task, with this input, in the language of each engine; an output that names the secret. */
const ENGINES = {
  'action-chain': {
    name: '{{ word }}',
    definition: (ref: string, parameters: object) => ({
      vars: { kept: '{{ word }}' },
      chain: [
        {
          name: 'a',
          ref,
          parameters,
          publish: { told: '{{ word }}', text: 'x {{ kept }}', json: '{{ word | tojson }}' },
        },
      ],
    }),
  },
  orquesta: {
    name: '<% ctx(word) %>',
    definition: (action: string, input: object) => ({
      version: 1,
      input: ['word'],
      output: [{ told: '<% ctx(word) %>' }, { text: 'x <% ctx(word) %>' }, { json: '<% json_dump(ctx(word)) %>' }],
      tasks: { a: { action, input } },
    }),
  },
  mistral: {
    name: '<% $.word %>',
    definition: (action: string, input: object) => ({
      version: '2.0',
      'acme.w': {
        input: ['word'],
        output: { told: '<% $.word %>', text: 'x <% $.word %>', json: '<% json_pp($.word) %>' },
        tasks: { a: { action, input } },
      },
    }),
  },
} as const;
type Engine = keyof typeof ENGINES;
const NAMES = Object.keys(ENGINES) as readonly Engine[];

const asked = (engine: Engine, ref: string, input: object) => {
  const definition = ENGINES[engine].definition(ref, input);
  const spec = { engine, definition, parameters: { word: { type: 'string', secret: true } } };
  return [
    draft('Workflow', 'acme.w', WorkflowSpec.parse(spec)),
    run('run', { request: { action: 'acme.w', parameters: { word: WORD } } }),
  ];
};
const givenIn = async (api: ScriptedTransport) =>
  (await below(api, 'run')).map(({ spec }) => (spec as { request: { parameters: object } }).request.parameters);

test.each(NAMES)(
  '%s hands a secret on whole, also after a restart; what the run tells of it is masked',
  async (engine) => {
    const { name } = ENGINES[engine];
    const api = server(take, ...asked(engine, 'acme.take', { word: name, plain: 'p' }));
    const one = await operator(api);
    await children(api, 1);
    one.stop();
    expect(await givenIn(api)).toEqual([{ word: WORD, plain: 'p' }]);
    const [child] = await below(api, 'run');
    const two = await operator(api);
    const ended = { phase: 'Succeeded', attempt: 1, result: { stdout: 'x' }, endedAt: new Date().toISOString() };
    api.put({ ...api.object(`${PATH}/${child?.metadata.name}`)!, status: ended });
    await ends(api, 'Succeeded');
    two.stop();
    const told = JSON.stringify(statusOf(api));
    expect(told).toContain('x ********');
    expect(told).not.toMatch(/squall:datastore|secretKeyRef/u);
  },
);

test.each(NAMES)('%s hands a secret on to a workflow, as a reference', async (engine) => {
  const spec = { engine: 'orquesta', parameters: { word: { secret: true } } };
  const definition = { version: 1, tasks: { b: { action: 'acme.take', input: { word: '<% ctx(word) %>' } } } };
  const inner = draft(
    'Workflow',
    'acme.inner',
    WorkflowSpec.parse({ ...spec, definition: { ...definition, input: ['word'] } }),
  );
  const api = server(take, inner, ...asked(engine, 'acme.inner', { word: ENGINES[engine].name }));
  const one = await operator(api);
  await children(api, 2);
  one.stop();
  const [child] = await below(api, 'run');
  const [last] = await below(api, child?.metadata.name ?? '');
  expect(await givenIn(api)).toEqual([{ word: WORD }]);
  expect(last?.spec).toMatchObject({ request: { action: 'acme.take', parameters: { word: WORD } } });
});

test.each(NAMES)(
  '%s goes on with a step that was made with a secret in a text, when none was refused',
  async (engine) => {
    const { name } = ENGINES[engine];
    const api = server(take, ...asked(engine, 'acme.take', { word: name }));
    const one = await operator(api);
    await children(api, 1);
    const [earlier] = asked(engine, 'acme.take', { plain: `Bearer ${name}` });
    const now = one.workflows.get('default/acme.w');
    const { revision } = await one.store.pin({ ...now, spec: earlier?.['spec'] } as Workflow);
    one.stop();
    const begun = api.object(`${PATH}/run`) as KubeObject & { readonly status: { readonly workflow: object } };
    api.put({ ...begun, status: { ...begun.status, workflow: { ...begun.status.workflow, revision } } });
    const two = await operator(api);
    const [child] = await below(api, 'run');
    const ended = { phase: 'Succeeded', attempt: 1, result: { stdout: 'x' }, endedAt: new Date().toISOString() };
    api.put({ ...api.object(`${PATH}/${child?.metadata.name}`)!, status: ended });
    await ends(api, 'Succeeded');
    two.stop();
    expect(await below(api, 'run')).toHaveLength(1);
  },
);

const PLACES = [
  ['a part of a text', (name: string) => ({ plain: `Bearer ${name}` }), 'plain'],
  ['a part of a text that is secret', (name: string) => ({ word: `Bearer ${name}` }), 'word'],
  ['a parameter that is not secret', (name: string) => ({ plain: name }), 'plain'],
  ['a value within an object', (name: string) => ({ data: { token: name } }), 'data'],
] as const;

test.each(NAMES.flatMap((engine) => PLACES.map(([what, input, place]) => [engine, what, input, place] as const)))(
  '%s refuses a secret that is %s, and makes nothing of it',
  async (engine, _, input, place) => {
    const api = server(take, ...asked(engine, 'acme.take', input(ENGINES[engine].name)));
    const one = await operator(api);
    await ends(api, 'Failed');
    one.stop();
    expect(await below(api, 'run')).toEqual([]);
    expect(JSON.stringify(statusOf(api))).toContain(
      `parameters.${place}: a secret may only be the whole value of a parameter that the action declares secret`,
    );
    expect(JSON.stringify(statusOf(api))).not.toMatch(/rotate it|secretKeyRef/u);
  },
);
