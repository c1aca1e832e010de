/** One server-sent event. */
export interface ServerEvent {
  readonly event: string;
  readonly data: string;
}

/** More in one event is no event of those that we talk with. */
const LONGEST = 1024 * 1024;

/** An event as it goes over the wire. JSON has no line breaks, so its data are one line. */
export function eventText(event: string, data: unknown): string {
  return `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}

/** The events of a stream, as they come. */
export async function* eventsOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<ServerEvent> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const bytes of stream) {
    rest = (rest + decoder.decode(bytes, { stream: true })).replaceAll('\r\n', '\n');
    const blocks = rest.split('\n\n');
    rest = blocks.pop() ?? '';
    if (rest.length > LONGEST) throw new Error('an event of the stream has no end');
    for (const block of blocks) {
      const event = eventIn(block);
      if (event) yield event;
    }
  }
}

/** Undefined for a comment, which only keeps a connection alive. */
function eventIn(block: string): ServerEvent | undefined {
  const fields = block.split('\n').map((line) => {
    const [, name = '', value = ''] = line.match(/^([^:]*):? ?(.*)$/s) ?? [];
    return { name, value };
  });
  const data = fields.filter(({ name }) => name === 'data').map(({ value }) => value);
  const event = fields.findLast(({ name }) => name === 'event')?.value ?? 'message';
  return data.length === 0 ? undefined : { event, data: data.join('\n') };
}
