import { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CHUNK_BYTES, type Channel, sendAll } from '../supervisor';

/** The input of a command as a stream. What a command does not read any more is dropped, as its end is not known here. */
export function inputOf(channel: Channel): Writable {
  const input = new Writable({
    highWaterMark: CHUNK_BYTES,
    write: (chunk: Buffer, _encoding, done) => void sendAll(channel, chunk).then(() => done(), done),
    final: (done) => {
      channel.end('');
      done();
    },
    destroy: (error, done) => {
      channel.end('');
      done(error);
    },
  });
  input.on('error', () => {});
  return input;
}

/** Writes what the caller gave, and the end of it; rejects when the caller's stream fails. */
export async function feed(input: Writable, from: string | Uint8Array | Readable): Promise<void> {
  if (from instanceof Readable) await pipeline(from, input);
  else input.end(from);
}
