// operator/domain/job/http-task.test.ts — what an http-request task asks for, and what its pod has for it.
import { describe, expect, test } from 'vitest';
import { secretMark } from '../../api/envelope.ts';
import { action } from '../execution/builders.setup.ts';
import { taskOf } from './task.setup.ts';

const parameters = {
  method: { type: 'string' },
  body: {},
  params: { type: 'object' },
  auth: {},
  timeout: { type: 'number', default: 60 },
  file_name: { type: 'string' },
  file_content: { type: 'string' },
  file_content_type: { type: 'string' },
};
const http = action({ runner: 'http-request', parameters });
const url = 'https://api.example.org/v1';
const JSON_TYPE = { 'Content-TYPE': 'application/json' };
const askedFor = (given: object) => taskOf(http, { url, ...given }).task.http;

describe('the request', () => {
  test('is StackStorm’s where only the address is given', () => {
    expect(askedFor({})).toEqual({
      url,
      method: 'GET',
      query: [],
      headers: [],
      cookies: [],
      proxies: {},
      allowRedirects: false,
      verifyCertificate: true,
      blacklist: [],
      whitelist: [],
    });
  });
  test('has everything that is given', () => {
    const given = {
      method: 'patch',
      params: { q: 'a', many: [1, true], none: null },
      headers: { 'X-A': 1 },
      cookies: { id: 'c' },
      username: 'ann',
      password: { valueFrom: { secretKeyRef: { name: 'vault', key: 'p' } } },
      http_proxy: 'http://p:1',
      https_proxy: 'http://p:2',
      allow_redirects: true,
      verify_ssl_cert: false,
      url_hosts_whitelist: ['api.example.org'],
    };
    expect(askedFor(given)).toMatchObject({
      method: 'PATCH',
      query: [
        { name: 'q', value: 'a' },
        { name: 'many', value: '1' },
        { name: 'many', value: 'True' },
      ],
      headers: [{ name: 'X-A', value: '1' }],
      cookies: [{ name: 'id', value: 'c' }],
      username: 'ann',
      password: secretMark('password'),
      proxies: { http: 'http://p:1', https: 'http://p:2' },
      allowRedirects: true,
      verifyCertificate: false,
      whitelist: ['api.example.org'],
    });
  });
  test.each([
    [{ body: 'x' }, 'POST', 'x'],
    [{ body: '' }, 'GET', undefined],
    [{ body: 'x', method: 'PUT' }, 'PUT', 'x'],
    [{ body: { a: 1 } }, 'POST', { a: 1 }],
    [{ body: '{"n": 1.0}', headers: JSON_TYPE }, 'POST', '{"n": 1.0}'],
    [{ body: "{'a': True, 'b': None}", headers: JSON_TYPE }, 'POST', { a: true, b: null }],
    [{ body: "{'a': True}" }, 'POST', "{'a': True}"],
    [{ body: 'neither', headers: JSON_TYPE }, 'POST', 'neither'],
  ])('of %j is a %s with %j', (given, method, body) => {
    const made = askedFor(given);
    expect([made?.method, made?.body]).toEqual([method, body]);
  });
  test('has secrets inside of headers and of a body, which stay JSON', () => {
    const hidden = (body: object) =>
      taskOf(
        action({
          runner: 'http-request',
          parameters: {
            token: { type: 'string', secret: true },
            headers: { default: { ...JSON_TYPE, Authorization: 'Bearer {{ token }}' }, immutable: true },
            body,
          },
        }),
        { url, token: { valueFrom: { secretKeyRef: { name: 'vault', key: 't' } } } },
      ).task;
    const mark = secretMark('token');
    for (const body of [{ default: '{"t": "{{ token }}"}' }, { type: 'object', default: { t: '{{ token }}' } }]) {
      const { http: made, secrets } = hidden(body);
      expect([made?.body, secrets]).toEqual([{ t: mark }, ['token']]);
      expect(made?.headers).toContainEqual({ name: 'Authorization', value: `Bearer ${mark}` });
    }
  });
  test('with a file is a form', () => {
    const file = { file_name: 'a.txt', file_content: 'text' };
    expect(askedFor(file)).toMatchObject({ method: 'POST', file: { name: 'a.txt', content: 'text' } });
    expect(askedFor({ ...file, file_content_type: 'text/plain' })?.file?.type).toBe('text/plain');
    expect(askedFor({ file_name: 'a.txt' })).not.toHaveProperty('file');
  });
  test.each([
    ['ann:pw', 'ann:pw'],
    [['ann', 'pw'], 'ann:pw'],
    [{ username: 'ann', password: 'pw' }, 'ann:pw'],
    [null, undefined],
  ])('has the user of auth %j', (auth, wanted) => {
    expect(askedFor({ auth })?.auth).toBe(wanted);
  });
  test.each([
    [{ auth: { token: 'x' } }, 'parameters.auth'],
    [{ timeout: 0 }, 'parameters.timeout'],
    [{ timeout: 1e9 }, 'parameters.timeout'],
    [{ url_hosts_blacklist: ['a'], url_hosts_whitelist: ['b'] }, 'mutually exclusive'],
  ])('is not made of %j', (given, words) => {
    expect(() => askedFor(given)).toThrow(words);
  });
  test('needs an address', () => {
    expect(() => taskOf(http, {})).toThrow('url');
  });
});

describe('the time', () => {
  test('is a parameter of the action, in full seconds', () => {
    expect(taskOf(http, { url, timeout: 1.5 })).toMatchObject({ timeout: '2', task: { timeoutSeconds: 2 } });
    expect(taskOf(http, { url }).task.timeoutSeconds).toBe(60);
  });
  test('is that of the Action where it has no such parameter', () => {
    expect(taskOf(action({ runner: 'http-request', parameters: {}, timeoutSeconds: 7 }), { url }).timeout).toBe('7');
    expect(taskOf(action({ runner: 'http-request', parameters: {} }), { url }).timeout).toBe('60');
  });
});

describe('the pod', () => {
  test('has the authorities of the namespace, no key of SSH, and no files of the pack', () => {
    const content = { files: `sha256:${'a'.repeat(64)}` };
    const { pod, main } = taskOf(action({ runner: 'http-request', parameters: {}, content }), { url });
    const items = [{ key: 'ca.crt', path: 'ca.crt' }];
    expect(pod.volumes).toContainEqual({
      name: 'squall-ca',
      projected: { sources: [{ configMap: { name: 'squall-ca', optional: true, items } }] },
    });
    expect(main.env).toContainEqual({ name: 'SQUALL_TRUST_FILE', value: '/var/run/squall-ca/ca.crt' });
    expect(main.image).toBe('squall/runner-node:1');
    expect(JSON.stringify(pod)).not.toContain('squall-ssh');
    expect(main.env.map(({ name }) => name)).not.toContain('SQUALL_CONTENT_URL');
  });
});
