import type { Channel } from './channel';
import { CHUNK_BYTES } from './frames';

/** So many frames leave in one write; what others send meanwhile does not wait for more. */
const AT_ONCE = 4;

/** Sends bytes as fast as the other end takes them; stops when the operation is over. */
export async function sendAll(channel: Channel, bytes: Uint8Array): Promise<void> {
  let from = 0;
  while (from < bytes.length && !channel.isOver) {
    await channel.creditCame();
    const frames: Promise<void>[] = [];
    while (frames.length < AT_ONCE && from < bytes.length && channel.credit > 0) {
      const length = Math.min(channel.credit, CHUNK_BYTES, bytes.length - from);
      frames.push(channel.send(bytes.subarray(from, from + length)));
      from += length;
    }
    await Promise.all(frames);
  }
}
