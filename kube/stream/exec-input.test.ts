import fc from 'fast-check';
import { frame, scriptedPod, success } from '../testing-only/scripted-pod';
import { exec } from './exec';

jest.setTimeout(120_000);

/** What the pod saw of an input that was written piece by piece, all of it at once or each by itself. */
async function received(pieces: readonly Uint8Array[], atOnce: boolean): Promise<Buffer[]> {
  const frames: Buffer[] = [];
  const server = await scriptedPod((socket) => {
    socket.on('message', (data: Buffer) => {
      if (data[0] === 0) frames.push(data.subarray(1));
      if (data[0] !== 255) return;
      socket.send(frame(3, success));
      socket.close(1000);
    });
  });
  try {
    const run = await exec(server.connect(), { pod: 'one', command: ['x'], stdin: true });
    if (atOnce) run.stdin!.cork();
    for (const piece of pieces) run.stdin!.write(piece);
    run.stdin!.end();
    await run.ended;
  } finally {
    await server.close();
  }
  return frames;
}

const pieces = fc.array(
  fc
    .tuple(fc.integer({ min: 1, max: 200_000 }), fc.nat(255))
    .map(([length, byte]) => Buffer.alloc(length, byte)),
  { minLength: 1, maxLength: 6 },
);

test('whatever is written arrives, in its order', async () => {
  await fc.assert(
    fc.asyncProperty(pieces, fc.boolean(), async (written, atOnce) => {
      expect(Buffer.concat(await received(written, atOnce)).equals(Buffer.concat(written))).toBe(true);
    }),
    { numRuns: 50 },
  );
});

describe('pieces that are written at once share frames, for a crumb costs as much as a whole one', () => {
  const piece = Buffer.alloc(50_000);
  const lengths = async (pieces: readonly Buffer[]) =>
    (await received(pieces, true)).map(({ length }) => length);
  // With the channel and the header of the WebSocket 16 and 64 KiB, which are one and four records of TLS.
  const [record, four] = [16_375, 65_527];

  test('of one record at first: what a larger write takes of OpenSSL stays for as long as the stream', async () => {
    expect(await lengths([piece])).toEqual([record, record, record, 50_000 - 3 * record]);
  });

  test('of four where more is sent than a supervisor', async () => {
    const sent = await lengths(Array.from({ length: 100 }, () => piece));
    const small = Math.ceil((4 << 20) / record);
    expect(sent.slice(0, small).every((length) => length === record)).toBe(true);
    const large = sent.slice(small);
    expect(large.slice(0, -1).every((length) => length === four)).toBe(true);
    expect(large.length).toBe(Math.ceil((5_000_000 - small * record) / four));
  });
});

test('a command that is no list of texts is refused, and not made into texts', async () => {
  const server = await scriptedPod(() => {});
  try {
    for (const command of [['echo', 5], 'echo', null]) {
      const opening = exec(server.connect(), { pod: 'p', command: command as string[] });
      await expect(opening).rejects.toMatchObject({ code: 'ARGUMENT_INVALID', expected: 'a list of texts' });
    }
    expect(server.opened()).toBe(0);
  } finally {
    await server.close();
  }
});
