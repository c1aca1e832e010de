import { PassThrough, Readable } from 'node:stream';
import { fromPod, toPod } from '../supervisor/frames';
import { HostilePeer } from '../supervisor/testing-only/hostile-peer';
import { SupervisedCommands } from './commands';

const honestEnd = { result: { exitCode: 0 } };

/** Frames of the client by type, and a peer that answers as the test says. */
async function peerThat(onOpen: (peer: HostilePeer, channel: number) => void) {
  const peer = await HostilePeer.open();
  const seen: number[] = [];
  const input: Buffer[] = [];
  peer.onFrame = ({ type, channel, payload }) => {
    seen.push(type);
    if (type === toPod.data) input.push(Buffer.from(payload));
    if (type === toPod.open) onOpen(peer, channel);
    if (type === toPod.stop) peer.done(channel, { result: { reason: 'stop', exitCode: 143 } });
    if (type === toPod.end && channel !== 0) peer.done(channel, honestEnd);
  };
  return { peer, seen, input, commands: new SupervisedCommands(peer.supervisor) };
}

describe('a command that has ended, and whose end is not reported,', () => {
  const says = (peer: HostilePeer, channel: number) => {
    peer.output(channel, 'out');
    peer.send(fromPod.exit, channel, JSON.stringify({ exitCode: 3 }));
  };

  // Only the bounds are on a clock of the test; streams go on by themselves.
  beforeEach(() => jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] }));
  afterEach(() => jest.useRealTimers());

  const settle = () => new Promise((resolve) => setImmediate(resolve));

  test('is over in bounded time, with the end that was told and as cut, and costs the sandbox', async () => {
    const { peer, commands } = await peerThat(says);
    const running = commands.run(['true'], { timeoutMs: 500 });
    await settle();
    await jest.advanceTimersByTimeAsync(9_900);
    expect(peer.host.destroyed).toEqual([]);
    await jest.advanceTimersByTimeAsync(200);
    const result = await running;
    expect(result).toMatchObject({ outcome: 'exited', exitCode: 3, truncated: true });
    expect(result.stdout.text).toBe('out');
    expect(peer.host.destroyed).toEqual([expect.stringContaining('has ended, and the supervisor did not')]);
  });

  test('is over sooner when its caller gives it up', async () => {
    const { peer, commands } = await peerThat(says);
    const abort = new AbortController();
    const running = commands.run(['true'], { signal: abort.signal });
    await settle();
    abort.abort();
    await jest.advanceTimersByTimeAsync(4_100);
    expect(await running).toMatchObject({ outcome: 'exited', exitCode: 3, truncated: true });
    expect(peer.host.destroyed).toHaveLength(1);
  });

  test('waits for a reader that holds its output', async () => {
    const { peer, commands } = await peerThat((peer, channel) => {
      peer.send(fromPod.started, channel);
      says(peer, channel);
    });
    const handle = await commands.start(['true']);
    await settle();
    await jest.advanceTimersByTimeAsync(25_000);
    expect(peer.host.destroyed).toEqual([]);
    expect((await handle.events.next()).value).toMatchObject({ type: 'stdout' });
    const closing = handle.close();
    await jest.advanceTimersByTimeAsync(4_100);
    await closing;
  });
});

describe('input', () => {
  /** Gives some bytes, and then fails. */
  async function* failing() {
    yield Buffer.from('committed');
    throw new Error('the disk is gone');
  }

  test('that ends is the end of the input: the control', async () => {
    const { commands, input, seen } = await peerThat(() => {});
    const result = await commands.run(['cat'], { stdin: Readable.from([Buffer.from('committed')]) });
    expect(result.outcome).toBe('exited');
    expect(String(Buffer.concat(input))).toBe('committed');
    expect(seen).toContain(toPod.end);
  });

  test('that breaks off is never its end: the command is ended, and its caller hears why', async () => {
    const { commands, seen } = await peerThat(() => {});
    const run = commands.run(['cat'], { stdin: Readable.from(failing()) });
    await expect(run).rejects.toThrow('the disk is gone');
    expect(seen).toContain(toPod.stop);
    expect(seen).not.toContain(toPod.end);
  });

  test('that is destroyed without an error is no end either', async () => {
    const source = new PassThrough();
    const { commands, seen } = await peerThat(() => {
      source.write('half');
      setImmediate(() => source.destroy());
    });
    await expect(commands.run(['cat'], { stdin: source })).rejects.toThrow('broke off');
    expect(seen).not.toContain(toPod.end);
  });

  test('a pipe of a handle that is destroyed is no end either', async () => {
    const { commands, seen } = await peerThat((peer, channel) => peer.send(fromPod.started, channel));
    const handle = await commands.start(['cat'], { stdin: 'pipe' });
    handle.stdin!.write('half');
    handle.stdin!.destroy();
    await expect(handle.wait()).rejects.toThrow('broke off');
    expect(seen).not.toContain(toPod.end);
  });

  test('that a command does not want to the end is no failure, and its source is let go of', async () => {
    const source = new Readable({
      read() {
        this.push(Buffer.alloc(1024));
      },
    });
    const { commands, seen } = await peerThat((peer, channel) => peer.done(channel, honestEnd));
    expect(await commands.run(['head', '-c', '10'], { stdin: source })).toMatchObject({ outcome: 'exited' });
    expect(seen).not.toContain(toPod.stop);
    while (!source.destroyed) await new Promise(setImmediate);
  });
});

test('two that ask for the next event at once get two, in order', async () => {
  const { commands } = await peerThat((peer, channel) => {
    peer.send(fromPod.started, channel);
    setTimeout(() => {
      peer.output(channel, 'a');
      peer.output(channel, 'b', 2);
      peer.done(channel, honestEnd);
    }, 20);
  });
  const { events } = await commands.start(['true']);
  const [first, second, third, fourth] = await Promise.all([1, 2, 3, 4].map(() => events.next()));
  expect([first!.value?.type, second!.value?.type, third!.value?.type]).toEqual(['stdout', 'stderr', 'end']);
  expect(fourth!.done).toBe(true);
});
