// operator/domain/workflow/mistral/workbook.test.ts — which workflow of a workbook is run, and how its workflows call each other.
import { describe, expect, test } from 'vitest';
import { playText } from './play.setup.ts';

describe('workbooks', () => {
  const book = `
version: '2.0'
name: p.book
workflows:
  main: {tasks: {t: {workflow: sub x=1, publish: {y: <% task().result.y %>}}, u: {workflow: p.book.sub}, v: {workflow: other.flow}}}
  sub: {input: [x], tasks: {t: {publish: {y: <% $.x %>}}}}
`;
  test('main is run unless told; its workflows are called by name, others as actions', () => {
    const played = playText(book);
    expect(played.open.map(({ workflow, action }) => workflow ?? action)).toEqual(['sub', 'sub', 'other.flow']);
    played.end('t/1', { y: 1, tasks: [], extra: {} });
    played.endAll();
    expect(played.output()).toEqual({ y: 1 });
  });
  test.each(['sub', 'p.book.sub'])('%s is run when it is named', (workflow) => {
    expect(playText(book, { input: { x: 5 }, settings: { workflow } }).output()).toEqual({ y: 5 });
  });
  test('a workflow that there is not', () => {
    expect(playText(book, { settings: { workflow: 'x' } }).extra().state_info).toBe(
      'Unable to find the workflow "x" in the workbook.',
    );
  });
  test('the failure of a workflow under it is told with its reason', () => {
    const played = playText(book);
    played.end('t/1', { result: 'why', tasks: [], extra: { state: 'ERROR' } }, 'failed');
    expect(played.run.result()['tasks']).toMatchObject({
      0: { state: 'ERROR', state_info: 'why', result: { result: 'why' } },
    });
  });
});
