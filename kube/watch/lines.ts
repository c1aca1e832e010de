import type { IncomingMessage } from 'node:http';
import { KubeError } from '../errors';

/** etcd keeps objects of at most a few megabytes; a longer line is not one of them. */
const maxLineBytes = 32 << 20;
const newline = 0x0a;

/**
 * The whole lines of a response. Stops reading while its consumer is busy. A last line without its newline was cut
 * and is not a line. No byte for `stallMs` while one is waited for is an error, and so is a cut.
 */
export async function* lines(
  response: IncomingMessage,
  where: string,
  stallMs: number,
): AsyncGenerator<string, void, undefined> {
  const chunks: AsyncIterator<Buffer> = response[Symbol.asyncIterator]();
  let parts: Buffer[] = [];
  let bytes = 0;
  try {
    for (;;) {
      const next = await withinStall(response, chunks, where, stallMs);
      if (next.done) return;
      let chunk = next.value;
      for (;;) {
        const end = chunk.indexOf(newline);
        if (end < 0) break;
        parts.push(chunk.subarray(0, end));
        yield Buffer.concat(parts).toString('utf8');
        parts = [];
        bytes = 0;
        chunk = chunk.subarray(end + 1);
      }
      parts.push(chunk);
      bytes += chunk.length;
      if (bytes > maxLineBytes) throw lineTooLong(where);
    }
  } finally {
    response.destroy();
  }
}

async function withinStall(
  response: IncomingMessage,
  chunks: AsyncIterator<Buffer>,
  where: string,
  stallMs: number,
): Promise<IteratorResult<Buffer>> {
  const timer = setTimeout(() => response.destroy(stalled(where, stallMs)), stallMs);
  try {
    return await chunks.next();
  } finally {
    clearTimeout(timer);
  }
}

function stalled(where: string, stallMs: number): KubeError {
  return new KubeError('CONNECTION_LOST', {
    where,
    found: `silence for ${stallMs} ms`,
    expected: 'an event or a bookmark',
    remedy: 'nothing: it is opened again',
  });
}

function lineTooLong(where: string): KubeError {
  return new KubeError('RESPONSE_TOO_LARGE', {
    where,
    found: 'a longer event',
    expected: `an event of at most ${maxLineBytes} bytes`,
    remedy: 'check for a proxy between here and the API server',
  });
}
