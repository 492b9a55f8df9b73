// runners/installer/tar-made.setup.ts — for tests: tar archives made by hand, block by block, with whatever a hostile one may have.

/** One header and what follows it. */
export interface Made {
  readonly name: string | Buffer;
  /** '0' file, '1' hard link, '2' link, '3' device, '5' folder, '6' pipe, 'x' record, … Default: a file. */
  readonly type?: string;
  readonly content?: string | Buffer;
  /** What the header says, when that is not the length of the content. */
  readonly sizeBytes?: number;
  readonly target?: string;
}

const BLOCK = 512;

export function madeTar(entries: Iterable<Made>): Buffer {
  const blocks = [...entries].flatMap(({ content = '', ...rest }) => {
    const body = Buffer.from(content);
    const padding = Buffer.alloc((BLOCK - (body.length % BLOCK)) % BLOCK);
    return [headerOf({ sizeBytes: body.length, ...rest }), body, padding];
  });
  return Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK)]);
}

/** A record in pax's form for the entry after it. */
export function paxRecord(key: string, value: string): Made {
  const rest = Buffer.byteLength(` ${key}=${value}\n`);
  let length = rest + 1;
  while (String(length).length + rest !== length) length = String(length).length + rest;
  return { name: 'record', type: 'x', content: `${length} ${key}=${value}\n` };
}

function headerOf({ name, type = '0', sizeBytes = 0, target = '' }: Made): Buffer {
  const block = Buffer.alloc(BLOCK);
  Buffer.from(name).copy(block, 0, 0, 100);
  block.write('0000644\0', 100, 'latin1');
  block.write(`${sizeBytes.toString(8).padStart(11, '0')}\0`, 124, 'latin1');
  block.write(type, 156, 'latin1');
  block.write(target, 157, 100);
  block.write('ustar\x0000', 257, 'latin1');
  block.write(' '.repeat(8), 148, 'latin1');
  let sum = 0;
  for (const byte of block) sum += byte;
  block.write(`${sum.toString(8).padStart(6, '0')}\0`, 148, 'latin1');
  return block;
}
