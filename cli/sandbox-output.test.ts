import { PassThrough } from 'node:stream';
import { type CommandHandle, type CommandResult, SandboxError } from '../sandbox';
import { copied, exitCodeOf, notStartedCode, type Outputs, pass } from './sandbox-output';

const ended = (result: Partial<CommandResult>) =>
  ({ outcome: 'exited', exitCode: 0, ...result }) as CommandResult;

type Event = { readonly type: 'stdout' | 'stderr'; readonly bytes: Uint8Array };
const said = (type: Event['type'], text: string): Event => ({ type, bytes: Buffer.from(text) });

/** A command that says this and ends so; `kills` counts how often it was told to end. */
function command(events: readonly Event[], result: CommandResult, hasEnd = true) {
  const told = [...events, ...(hasEnd ? [{ type: 'end' as const, result }] : [])];
  const counted = { kills: 0 };
  const handle = {
    events: (async function* () {
      yield* told;
    })(),
    wait: async () => result,
    kill: async () => {
      counted.kills += 1;
    },
  } as unknown as CommandHandle;
  return { handle, counted };
}

function outputs(isTTY: boolean) {
  const streams = { stdout: new PassThrough(), stderr: new PassThrough() };
  for (const stream of Object.values(streams)) Object.assign(stream, { isTTY });
  const text = (name: keyof Outputs) => String(streams[name].read() ?? '');
  return { streams, text };
}

const CLEARS = 'a\u001b[2Jb\r';

test('bytes go to a file as they are, each to its own output, in their order', async () => {
  const { streams, text } = outputs(false);
  const result = ended({ exitCode: 3 });
  const events = [said('stdout', CLEARS), said('stderr', 'wrong\n'), said('stdout', 'c')];
  expect(await pass(command(events, result).handle, streams, false)).toEqual({ result, isUnread: false });
  expect([text('stdout'), text('stderr')]).toEqual([`${CLEARS}c`, 'wrong\n']);
});

test('on a terminal what could drive it is made visible, unless it is asked for as it is', async () => {
  const shown = outputs(true);
  await pass(
    command([said('stdout', CLEARS), said('stderr', '\u0007')], ended({})).handle,
    shown.streams,
    false,
  );
  expect([shown.text('stdout'), shown.text('stderr')]).toEqual(['a^[[2Jb\n', '^G']);
  const raw = outputs(true);
  await pass(command([said('stdout', CLEARS)], ended({})).handle, raw.streams, true);
  expect(raw.text('stdout')).toBe(CLEARS);
});

test('a command whose events end without a word is waited for', async () => {
  const result = ended({ outcome: 'signaled', signal: 'SIGKILL' } as Partial<CommandResult>);
  const { streams } = outputs(false);
  expect(await pass(command([], result, false).handle, streams, false)).toEqual({ result, isUnread: false });
});

test('a reader that leaves ends the command, and nothing more is written to it', async () => {
  const { streams } = outputs(false);
  const { handle, counted } = command(
    [said('stdout', 'a'), said('stdout', 'b')],
    ended({ outcome: 'aborted' }),
  );
  let writes = 0;
  Object.assign(streams.stdout, {
    write: () => {
      writes += 1;
      streams.stdout.emit('error', new Error('EPIPE'));
      return true;
    },
  });
  expect(await pass(handle, streams, false)).toMatchObject({ isUnread: true });
  expect([writes, counted.kills]).toEqual([1, 1]);
});

test('a slow reader is waited for', async () => {
  const { streams } = outputs(false);
  const order: string[] = [];
  Object.assign(streams.stdout, {
    write: (bytes: Uint8Array) => {
      order.push(String(bytes));
      setImmediate(() => {
        order.push('drained');
        streams.stdout.emit('drain');
      });
      return false;
    },
  });
  await pass(command([said('stdout', 'a'), said('stdout', 'b')], ended({})).handle, streams, false);
  expect(order).toEqual(['a', 'drained', 'b', 'drained']);
});

test.each<[Partial<CommandResult>, number, string]>([
  [{ exitCode: 0 }, 0, ''],
  [{ exitCode: 7 }, 7, ''],
  [{ exitCode: undefined }, 1, ''],
  [{ outcome: 'signaled', signal: 'SIGTERM' }, 143, 'drydock: killed by SIGTERM\n'],
  [{ outcome: 'signaled', signal: 'SIGHUP' }, 129, 'drydock: killed by SIGHUP\n'],
  [{ outcome: 'signaled', signal: 'SIGSEGV' }, 139, 'drydock: killed by SIGSEGV\n'],
  [{ outcome: 'timedOut' }, 124, 'drydock: timed out\n'],
  [{ outcome: 'oomKilled' }, 137, 'drydock: out of memory\n'],
  [{ outcome: 'aborted' }, 130, 'drydock: aborted\n'],
])('%j ends with %i, as in a shell', (result, code, words) => {
  const told: string[] = [];
  expect(exitCodeOf({ result: ended(result), isUnread: false }, (text) => told.push(text))).toBe(code);
  expect(told.join('')).toBe(words);
});

test('one that was ended because its reader left ends as by a pipe, without a word', () => {
  const told: string[] = [];
  const result = ended({ outcome: 'aborted' });
  expect(exitCodeOf({ result, isUnread: true }, (text) => told.push(text))).toBe(141);
  expect(told).toEqual([]);
});

test('the cause is told, and cannot drive a terminal', () => {
  const told: string[] = [];
  const result = ended({ outcome: 'podLost' as never, cause: { found: 'gone\u001b[2J' } as never });
  expect(exitCodeOf({ result, isUnread: false }, (text) => told.push(text))).toBe(125);
  expect(told).toEqual(['drydock: podLost: gone^[[2J\n']);
});

test('a program that is not there is 127, one that may not be run 126, any other error none', () => {
  const notStarted = (found: string, code: 'CommandNotStarted' | 'TimedOut' = 'CommandNotStarted') =>
    notStartedCode(new SandboxError(code, { where: 'x', found, expected: 'y', remedy: 'z' }));
  expect(notStarted('ENOENT: no such file')).toBe(127);
  expect(notStarted('EACCES: permission denied')).toBe(126);
  expect(notStarted('exec: Permission denied')).toBe(126);
  expect(notStarted('EACCES', 'TimedOut')).toBeUndefined();
  expect(notStartedCode(new Error('EACCES'))).toBeUndefined();
});

test('what was copied is counted, and what was left out is named, in signs that cannot drive a terminal', () => {
  const counts = { entries: 2, bytes: 7 };
  expect(copied({ ...counts, skipped: [] })).toBe('2 entries, 7 bytes, verified\n');
  const entry = { path: 'a', pathBytes: undefined, target: undefined };
  const skipped = [
    { ...entry, kind: 'link', shown: 'up -> \u001b/etc' },
    { ...entry, kind: 'other', shown: 'pipe' },
  ] as const;
  expect(copied({ ...counts, skipped })).toBe(
    `left out: up -> ^[/etc, a link that leads out of the folder
left out: pipe, a device, pipe or socket
2 entries, 7 bytes, verified
`,
  );
});
