import { fromPod, toPod } from '../supervisor/frames';
import { type Asked, HostilePeer } from '../supervisor/testing-only/hostile-peer';
import { refusal } from '../testing-only/scripted-runtime';
import type { CommandHandle } from './command-handle';
import { SupervisedCommands } from './commands';
import type { TerminalSize } from './terminal-size';

// What a terminal is asked for with. What it does is in terminal.real.test.ts.

let peer: HostilePeer;
let commands: SupervisedCommands;
let frames: Asked[];

beforeEach(async () => {
  frames = [];
  peer = await HostilePeer.open();
  commands = new SupervisedCommands(peer.supervisor);
  peer.onFrame = (frame) => {
    frames.push(frame);
    if (frame.type === toPod.open) peer.send(fromPod.started, frame.channel);
  };
});

const settled = () => new Promise(setImmediate);
const resizes = () => frames.filter(({ type }) => type === toPod.resize).map(({ payload }) => [...payload]);

test('a terminal is asked for with its size and reads what is typed; another size follows', async () => {
  const handle = await commands.start(['sh'], { pty: { columns: 80, rows: 24 } });
  expect(handle.stdin).toBeDefined();
  handle.resize({ columns: 65_535, rows: 1 });
  handle.resize({ columns: 300, rows: 200 });
  await settled();
  expect(JSON.parse(String(frames[0]!.payload))).toMatchObject({
    op: 'run',
    with: { pty: { columns: 80, rows: 24 }, stdin: true },
    place: true,
  });
  expect(resizes()).toEqual([
    [255, 255, 0, 1],
    [1, 44, 0, 200],
  ]);
});

const HOSTILE: unknown[] = [
  0,
  -1,
  70_000,
  1e9,
  1.5,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  '80',
  null,
  undefined,
];

test.each(HOSTILE)('a side of %p is refused before anything is sent', async (side) => {
  const handle = await commands.start(['sh'], { pty: { columns: 80, rows: 24 } });
  const sizes = [
    { columns: side, rows: 24 },
    { columns: 80, rows: side },
  ] as TerminalSize[];
  for (const [index, size] of sizes.entries()) {
    const name = ['columns', 'rows'][index];
    expect(await refusal(commands.start(['sh'], { pty: size }))).toMatchObject({
      code: 'ArgumentInvalid',
      where: 'a command in sandbox local',
      found: expect.stringContaining(`pty.${name}: `),
      expected: 'a whole number from 1 to 65535',
    });
    expect(() => handle.resize(size)).toThrow(
      expect.objectContaining({ code: 'ArgumentInvalid', found: expect.stringContaining(`size.${name}: `) }),
    );
  }
  await settled();
  expect(frames).toHaveLength(1);
});

test('a size that is none is refused as one', async () => {
  for (const pty of [null, 80, 'large', true] as unknown as TerminalSize[])
    expect(await refusal(commands.start(['sh'], { pty }))).toMatchObject({
      code: 'ArgumentInvalid',
      expected: 'an object',
    });
});

test('the size of what is over changes nothing, and one without a terminal is told so', async () => {
  const over = await commands.start(['sh'], { pty: { columns: 80, rows: 24 } });
  peer.done(frames[0]!.channel, { result: { exitCode: 0 } });
  await over.wait();
  over.resize({ columns: 1, rows: 1 });
  expect(() => over.resize({ columns: 0, rows: 1 })).toThrow(
    expect.objectContaining({ code: 'ArgumentInvalid' }),
  );
  const plain: CommandHandle = await commands.start(['sh'], { stdin: 'pipe' });
  expect(() => plain.resize({ columns: 80, rows: 24 })).toThrow(
    expect.objectContaining({
      code: 'ArgumentInvalid',
      found: 'resize() of a command without a terminal',
      remedy: 'Start it with `pty: { columns, rows }`.',
    }),
  );
  await settled();
  expect(resizes()).toEqual([]);
});

test('what outlives its client has no terminal', async () => {
  const wrong = commands.start(['sh'], { detached: true, pty: { columns: 80, rows: 24 } });
  expect(await refusal(wrong)).toMatchObject({
    code: 'ArgumentInvalid',
    found: expect.stringContaining('pty: '),
  });
  await settled();
  expect(frames).toEqual([]);
});

test('a sandbox that has no terminal to give says what to do', async () => {
  peer.onFrame = ({ type, channel }) => {
    if (type === toPod.open)
      peer.done(channel, { problem: { code: 'TERMINAL', text: '/dev/ptmx: no such file' } });
  };
  const error = await refusal(commands.start(['sh'], { pty: { columns: 80, rows: 24 } }));
  expect(error).toMatchObject({ code: 'CommandNotStarted', found: 'TERMINAL: /dev/ptmx: no such file' });
  expect(error.remedy).toMatch(/without `pty`/);
});
