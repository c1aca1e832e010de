import type { Log } from './log';

/**
 * The answer of another program, handed on as it comes. Where that breaks off, ours ends, and the log says why: an error in the
 * midst of an answer would be written into it by the server, with words that are not for the reader.
 */
export function relay(body: ReadableStream<Uint8Array>, log: Log): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  let hasReader = true;
  return new ReadableStream({
    async pull(controller) {
      const next = await reader.read().catch((error: unknown) => {
        if (hasReader) log.warn('the answer of another program broke off', { error });
        return { done: true as const, value: undefined };
      });
      if (!hasReader) return;
      if (next.done) controller.close();
      else controller.enqueue(next.value);
    },
    async cancel() {
      hasReader = false;
      await reader.cancel().catch(() => {});
    },
  });
}
