// operator/domain/action/resolve-secrets.test.ts — secret parameters: marks stand for them, and nothing is told of them.
import { describe, expect, test } from 'vitest';
import { secretMark } from '../../api/envelope.ts';
import { resolve } from './resolve.setup.ts';

const secret = { valueFrom: { secretKeyRef: { name: 's', key: 'k' } } };

describe('secrets', () => {
  const schemas = { token: { type: 'string', secret: true, required: true }, cmd2: { default: 'curl {{ token }}' } };
  test('stand as marks, in templates too', () => {
    expect(resolve(schemas, { token: secret })).toMatchObject({
      ok: true,
      actionParameters: { token: secretMark('token'), cmd2: `curl ${secretMark('token')}` },
      secrets: { token: { name: 's', key: 'k' } },
    });
  });
  test.each<[string, object, unknown]>([
    [
      'beside text, twice',
      { default: 'a {{ token }} b {{ token }}' },
      `a ${secretMark('token')} b ${secretMark('token')}`,
    ],
    ['joined', { default: "{{ 'x:' ~ token }}" }, `x:${secretMark('token')}`],
    ['added', { default: "{{ 'x:' + token + '!' }}" }, `x:${secretMark('token')}!`],
    ['formatted', { default: "{{ '%s:%s' % ('u', token) }}" }, `u:${secretMark('token')}`],
    ['joined with others', { default: "{{ ['u', token] | join(':') }}" }, `u:${secretMark('token')}`],
    ['given on', { default: "{{ token | default('x') }}" }, secretMark('token')],
    ['after a choice', { default: "{{ token if token else 'x' }}" }, secretMark('token')],
    ['kept in a variable', { default: '{% set t = token %}{{ t }}' }, secretMark('token')],
    ['after a test for one', { default: '{% if token %}-p {{ token }}{% endif %}' }, `-p ${secretMark('token')}`],
    ['by another parameter', { default: '{{ cmd2 }}!' }, `curl ${secretMark('token')}!`],
    [
      'inside of lists',
      { default: ['{{token}}', 'x {{ token }}', { k: 1 }] },
      [secretMark('token'), `x ${secretMark('token')}`, { k: 1 }],
    ],
    ['inside of converted text', { type: 'object', default: '{"pw": "{{ token }}"}' }, { pw: secretMark('token') }],
    [
      'beside chance and time',
      { default: '{{ [1, 2, 3] | random }}{{ token }}' },
      expect.stringContaining(secretMark('token')),
    ],
  ])('%s', (_, x, expected) => {
    const made = resolve({ ...schemas, x }, { token: secret });
    expect(made).toMatchObject({ ok: true, actionParameters: { x: expected } });
  });
  test.each<[string, object]>([
    ['a filter', { default: '{{ token | upper }}' }],
    ['its length', { default: '{{ token | length }}' }],
    ['a comparison of its length', { default: '{{ (token | length) > 6 }}' }],
    ['a slice', { default: '{{ token[3:7] }}' }],
    ['a cut', { default: '{{ token | truncate(5) }}' }],
    ['a trim', { default: '{{ token | trim }}' }],
    ['quotes', { default: '{{ token | tojson }}' }],
    ['HTML', { default: '{{ token | e }}' }],
    ['a list as text', { default: '{{ [token] }}' }],
    ['a replacement', { default: "{{ token | replace('<', '') }}" }],
    ['by another parameter', { default: '{{ cmd2 | upper }}' }],
    ['a conversion', { type: 'integer', default: '{{ token }}' }],
    ['a comparison', { default: "{{ 'yes' if token == 'x' else 'no' }}" }],
    ['a comparison, mirrored', { default: "{{ 'yes' if 'x' != token else 'no' }}" }],
    ['an order', { default: "{{ token < 'x' }}" }],
    ['a part', { default: "{{ 'a' in token }}" }],
    ['part of a text', { default: "{{ token in 'abc' }}" }],
    ['one of a list', { default: "{{ token in ['a', 'b'] }}" }],
    ['a key of a dict', { default: "{{ {'a': 1}.get(token, 2) }}" }],
    ['an item of a dict', { default: "{{ {'a': 1}[token] }}" }],
    ['a method', { default: "{{ token.startswith('x') }}" }],
    ['an int with a default', { default: '{{ token | int(0) }}' }],
    ['a float with a default', { default: '{{ token | float(0) }}' }],
    ['a test for its type', { default: '{{ token is string }}' }],
    ['a test for equality', { default: "{{ token is eq 'x' }}" }],
    ['a choice among equals', { default: "{{ [token] | select('eq', 'x') | list | length }}" }],
    ['its characters', { default: '{% for c in token %}x{% endfor %}' }],
    ['a match', { default: "{{ token | regex_match('a') }}" }],
  ])('a template that changes one is refused: %s', (_, x) => {
    const made = resolve({ ...schemas, x }, { token: secret });
    expect(made).toMatchObject({ ok: false, message: expect.stringMatching(/^parameters\.x: /) });
    expect(JSON.stringify(made)).not.toMatch(/[\ue000-\uf8ff]|ue000/);
  });
  test.each(['icon \ue001', '\ue000', '\ue000\ue001\ue002\uf8ff', '\\ue001'])(
    'data may have any character: %j',
    (msg) => {
      const made = resolve({ ...schemas, msg: {}, x: { default: '{{ msg }}{{ token }}' } }, { token: secret, msg });
      expect(made).toMatchObject({ ok: true, actionParameters: { msg, x: `${msg}${secretMark('token')}` } });
      const byDefault = resolve({ ...schemas, msg: { default: msg } }, { token: secret });
      expect(byDefault).toMatchObject({ ok: true, actionParameters: { msg } });
    },
  );
  test('the remedy is told', () => {
    expect(resolve({ ...schemas, x: { default: '{{ token | upper }}' } }, { token: secret })).toMatchObject({
      reason: 'RenderFailed',
      message: expect.stringContaining('write {{ name }} of the secret without filters'),
    });
  });
  test('of any type, their content is not checked here', () => {
    expect(resolve({ n: { type: 'integer', secret: true, minimum: 3 } }, { n: secret }).ok).toBe(true);
  });
  test('in clear text as a default are not taken; a reference is, and so is a template', () => {
    const clear = { pw: { type: 'string', secret: true, default: 'hunter2' } };
    for (const given of [{}, { pw: null }]) {
      const made = resolve(clear, given);
      expect(made).toMatchObject({
        reason: 'SecretInline',
        message: expect.stringMatching(/^parameters\.pw is secret/),
      });
      expect(JSON.stringify(made)).not.toContain('hunter2');
    }
    expect(resolve(clear, { pw: secret })).toMatchObject({ ok: true });
    expect(resolve({ pw: { secret: true, default: '{{ action_context.user }}' } }, {})).toMatchObject({ ok: true });
  });
  test('in clear text end it, and the message has no secret', () => {
    const made = resolve(schemas, { token: 'hunter2' });
    expect(made).toMatchObject({ reason: 'SecretInline' });
    expect(JSON.stringify(made)).not.toContain('hunter2');
    const nested = resolve({ o: { type: 'object', properties: { pw: { secret: true } } } }, { o: { pw: 'hunter2' } });
    expect(nested).toMatchObject({ reason: 'SecretInline', message: expect.stringContaining('parameters.o.pw') });
    expect(JSON.stringify(nested)).not.toContain('hunter2');
  });
  test('in clear text inside the text of a list or an object end it too', () => {
    const o = { type: 'object', properties: { pw: { type: 'string', secret: true } } };
    for (const given of [{ o: '{"pw": "hunter2"}' }, { list: '[{"pw": "hunter2"}]' }]) {
      const made = resolve({ o, list: { type: 'array', items: o } }, given);
      expect(made).toMatchObject({ reason: 'SecretInline', message: expect.stringContaining('pw is secret') });
      expect(JSON.stringify(made)).not.toContain('hunter2');
    }
    expect(resolve({ o }, { o: '{"user": "u"}' })).toMatchObject({ ok: true });
  });
  test('are required like others', () => {
    expect(resolve(schemas, { token: null })).toMatchObject({ reason: 'ParametersInvalid' });
  });
  test.each([[{ x: `a${secretMark('token')}` }], [{ x: [{ [secretMark('token')]: 1 }] }]])(
    'a forged mark is refused: %j',
    (given) => {
      expect(resolve({ ...schemas, x: {} }, { token: secret, ...given }, { rendered: true })).toMatchObject({
        reason: 'ParametersInvalid',
      });
    },
  );
});
