import { eventsOf, eventText } from './event-stream';

async function read(...pieces: (string | Uint8Array)[]) {
  const bytes = pieces.map((piece) => (typeof piece === 'string' ? new TextEncoder().encode(piece) : piece));
  const events: unknown[] = [];
  for await (const event of eventsOf(ReadableStream.from(bytes) as ReadableStream<Uint8Array>))
    events.push(event);
  return events;
}

test('an event that is written is read again, wherever the network cuts it', async () => {
  const data = { text: 'two\nlines: and "quotes" ü' };
  const bytes = new TextEncoder().encode(eventText('text', data) + eventText('done', {}));
  const wanted = [
    { event: 'text', data: JSON.stringify(data) },
    { event: 'done', data: '{}' },
  ];
  for (let cut = 0; cut <= bytes.length; cut++) {
    expect(await read(bytes.slice(0, cut), bytes.slice(cut))).toEqual(wanted);
  }
});

test('events of others are read: without a name, of many lines, with comments and other line ends', async () => {
  expect(await read('data: a\r\ndata:b\r\n\r\n: still here\n\ndata: [DONE]\n\ndata: cut off')).toEqual([
    { event: 'message', data: 'a\nb' },
    { event: 'message', data: '[DONE]' },
  ]);
});

test('an event without an end is given up', async () => {
  await expect(read(`data: ${'x'.repeat(2_000_000)}`)).rejects.toThrow('has no end');
});
