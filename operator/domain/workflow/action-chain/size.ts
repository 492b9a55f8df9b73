// operator/domain/workflow/action-chain/size.ts — about how many bytes a value takes as JSON.
import { dictEntries, isDict } from '../../expression/python/dict.ts';
import { isList, type Value } from '../../expression/python/values.ts';
import { textOf } from './text.ts';

/** Texts count as their UTF-8, escapes not at all. */
export function jsonBytes(value: Value): number {
  let bytes = 0;
  const open: Value[] = [value];
  for (let one = open.pop(); one !== undefined; one = open.pop()) {
    if (typeof one === 'string') bytes += Buffer.byteLength(one) + 2;
    else if (isList(one)) {
      bytes += one.length + 1;
      for (const item of one) open.push(item);
    } else if (isDict(one)) {
      bytes += 1;
      for (const [key, item] of dictEntries(one)) {
        bytes += Buffer.byteLength(textOf(key)) + 4;
        open.push(item);
      }
    } else bytes += textOf(one).length;
  }
  return bytes;
}
