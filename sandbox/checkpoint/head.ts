import type { Origin } from './checkpoint';

/**
 * A checkpoint is one file: u32 length and a head as JSON, then the records of a folder as they travel to a supervisor,
 * compressed, without the last one. That one says that all has come, and is sent only when the digest of the file was right.
 */
const FORMAT = 'drydock checkpoint 2';

/** What stands before the records. Bytes that are compared, and never read for what they say. */
export function headOf({ template, image }: Origin, folder: string): Buffer {
  const text = Buffer.from(JSON.stringify({ format: FORMAT, template, image, folder }));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(text.length);
  return Buffer.concat([length, text]);
}
