// operator/domain/pack/wanted-ref.test.ts — the name that is told is found again where it is read.
import { expect, test } from 'vitest';
import { otherRefIn, refFault, wantedRef } from './wanted-ref.ts';
import { pack } from '../install/install.setup.ts';

test('a pack under another name is told with the one to take, which can be read from it', () => {
  const wanted = wantedRef(pack({ metadata: { name: 'big-shop' } }));
  expect(wanted).toBe('big_shop');
  expect(wantedRef(pack({ spec: { ref: 'my_shop' } }))).toBe('my_shop');
  expect(refFault('big_shop', wanted)).toBeUndefined();
  const message = refFault('small_shop', wanted) ?? '';
  expect(message).toContain('name the Pack small-shop or set spec.ref');
  expect(otherRefIn(`Version 1 stays in use: ${message}; Rule x: no`)).toBe('small_shop');
  expect(otherRefIn('name the Pack x or set spec.ref')).toBeUndefined();
});
