import type { Channel } from './channel';
import { CHUNK_BYTES } from './frames';

/** Sends bytes as fast as the other end takes them; stops when the operation is over. */
export async function sendAll(channel: Channel, bytes: Uint8Array): Promise<void> {
  let from = 0;
  while (from < bytes.length && !channel.isOver) {
    await channel.creditCame();
    const length = Math.min(channel.credit, CHUNK_BYTES, bytes.length - from);
    if (length > 0) await channel.send(bytes.subarray(from, from + length));
    from += length;
  }
}
