/** One entry of an archive. Owners and times are fixed, so that the same content gives the same bytes. */
export interface TarEntry {
  readonly name: string;
  readonly mode?: number;
  readonly content?: Buffer;
  readonly linkTo?: string;
  readonly directory?: boolean;
}

const BLOCK = 512;

function octal(value: number, width: number): string {
  return value.toString(8).padStart(width - 1, '0') + '\0';
}

function header(entry: TarEntry): Buffer {
  const block = Buffer.alloc(BLOCK);
  if (Buffer.byteLength(entry.name) > 100) throw new RangeError(`tar entry name too long: ${entry.name}`);
  const type = entry.directory ? '5' : entry.linkTo ? '2' : '0';
  block.write(entry.name, 0, 100);
  block.write(octal(entry.mode ?? (entry.directory ? 0o755 : 0o644), 8), 100);
  block.write(octal(0, 8), 108);
  block.write(octal(0, 8), 116);
  block.write(octal(entry.content?.length ?? 0, 12), 124);
  block.write(octal(0, 12), 136);
  block.write(type, 156);
  block.write(entry.linkTo ?? '', 157, 100);
  block.write('ustar\x0000', 257);
  // The checksum is taken over the header with blanks in the checksum's own place.
  block.fill(' ', 148, 156);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}

/** A tar archive of these entries, in this order. */
export function tar(entries: readonly TarEntry[]): Buffer {
  const parts = entries.flatMap((entry) => {
    const content = entry.content ?? Buffer.alloc(0);
    return [header(entry), content, Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK)];
  });
  return Buffer.concat([...parts, Buffer.alloc(2 * BLOCK)]);
}
