// operator/kube/frames.ts — bytes of a watch → JSON lines, wherever the network happened to cut them.
import { parseObject } from '../domain/result/exact-json.ts';

/** Whole lines of a byte stream as JSON; a last line without its newline is no event but an error. */
export async function* frames(source: AsyncIterable<Uint8Array>): AsyncGenerator<unknown> {
  const decoder = new TextDecoder(); // keeps a character whose bytes came in two chunks
  let parts: string[] = [];
  for await (const chunk of source) {
    const text = decoder.decode(chunk, { stream: true });
    let from = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
      const line = parts.join('') + text.slice(from, end);
      parts = [];
      from = end + 1;
      if (line.trim()) yield parse(line);
    }
    if (from < text.length) parts.push(text.slice(from));
  }
  const torn = parts.join('') + decoder.decode();
  if (torn.trim()) throw new Error(`watch ended inside an event, after ${torn.length} characters of it`);
}

function parse(line: string): unknown {
  try {
    return parseObject(line);
  } catch (cause) {
    throw new Error('read an event of a watch: the line is not JSON', { cause });
  }
}
