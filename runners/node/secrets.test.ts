// runners/node/secrets.test.ts — what of a task is masked: secrets of a configuration that stand there in clear text, whatever they are.
import { expect, test } from 'vitest';
import { parseExact } from '../../operator/domain/result/exact-json.ts';
import { MASK } from './limits.ts';
import { maskOf } from './mask.ts';
import { clearSecrets } from './secrets.ts';

test('numbers that are secret are masked as texts are, with all of their digits', () => {
  const config = parseExact(
    '{"pin":73914682,"id":12345678901234567890,"deep":{"list":["text-one",55501]},"open":[4711]}',
  );
  const secret = [['pin'], ['id'], ['deep', 'list'], ['none', 0]];
  const mask = maskOf(clearSecrets({ pack: 'p', config: config as Record<string, unknown>, secret }));
  expect(mask.text('73914682 12345678901234567890 text-one 55501 4711')).toBe(`${`${MASK} `.repeat(4)}4711`);
});
