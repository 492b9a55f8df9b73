// cli/parameters.test.ts — words → parameters: casts by type, files, secrets, and what is refused with which advice.
import { describe, expect, test } from 'vitest';
import { parseParameters, type Schemas } from './parameters.ts';

const schemas: Schemas = {
  cmd: { type: 'string' },
  count: { type: 'integer' },
  ratio: { type: 'number' },
  force: { type: 'boolean' },
  hosts: { type: 'array' },
  ports: { type: 'array', items: { type: 'integer' } },
  labels: { type: 'object' },
  limits: { type: 'object', properties: { cpu: { type: 'integer' } }, additionalProperties: { type: 'boolean' } },
  nothing: { type: 'null' },
  anything: {},
  password: { type: 'string', secret: true },
  tokens: { type: 'array', secret: true },
  fixed: { type: 'string', immutable: true, default: 'x' },
};

test.each<[string, string[], Record<string, unknown>]>([
  ['a string stays as it is, with = in it', ['cmd=a=b c'], { cmd: 'a=b c' }],
  ['a string of digits stays a string', ['cmd=007'], { cmd: '007' }],
  ['an empty value', ['cmd='], { cmd: '' }],
  ['an integer', ['count=-3'], { count: -3 }],
  ['an integer of many digits', ['count=9007199254740993'], { count: '9007199254740993' }],
  ['a number', ['ratio=1e-3'], { ratio: 0.001 }],
  ['a boolean in any case', ['force=True'], { force: true }],
  ['null', ['nothing=null'], { nothing: null }],
  ['without a type it is text', ['anything={"a":1}'], { anything: '{"a":1}' }],
  ['an array by commas', ['hosts=a, b,c'], { hosts: ['a', 'b', 'c'] }],
  ['an empty array', ['hosts='], { hosts: [] }],
  ['an array as JSON keeps its types', ['hosts=[1,"b"]'], { hosts: [1, 'b'] }],
  ['an array given more than once', ['hosts=a', 'hosts=b,c'], { hosts: ['a', 'b', 'c'] }],
  ['items are cast by their own schema', ['ports=80,443'], { ports: [80, 443] }],
  ['a later scalar wins', ['count=1', 'count=2'], { count: 2 }],
  ['an object by colons', ['labels=a:1,b:x=y'], { labels: { a: '1', b: 'x=y' } }],
  ['an object by equal signs', ['labels=a=1,b=2'], { labels: { a: '1', b: '2' } }],
  ['an object as JSON', ['labels={"a":{"b":[1]}}'], { labels: { a: { b: [1] } } }],
  ['properties are cast by their own schema', ['limits=cpu:2,burst:true'], { limits: { cpu: 2, burst: true } }],
  [
    'a word without = takes the rest of the line as cmd',
    ['count=1', 'ls', '-l', 'a=b'],
    { count: 1, cmd: 'ls -l a=b' },
  ],
  ['a file', ['@cmd=script.sh'], { cmd: 'content of script.sh' }],
  [
    'a secret',
    ['password=@secret:db/pass'],
    { password: { valueFrom: { secretKeyRef: { name: 'db', key: 'pass' } } } },
  ],
])('%s', (_, words, expected) => {
  expect(parseParameters(words, schemas, (path) => `content of ${path}`)).toEqual(expected);
});

describe('what is refused names the parameter and what to write', () => {
  test.each<[string, RegExp]>([
    ['count=1.5', /parameter "count": "1.5" is not an integer; write for example count=3/],
    ['count=', /"count".*not an integer/],
    ['count=0x', /"count".*not an integer/],
    ['ratio=NaN', /"ratio".*not a number/],
    ['force=1', /"force": "1" is not a boolean; write true or false/],
    ['ports=80,http', /"ports\[\]": "http" is not an integer/],
    ['labels=a', /"labels": "a" is not key:value/],
    ['labels={a', /"labels": not valid JSON/],
    ['hosts=[1', /"hosts": not valid JSON/],
    ['nothing=1', /write nothing=null/],
    ['password=hunter2', /"password" is secret.*password=@secret:my-secret\/password/],
    ['tokens=a,b', /"tokens" is secret/],
    ['@password=file', /"password" is secret/],
    ['password=@secret:db', /write password=@secret:<name of the Secret>/],
    ['colour=red', /"colour": the action has none of that name; it has: .*count.*ports/],
    ['=x', /write key=value/],
  ])('%s', (word, message) => {
    expect(() => parseParameters([word], schemas, () => 'text')).toThrow(message);
  });
  test('a secret never shows in the message that refuses it', () => {
    expect(() => parseParameters(['password=hunter2'], schemas)).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('hunter2') }),
    );
  });
  test('an immutable parameter is not offered', () => {
    expect(() => parseParameters(['colour=red'], schemas)).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('fixed') }),
    );
  });
  test('a command for an action that takes none', () => {
    expect(() => parseParameters(['ls'], { count: { type: 'integer' } })).toThrow(/takes no cmd.*it has: count/);
  });
  test('a file that cannot be read', () => {
    expect(() => parseParameters(['@cmd=/does/not/exist'], schemas)).toThrow(/"cmd": read file \/does\/not\/exist/);
  });
  test('a prototype is not a parameter', () => {
    expect(() => parseParameters(['constructor=x'], schemas)).toThrow(/none of that name/);
  });
});

test('without the schema everything is text, and the operator judges', () => {
  expect(parseParameters(['count=3', 'uname', '-a'], undefined)).toEqual({ count: '3', cmd: 'uname -a' });
});
