import { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { SandboxError } from '../errors';
import { CHUNK_BYTES, type Channel, sendAll } from '../supervisor';

/**
 * The input of a command as a stream. What a command does not read any more is dropped, as its end is not known here.
 * Only `end()` is the end of the input: one that breaks off must not look like it, or half of it is taken for all.
 */
export function inputOf(channel: Channel, onBroken: (error: Error) => void): Writable {
  const input = new Writable({
    highWaterMark: CHUNK_BYTES,
    write: (chunk: Buffer, _encoding, done) => void sendAll(channel, chunk).then(() => done(), done),
    final: (done) => {
      channel.end('');
      done();
    },
    destroy: (error, done) => {
      if (!channel.isOver && !input.writableFinished) onBroken(error ?? brokenOff());
      done(error);
    },
  });
  input.on('error', () => {});
  return input;
}

/**
 * Writes what the caller gave, and the end of it. Calls back when the caller's stream fails; a command that reads no
 * more is no failure.
 */
export async function feed(
  input: Writable,
  from: string | Uint8Array | Readable,
  onBroken: (error: Error) => void,
): Promise<void> {
  if (!(from instanceof Readable)) {
    input.end(from);
    return;
  }
  let isBroken = false;
  const broken = (error: Error) => {
    if (isBroken || input.destroyed) return;
    isBroken = true;
    onBroken(error);
  };
  // Heard before the pipeline is, which destroys the one end when the other fails.
  from.once('error', broken);
  from.once('close', () => {
    if (!from.readableEnded) broken(brokenOff());
  });
  await pipeline(from, input).catch(() => {});
}

function brokenOff(): SandboxError {
  return new SandboxError('ArgumentInvalid', {
    where: 'the input of a command',
    found: 'a stream that broke off before its end, without an error',
    expected: 'a stream that ends',
    remedy: 'End it with end(), or destroy it with the error that explains why.',
  });
}
