// e2e/conformance/properties/chain-source.ts — random ActionChains.
import fc, { type Arbitrary } from 'fast-check';
import type { Run } from '../../../operator/domain/workflow/engine.ts';
import { readChain } from '../../../operator/domain/workflow/action-chain/read.ts';
import { newChainRun } from '../../../operator/domain/workflow/action-chain/run.ts';

const NAMES = ['one', 'two', 'three', 'four', 'five'];

const value = fc.constantFrom(
  '{{ v }}',
  '{{ one.n }}',
  'a{{ v }}b',
  '{{ nothing }}',
  '{{ p }}',
  'text',
  '{{ range(9) | random }}',
);
const often = <T>(arbitrary: Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 3 });

export const chains: Arbitrary<string> = fc
  .array(
    fc.record({
      parameters: often(value),
      publish: often(value),
      succeeded: often(fc.nat(9)),
      failed: often(fc.nat(9)),
    }),
    { minLength: 1, maxLength: NAMES.length },
  )
  .map((tasks) => {
    const nameOf = (index: number) => NAMES[index % tasks.length];
    const chain = tasks.map(({ parameters, publish, succeeded, failed }, i) => ({
      name: nameOf(i),
      ref: 'core.echo',
      ...(parameters !== undefined && { parameters: { message: parameters } }),
      ...(publish !== undefined && { publish: { v: publish } }),
      ...(succeeded !== undefined && { 'on-success': nameOf(i + 1 + succeeded) }),
      ...(failed !== undefined && { 'on-failure': nameOf(i + 1 + failed) }),
    }));
    return JSON.stringify({ vars: { v: 'begun with {{ p }}' }, default: 'one', chain });
  });

export function chainRun(definition: string): Run {
  const parent = { execution_id: 'u', user: 'ann', pack: 'p' };
  return newChainRun(readChain({ definition, file: 'c.yaml', name: 'c' }), {
    parameters: { p: 1 },
    context: { parent },
    uid: 'u',
  });
}
