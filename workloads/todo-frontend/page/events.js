/**
 * The server-sent events of an answer, as they come.
 *
 * @param {ReadableStream<Uint8Array>} body
 */
export async function* eventsOf(body) {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const blocks = (rest + decoder.decode(value, { stream: true })).split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      // What is not of this form, such as a comment, only keeps the connection alive.
      const [, event, data] = block.match(/^event: (.*)\ndata: (.*)$/) ?? [];
      if (event && data) yield { event, data: JSON.parse(data) };
    }
  }
}
