// operator/domain/workflow/mistral/sight.test.ts — what expressions see: variables, tasks, the execution, the datastore.
import { describe, expect, test } from 'vitest';
import { playWorkflow } from './play.setup.ts';

describe('expressions', () => {
  const context = { st2: { action_execution_id: 'e1', api_url: 'http://api', user: 'ann', pack: 'p' } };
  const see = (expression: string) => {
    const body = `input: [{v: 1}, {l: [1, 2]}]\nvars: {w: 2}\ntasks:\n  s: {publish: {x: 3}, on-success: t}\n  t: {publish: {r: ${JSON.stringify(expression)}}}\n`;
    const datastore = {
      read: (scope: string, user: string, name: string) => (name === 'k' ? `${scope} ${user}` : undefined),
    };
    const played = playWorkflow(body, { context, datastore });
    return played.run.status === 'failed' ? played.extra().state_info : played.output()['r'];
  };
  test.each([
    ['<% $.v + $.w + $.x %>', 6],
    ['{{ _.v + _.w + _.x }}', 6],
    ['<% $.l %>', [1, 2]],
    ['{{ _.l }}', [1, 2]],
    ['{{ _["v"] }}-{{ _.get("zz", 4) }}', '1-4'],
    ['<% $.v %> and <% $.l %>', '1 and [1, 2]'],
    ['{% if _.v == 1 %}one{% endif %}', 'one'],
    ['<% $.containsKey(v) and not $.containsKey(q) %>', true],
    ['<% $.keys().len() > 3 %>', true],
    ['<% task(s).state %>/<% task(s).published.x %>/<% task().name %>', 'SUCCESS/3/t'],
    ['<% task(nobody) %>', null],
    ["{{ task('s').type }}", 'ACTION'],
    ['<% tasks().name %>', ['s', 't']],
    ['<% tasks(state => SUCCESS).len() %>', 2],
    ["{{ tasks(None, False, 'ERROR') }}", []],
    ['<% tasks(execution().id).len() %>', 2],
    ['<% execution().name %>', 'wf'],
    ['<% execution().input %>', { v: 1, l: [1, 2] }],
    ['<% env().st2_execution_id %>', 'e1'],
    ['{{ env().st2_action_api_url }}', 'http://api'],
    ["<% env().get('__actions').get('st2.action').st2_context.parent.user %>", 'ann'],
    ["<% $.get('__env').st2_execution_id %>", 'e1'],
    ["<% st2kv('system.k') %>", 'system ann'],
    ["{{ st2kv('k', decrypt=True) }}", 'user ann'],
    ['<% st2kv(zz) %>', /Key zz does not exist in StackStorm datastore\./],
    ['<% uuid().len() %>', 36],
    ["<% regex_match('abc', 'a.c') %>", true],
    ['{{ _.l | to_json_string }}', '[1,2]'],
    ["{{ to_yaml_string({'a': 1}) }}", 'a: 1\n'],
    ["{{ version_bump_major('1.2.3') }}", '2.0.0'],
    ["<% jsonpath_query({a => 1}, '$.a') %>", [1]],
    ['<% json_parse(\'{"a": 1}\').a %>', 1],
    ['<% set(1, 1).len() %>', 1],
    ['<% set(1) %>', [1]],
    ['<% {1 => 2} %>', { 1: 2 }],
    ['<% executions().len() %>', 1],
    ['{{ _.zz }}', /Can not evaluate Jinja expression \[expression=\{\{ _\.zz \}\}, error=.*has no attribute 'zz'/],
    ['<% $.zz %>', /Can not evaluate YAQL expression \[expression=\$\.zz, error='zz'\]/],
    ['<% nothing() %>', /Can not evaluate YAQL expression \[expression=nothing\(\), error=.*nothing/],
  ])('%s', (expression, value) => {
    const seen = see(expression);
    if (value instanceof RegExp) expect(seen).toMatch(value);
    else expect(seen).toEqual(value);
  });
  test('what an expression gives is not evaluated again', () => {
    expect(see("<% '<' + '%' + ' 1 ' + '%' + '>' %>")).toBe('<% 1 %>');
  });
});
