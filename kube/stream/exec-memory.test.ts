import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { scriptedPod } from '../testing-only/scripted-pod';
import type { ScriptedServer } from '../testing-only/scripted-server';
import { exec } from './exec';

let server: ScriptedServer;
afterEach(() => server.close());

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Bytes of buffers that something still holds. */
async function held(): Promise<number> {
  // What just ended is let go of in the turns after.
  for (let turn = 0; turn < 5; turn += 1) {
    await new Promise(setImmediate);
    collectGarbage();
  }
  return process.memoryUsage().arrayBuffers;
}

test('thousands of streams that wait do not hold a frame each, and what is sent arrives whole', async () => {
  const COUNT = 60;
  const INPUT_BYTES = 100_000;
  const heard: number[] = [];
  server = await scriptedPod((socket) => {
    const at = heard.push(0) - 1;
    socket.on('message', (data: Buffer) => {
      // Each byte says which stream it is of, so one that was overwritten is seen.
      const isWhole = data.subarray(2).every((byte) => byte === data[1]);
      heard[at]! += isWhole ? data.length - 1 : Number.NaN;
    });
  });
  const connection = server.connect();
  const before = await held();
  const running = await Promise.all(
    Array.from({ length: COUNT }, () =>
      exec(connection, { pod: 'one', command: ['cat'], stdin: true, stdinEnd: false }),
    ),
  );
  for (const [index, { stdin }] of running.entries()) stdin!.write(Buffer.alloc(INPUT_BYTES, index + 1));
  while (heard.length < COUNT || heard.some((bytes) => bytes < INPUT_BYTES)) await new Promise(setImmediate);
  expect(heard).toEqual(Array.from({ length: COUNT }, () => INPUT_BYTES));
  const each = ((await held()) - before) / COUNT;
  expect(each).toBeLessThan(24_000);
  for (const one of running) one.close();
});
