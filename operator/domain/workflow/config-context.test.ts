// operator/domain/workflow/config-context.test.ts — a run sees the configuration of its pack as it was, to the last digit.
import { expect, test } from 'vitest';
import { NOWHEN } from '../expression/evaluation.ts';
import { Float } from '../expression/python/values.ts';
import { configContext, pinnedConfig } from './config-context.ts';
import { RunReads } from './reads.ts';

test('long integers and floats are pinned as they are, and a replay sees them again', () => {
  const pinned = {
    ref: 'shop.w',
    engine: 'orquesta',
    definition: {},
    parameters: { id: { default: '{{ config_context.account }}' } },
  } as const;
  const values = { account: 1234567890123456789n, rate: new Float(1), size: 3 };
  const source = () => ({ pack: 'shop', schema: {}, values, references: [] });
  const contextOf = (reads: RunReads) => {
    const config = pinnedConfig(pinned, reads, source);
    if (config && 'reason' in config) throw new Error(config.message);
    return configContext(config, { reads, user: 'stanley', world: NOWHEN });
  };
  const reads = new RunReads('stanley', () => () => undefined);
  expect(contextOf(reads)).toEqual({ ok: true, config: values });
  const again = new RunReads('stanley', () => () => undefined);
  again.replay(reads.take());
  expect(contextOf(again)).toEqual({ ok: true, config: values });
});
