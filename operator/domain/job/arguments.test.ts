// operator/domain/job/arguments.test.ts — parameters as the arguments of a script, as StackStorm writes them.
import { describe, expect, test } from 'vitest';
import { action, execution } from '../execution/builders.setup.ts';
import { scriptArguments } from './arguments.ts';
import { build, taskIn } from './task.setup.ts';

describe('arguments of a script', () => {
  test('the example of StackStorm', () => {
    const schemas = { n: { type: 'integer', position: 0 }, l: { type: 'array', position: 1 } } as const;
    expect(scriptArguments({ n: 3, l: [1, 2], name: 'a b', verbose: true, dry: false }, schemas, '--')).toEqual([
      '--name=a b',
      '--verbose',
      '3',
      '1,2',
    ]);
  });
  test.each<[unknown, string[]]>([
    [null, []],
    ['', []],
    [0, ['-x=0']],
    [['a', 1], ["-x=['a', 1]"]],
    [{ k: true }, ["-x={'k': True}"]],
  ])('named %j', (value, words) => {
    expect(scriptArguments({ x: value }, {}, '-')).toEqual(words);
  });
  test.each<[string | undefined, unknown, string]>([
    ['string', null, ''],
    ['string', 'a b', 'a b'],
    ['number', 3, '3.0'],
    ['number', 1.5, '1.5'],
    ['boolean', true, '1'],
    ['boolean', false, '0'],
    ['boolean', null, ''],
    ['array', ['a', 1, null], 'a,1,None'],
    ['object', { a: [1] }, '{"a":[1]}'],
    ['null', 5, ''],
    ['integer', 0, ''],
    ['integer', 7, '7'],
    [undefined, 0, ''],
    [undefined, [], ''],
    [undefined, 'x', 'x'],
  ])('positional %s %j', (type, value, word) => {
    const schema = { position: 0, ...(type === undefined ? {} : { type }) } as never;
    expect(scriptArguments({ x: value }, { x: schema }, '--')).toEqual([word]);
  });
  test('in the task, defaults included', () => {
    const of = action({
      runner: 'local-shell-script',
      script: '#!/bin/sh',
      parameters: { a: { position: 0, default: 'one' }, b: {}, kwarg_op: { default: '-' } },
    });
    const task = taskIn(build(execution({ request: { parameters: { b: 'x' } } }), of));
    expect(task).toMatchObject({ runner: 'local-shell-script', script: '#!/bin/sh', arguments: ['-b=x', 'one'] });
  });
});
