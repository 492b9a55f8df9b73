// operator/domain/workflow/mistral/actions.test.ts — Mistral's own actions, those of packs, and the result that a workflow gives.
import { describe, expect, test } from 'vitest';
import { HandedOn } from '../../datastore/handed-on.ts';
import { playWorkflow } from './play.setup.ts';

const single = (call: string, more = '') =>
  `tasks:\n  t:\n    action: ${call}\n    publish: {r: <% task().result %>}\n${more}`;

describe('what the engine does itself', () => {
  test.each([
    ['std.noop', null],
    ['std.succeed', null],
    ['std.echo output="x"', 'x'],
    ['std.echo output=[1,2]', [1, 2]],
    ['std.echo output=null', null],
    ["<% 'std.echo' %> output=3", 3],
  ])('%s', (call, result) => {
    const played = playWorkflow(single(call));
    expect([played.run.status, played.output()]).toEqual(['succeeded', { r: result }]);
  });
  test.each([
    ['std.fail', 'Fail action expected exception.'],
    ['std.fail error_data="mine"', 'mine'],
    ['std.echo', "Invalid input [name=std.echo, missing=['output']]"],
    ['std.noop x=1', "Invalid input [name=std.noop, unexpected=['x']]"],
  ])('%s fails its task', (call, info) => {
    const played = playWorkflow(single(call, '    on-error: [e]\n  e: {action: p.e}\n'));
    expect(played.run.result()['tasks']).toMatchObject([{ state: 'ERROR', state_info: info }, {}]);
    expect(played.keys()).toEqual(['e/1']);
  });
  test('std.echo with a delay is a timer', () => {
    const played = playWorkflow(single('std.echo output=1 delay=3'));
    expect(played.open).toMatchObject([{ key: 't/1', action: 'core.noop', delaySeconds: 3 }]);
    played.end('t/1');
    expect(played.output()).toEqual({ r: 1 });
  });
  test.each([
    ['std.nothing', 'Failed to find action [action_name=std.nothing]'],
    ['nothing', 'Failed to find action [action_name=nothing]'],
  ])('%s fails the run', (call, message) => {
    expect(playWorkflow(single(call, '    on-error: [noop]\n')).extra().state_info).toBe(
      `Failed to run task [error=${message}, wf=wf, task=t]`,
    );
  });
});

describe('what actions of packs do', () => {
  test.each([
    [
      'std.http url="http://h" method="POST" auth="u:p" verify=false',
      'core.http',
      { url: 'http://h', method: 'POST', auth: 'u:p', verify_ssl_cert: false },
    ],
    ['std.http url="http://h"', 'core.http', { url: 'http://h', method: 'GET' }],
    ['std.http url="http://h?a=1" params="b=2"', 'core.http', { url: 'http://h?a=1&b=2', method: 'GET' }],
    [
      'std.http url="http://h" json=<% {a => 1} %> headers=<% {X => y} %>',
      'core.http',
      { url: 'http://h', method: 'GET', body: '{"a":1}', headers: { X: 'y', 'Content-Type': 'application/json' } },
    ],
    ['std.http url="http://h" body="{" json=null', 'core.http', { url: 'http://h', method: 'GET', body: '{' }],
    [
      'std.ssh_proxied cmd="ls" host=["h", "i"] username="u" gateway_host="g"',
      'core.remote',
      { cmd: 'ls', hosts: 'h,i', username: 'u', bastion_host: 'g' },
    ],
    ['std.wait_ssh host="h" username="u"', 'core.remote', { cmd: 'ls -l', hosts: 'h', username: 'u' }],
    [
      'std.email from_addr="a@b" to_addrs=["c@d", "e@f"] cc_addrs="g@h" smtp_server="s" subject="S" body="B"',
      'core.sendmail',
      {
        from: 'a@b',
        to: 'c@d, e@f, g@h',
        subject: 'S',
        body: 'B',
        content_type: 'text/plain',
        env: { SMTP_URL: 'smtp://s' },
      },
    ],
    [
      'std.email from_addr="a@b" to_addrs="c@d" smtp_server="smtps://s:465" html_body="<p>"',
      'core.sendmail',
      {
        from: 'a@b',
        to: 'c@d',
        subject: '<No subject>',
        body: '<p>',
        content_type: 'text/html',
        env: { SMTP_URL: 'smtps://s:465' },
      },
    ],
    ['std.js script="return 1" context=<% {a => 1} %>', 'core.javascript', { script: 'return 1', context: { a: 1 } }],
    ['p.a x=1', 'p.a', { x: 1 }],
  ])('%s', (call, action, input) => {
    expect(playWorkflow(single(call)).open).toMatchObject([{ action, input }]);
    expect(playWorkflow(single(call)).open[0]?.input).toEqual(input);
  });
  test.each([
    ['std.ssh cmd="ls" host="h" username="u"', 'private_key'],
    ['std.ssh cmd="ls" host="h" username="u"', 'password'],
    ['std.ssh_proxied cmd="ls" host="h" username="u" gateway_host="g"', 'password'],
    ['std.wait_ssh host="h" username="u"', 'password'],
  ])('%s is given a secret of the workflow as %s', (call, name) => {
    const word = new HandedOn().open({ name: 's', key: 'k' });
    const played = playWorkflow(`input: [word]\n${single(`${call} ${name}=<% $.word %>`)}`, { input: { word } });
    expect(played.open).toMatchObject([{ action: 'core.remote', input: { [name]: word } }]);
  });
  test.each([
    [
      'std.http url="http://h"',
      { status_code: 200, body: { a: 1 }, headers: { b: 'c' } },
      { content: { a: 1 }, status: 200, headers: { b: 'c' }, url: 'http://h' },
    ],
    ['std.ssh cmd="ls" host="h" username="u"', { h: { stdout: 'out', return_code: 0 } }, 'out'],
    ['std.ssh cmd="ls" host=["h", "i"] username="u"', { h: { stdout: '1' }, i: { stdout: '2' } }, ['1', '2']],
    ['std.ssh cmd="ls" host=["h"] username="u"', { h: { stdout: '1' } }, '1'],
    ['std.ssh cmd="ls" host="h:2222" username="u"', { h: { stdout: '1' } }, '1'],
    ['std.javascript script="return 1"', { result: 1, stdout: '' }, 1],
    ['std.js script="return null"', { result: null, stdout: '' }, null],
    ['p.a', { stdout: 'x' }, { stdout: 'x' }],
  ])("%s gives Mistral's result", (call, body, result) => {
    const played = playWorkflow(single(call));
    played.end('t/1', body);
    expect(played.output()).toEqual({ r: result });
  });
  test.each([
    ['std.http url="u" body="b" json="j"', "Only one of the parameters 'json' and 'body' can be passed"],
    ['std.http', "Invalid input [name=std.http, missing=['url']]"],
    [
      'std.ssh cmd="ls" host="h" username="u" password="clear"',
      'Action "std.ssh" takes "password" as a secret only: make it a secret parameter of the workflow, and hand it on whole, as <% $.password %>.',
    ],
    [
      'std.email from_addr="a" to_addrs="b" smtp_server="s" bcc_addrs="c"',
      /^Action "std\.email" cannot heed "bcc_addrs" here/,
    ],
    ["<% 'std.mistral_http' %> url='u'", /^Action "std\.mistral_http" cannot be run here: it waits for a call/],
    ['std.async_noop', /^Action "std\.async_noop" cannot be run here/],
  ])('%s fails its task, and nothing is run', (call, info) => {
    const played = playWorkflow(single(call, '    on-error: [noop]\n'));
    expect(played.open).toEqual([]);
    const [task] = played.run.result()['tasks'] as unknown as { state: string; state_info: string }[];
    expect(task).toMatchObject({
      state: 'ERROR',
      state_info: info instanceof RegExp ? (expect.stringMatching(info) as string) : info,
    });
  });
  test('a body of an object goes as JSON', () => {
    const played = playWorkflow('tasks:\n  t: {action: std.http, input: {url: u, body: {a: [1, true]}}}\n');
    expect(played.open[0]?.input).toMatchObject({ body: '{"a":[1,true]}' });
  });
  test('st2.action names it in its input', () => {
    const played = playWorkflow('tasks:\n  t: {action: st2.action, input: {ref: p.a, parameters: {x: <% 1 + 1 %>}}}\n');
    expect(played.open).toMatchObject([{ action: 'p.a', input: { x: 2 } }]);
  });
  test('the datastore in a parameter of theirs is left to them', () => {
    const played = playWorkflow("tasks:\n  t: {action: p.a, input: {x: '{{ st2kv.system.k }}', y: '{{ 1 + 1 }}'}}\n");
    expect(played.open[0]?.input).toEqual({ x: '{{ st2kv.system.k }}', y: 2 });
  });
  test('input may be an expression; one that gives no object fails the run', () => {
    const body = (value: string) => `input: [{d: {x: 1}}]\ntasks:\n  t: {action: p.a, input: '<% ${value} %>'}\n`;
    expect(playWorkflow(body('$.d')).open[0]?.input).toEqual({ x: 1 });
    expect(playWorkflow(body('5')).extra().state_info).toMatch(
      /Wrong dynamic input for task: t\. Dict type is expected\. Actual type: <class 'int'>\. Actual value: 5/,
    );
  });
});

test('the result has tasks and extra beside the output', () => {
  const played = playWorkflow('output: {o: 1}\ntasks:\n  a: {action: p.a x=1, publish: {y: 2}}\n');
  played.end('a/1', { stdout: 's' });
  expect(played.run.result()).toEqual({
    o: 1,
    tasks: [
      {
        id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
        name: 'a',
        workflow_execution_id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
        workflow_name: 'wf',
        created_at: '2023-11-14 22:13:21',
        updated_at: '2023-11-14 22:13:22',
        state: 'SUCCESS',
        state_info: null,
        input: { x: 1 },
        published: { y: 2 },
        result: { stdout: 's' },
      },
    ],
    extra: { state: 'SUCCESS', state_info: null },
  });
});
