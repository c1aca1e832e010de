import { fromPod, toPod } from '../supervisor/frames';
import { type Asked, HostilePeer } from '../supervisor/testing-only/hostile-peer';
import { refusal } from '../testing-only/scripted-runtime';
import { SupervisedCommands } from './commands';
import type { RunOptions } from './options';

// What a command asks the supervisor for, and what its end is called.

let peer: HostilePeer;
let commands: SupervisedCommands;
let frames: Asked[];

/** A peer that answers each command with what the test says. */
async function answering(answer: (channel: number) => unknown): Promise<void> {
  frames = [];
  peer = await HostilePeer.open();
  commands = new SupervisedCommands(peer.supervisor);
  peer.onFrame = (frame) => {
    frames.push(frame);
    if (frame.type !== toPod.open) return;
    const message = answer(frame.channel);
    if (message !== undefined) peer.done(frame.channel, message);
  };
}

const requests = () =>
  frames.filter(({ type }) => type === toPod.open).map(({ payload }) => JSON.parse(String(payload)));

test('a command asks for what it was given; a variable that is undefined is removed', async () => {
  await answering(() => ({ result: { exitCode: 0 } }));
  await commands.run(['make', '-j']);
  const env = { A: 'b', GONE: undefined };
  await commands.run(['make'], { cwd: 'x', env, timeoutMs: 0.5, stdin: '' });
  await commands.shell('echo $A');
  expect(requests()).toEqual([
    {
      op: 'run',
      with: { argv: ['make', '-j'], cwd: '', env: {}, timeoutMs: 0, stdin: false, tellsStart: false },
    },
    {
      op: 'run',
      with: {
        argv: ['make'],
        cwd: 'x',
        env: { A: 'b', GONE: null },
        timeoutMs: 1,
        stdin: true,
        tellsStart: false,
      },
      place: true,
    },
    expect.objectContaining({ with: expect.objectContaining({ argv: ['sh', '-c', 'echo $A'] }) }),
  ]);
});

test.each<[result: object, outcome: string, known: object]>([
  [{ exitCode: 0 }, 'exited', { exitCode: 0, signal: undefined }],
  [{ exitCode: 255 }, 'exited', { exitCode: 255 }],
  [{ exitCode: 137 }, 'exited', { exitCode: 137 }],
  [{ signal: 'SIGSEGV' }, 'signaled', { exitCode: undefined, signal: 'SIGSEGV' }],
  [{ exitCode: 1, signal: 'SIGTERM' }, 'signaled', { exitCode: undefined, signal: 'SIGTERM' }],
  [{ signal: 'SIGKILL', oomKills: 1 }, 'oomKilled', { exitCode: undefined, signal: 'SIGKILL' }],
  [{ exitCode: 137, oomKills: 2 }, 'oomKilled', { exitCode: undefined, signal: undefined }],
  [{ exitCode: 1, oomKills: 1 }, 'exited', { exitCode: 1 }],
  [{ signal: 'SIGTERM', oomKills: 1 }, 'signaled', { signal: 'SIGTERM' }],
  [{ exitCode: 143, reason: 'timeout' }, 'timedOut', { exitCode: undefined, signal: undefined }],
  [{ signal: 'SIGKILL', reason: 'stop' }, 'aborted', { exitCode: undefined, signal: undefined }],
  [{ reason: 'timeout' }, 'timedOut', {}],
  [{ exitCode: 0, reason: 'boredom' }, 'exited', { exitCode: 0 }],
])('an end of %j is %s', async (result, outcome, known) => {
  await answering(() => ({ result }));
  expect(await commands.run(['x'])).toMatchObject({ outcome, truncated: false, ...known });
  expect(peer.host.destroyed).toEqual([]);
});

test.each<[used: object, usage: object | undefined]>([
  [
    { cpuMs: 12, rssKiB: 3 },
    { cpuMs: 12, peakMemoryBytes: 3072 },
  ],
  [
    { cpuMs: 0, rssKiB: 0 },
    { cpuMs: 0, peakMemoryBytes: 0 },
  ],
  [{ cpuMs: 12 }, undefined],
  [{ rssKiB: 3 }, undefined],
  [{ cpuMs: -1, rssKiB: 3 }, undefined],
  [{ cpuMs: 12, rssKiB: 0.5 }, undefined],
])('an end with %j says what the command has used: %j', async (used, usage) => {
  await answering(() => ({ result: { exitCode: 0, ...used } }));
  expect((await commands.run(['x'])).usage).toEqual(usage);
});

test.each<[object, string]>([
  [{ exitCode: 0, survivors: 2 }, '2 processes of ["x"] do not end'],
  [{ exitCode: 0, survivors: 'some' }, '1 processes of ["x"] do not end'],
  [{ exitCode: 0, survivors: 0 }, ''],
])('an end with %j says what lives on', async (result, found) => {
  await answering(() => ({ result }));
  await commands.run(['x']);
  expect(peer.host.destroyed.length).toBe(found === '' ? 0 : 1);
  expect(peer.host.destroyed.join()).toContain(found);
});

test.each<[code: string, remedy: RegExp, retryable: boolean]>([
  ['ENOENT', /on PATH/, false],
  ['EACCES', /executed by the user/, false],
  ['CWD', /folder first/, false],
  ['EAGAIN', /as many processes/, true],
  ['REAPER_GONE', /try again/, true],
  ['EIO', /what the system said/, false],
])('a command that did not start because of %s says what to do', async (code, remedy, retryable) => {
  await answering(() => ({ problem: { code, text: 'so\u0007 it is' } }));
  const error = await refusal(commands.run(['make', '-j']));
  expect(error).toMatchObject({
    code: 'CommandNotStarted',
    where: '["make","-j"] in sandbox local',
    found: `${code}: so\\u0007 it is`,
    sandboxId: 'local',
    retryable,
  });
  expect(error.remedy).toMatch(remedy);
  expect(await refusal(commands.start(['x']))).toMatchObject({ code: 'CommandNotStarted' });
});

test('a signal goes to the command; without one all of it is ended, once', async () => {
  await answering(() => undefined);
  const starting = commands.start(['sleep', '9']);
  while (frames.length === 0) await new Promise(setImmediate);
  const { channel } = frames[0]!;
  peer.send(fromPod.started, channel);
  const handle = await starting;
  expect(handle.stdin).toBeUndefined();
  handle.kill('SIGINT');
  for (const wrong of ['INT', 'SIGint', 'SIG', 'SIGINT\n', 'xSIGINT', 'SIGABCDEFGHIJKLM']) {
    expect(() => handle.kill(wrong)).toThrow(
      expect.objectContaining({
        code: 'ArgumentInvalid',
        where: 'a command in sandbox local',
        found: `the signal: a text, ${JSON.stringify(wrong)}`,
        sandboxId: 'local',
      }),
    );
  }
  handle.kill();
  handle.kill();
  await new Promise(setImmediate);
  expect(frames.slice(1).map(({ type, payload }) => [type, String(payload)])).toEqual([
    [toPod.signal, 'SIGINT'],
    [toPod.stop, ''],
  ]);
  peer.done(channel, { result: { reason: 'stop' } });
  expect((await handle.wait()).outcome).toBe('aborted');
  // What is over is not ended again.
  handle.kill();
  await handle.close();
  await new Promise(setImmediate);
  expect(frames).toHaveLength(3);
});

test('an abort before the beginning sends nothing, and one later ends the command', async () => {
  await answering(() => undefined);
  expect((await commands.run(['x'], { signal: AbortSignal.abort() })).outcome).toBe('aborted');
  await new Promise(setImmediate);
  expect(frames).toEqual([]);
  const abort = new AbortController();
  const running = commands.run(['x'], { signal: abort.signal });
  while (frames.length === 0) await new Promise(setImmediate);
  abort.abort();
  while (frames.length === 1) await new Promise(setImmediate);
  expect(frames[1]?.type).toBe(toPod.stop);
  peer.done(frames[0]!.channel, { result: { reason: 'stop', exitCode: 143 } });
  expect((await running).outcome).toBe('aborted');
});

test('a command that is begun while the sandbox is closed is Closed, one that ran before is aborted', async () => {
  await answering(() => undefined);
  const before = commands.run(['x']);
  while (frames.length === 0) await new Promise(setImmediate);
  const closing = peer.supervisor.close();
  const late = refusal(commands.run(['y']));
  peer.end();
  await closing;
  expect((await before).outcome).toBe('aborted');
  expect(await late).toMatchObject({
    code: 'Closed',
    where: 'the supervisor of sandbox local',
    expected: 'an open sandbox',
    remedy: 'do not use a sandbox after close()',
  });
  expect(requests()).toHaveLength(1);
});

test('what the pod says of its end is the outcome of what ran in it, with the cause', async () => {
  await answering(() => undefined);
  const cause = { code: 'Evicted', found: 'x', expected: 'y', remedy: 'z', retryable: true } as const;
  peer.host.answer = { outcome: 'evicted', cause };
  const running = commands.run(['x']);
  while (frames.length === 0) await new Promise(setImmediate);
  peer.output(frames[0]!.channel, 'half');
  peer.end();
  const result = await running;
  expect(result).toMatchObject({ outcome: 'evicted', exitCode: undefined, cause });
  expect(result.stdout.text).toBe('half');
});

test.each<[RunOptions, string, boolean]>([
  [{ maxOutputBytes: 3 }, 'out', true],
  [{ maxOutputBytes: 4 }, 'outs', false],
  [{}, 'outs', false],
])('of output with %j the result has %p', async (options, text, truncated) => {
  await answering((channel) => {
    peer.output(channel, 'outs');
    return { result: { exitCode: 0 } };
  });
  const result = await commands.run(['x'], options);
  expect([result.stdout.text, result.truncated]).toEqual([text, truncated]);
});

describe('by a clock of the test,', () => {
  beforeEach(() => jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] }));
  afterEach(() => jest.useRealTimers());
  const settle = () => new Promise((resolve) => setImmediate(resolve));

  test.each<[string, RunOptions, number]>([
    ['a timeout', { timeoutMs: 1_000 }, 5_000],
    ['an abort', {}, 4_000],
  ])('a command that does not end four seconds after %s costs the sandbox', async (what, options, ms) => {
    await answering(() => undefined);
    const abort = new AbortController();
    const running = commands.run(['x'], { ...options, signal: abort.signal });
    await settle();
    if (what === 'an abort') abort.abort();
    await jest.advanceTimersByTimeAsync(ms - 1);
    expect(peer.host.destroyed).toEqual([]);
    await jest.advanceTimersByTimeAsync(1);
    expect((await running).outcome).toBe(what === 'an abort' ? 'aborted' : 'timedOut');
    expect(peer.host.destroyed).toEqual([expect.stringContaining('["x"] was to end and did not')]);
  });
});
