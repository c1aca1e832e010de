import type { Seen } from '../kube/testing-only/scripted-server';
import type { Commands } from './commands';
import { SandboxError } from './errors';
import type { Files } from './files';
import type { Sandbox } from './sandbox';
import type { Sandboxes } from './sandboxes';
import type { Fault } from './testing-only/scripted-cluster';
import { type ScriptedRuntime, scriptedRuntime } from './testing-only/scripted-runtime';

/** Calls whose arguments no type has looked at, as a program in JavaScript makes them. */
type Loose<Of> = { readonly [Name in keyof Of]: (...args: readonly unknown[]) => Promise<unknown> };

let runtime: ScriptedRuntime;
afterEach(() => runtime?.end());

const entry: Readonly<
  Record<string, (of: ScriptedRuntime['sandboxes'], given?: unknown) => Promise<unknown>>
> = {
  claim: (of, given = {}) => (of as unknown as Loose<Sandboxes>).claim(given),
  attach: (of, given = 'one') => (of as unknown as Loose<Sandboxes>).attach(given),
  job: (of, given = { command: ['true'] }) => (of as unknown as Loose<Sandboxes>).job(given),
  findJob: (of, given = 'one') => (of as unknown as Loose<Sandboxes>).findJob(given),
  list: (of) => of.list(),
  end: (of, given = 'one') => (of as unknown as Loose<Sandboxes>).end(given),
  collect: (of) => of.collect(),
  preflight: (of, given = {}) => (of as unknown as Loose<Sandboxes>).preflight(given),
};

const commands: Readonly<Record<keyof Commands, (of: Sandbox, given?: unknown) => Promise<unknown>>> = {
  run: (of, given = ['true']) => (of.commands as unknown as Loose<Commands>).run(given),
  shell: (of, given = 'true') => (of.commands as unknown as Loose<Commands>).shell(given),
  start: (of, given = ['true']) => (of.commands as unknown as Loose<Commands>).start(given),
  attach: (of, given = 'one') => (of.commands as unknown as Loose<Commands>).attach(given),
  list: (of) => (of.commands as unknown as Loose<Commands>).list(),
};

const files: Readonly<Record<keyof Files, (of: Sandbox, given?: unknown) => Promise<unknown>>> = {
  read: (of, given = 'x') => (of.files as unknown as Loose<Files>).read(given),
  write: (of, given = 'x') => (of.files as unknown as Loose<Files>).write(given, given),
  list: (of, given = 'x') => (of.files as unknown as Loose<Files>).list(given),
  stat: (of, given = 'x') => (of.files as unknown as Loose<Files>).stat(given),
  watch: (of, given = 'x') => (of.files as unknown as Loose<Files>).watch(given),
  remove: (of, given = 'x') => (of.files as unknown as Loose<Files>).remove(given),
  makeFolder: (of, given = 'x') => (of.files as unknown as Loose<Files>).makeFolder(given),
  upload: (of, given = '/nowhere') => (of.files as unknown as Loose<Files>).upload(given, 'x'),
  download: (of, given = 'x') => (of.files as unknown as Loose<Files>).download(given, '/nowhere/x'),
};

const inside = {
  ...commands,
  ...Object.fromEntries(Object.entries(files).map(([name, call]) => [`files.${name}`, call])),
  logs: (of: Sandbox) => of.logs(),
  extend: (of: Sandbox, given: unknown = 60) => (of as unknown as Loose<Sandbox>).extend(given),
  release: (of: Sandbox) => of.release(),
  close: (of: Sandbox, given: unknown = {}) => (of as unknown as Loose<Sandbox>).close(given),
};

/** `undefined` for what succeeds; anything but an error of the runtime is a failure of the test. */
async function codeOf(call: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await call();
    return undefined;
  } catch (error) {
    if (error instanceof SandboxError && error.name === 'SandboxError') return error.code;
    throw new Error('an error of somebody else', { cause: error });
  }
}

test.each(Object.keys(entry))('%s() after close() of its Sandboxes is Closed', async (name) => {
  runtime = await scriptedRuntime({ hasShell: false });
  await runtime.sandboxes.close();
  expect(await codeOf(() => entry[name]!(runtime.sandboxes))).toBe('Closed');
});

test('a claim that close() meets half-way is Closed, and leaves nothing', async () => {
  runtime = await scriptedRuntime({
    fault: ({ method }) => (method === 'POST' ? { do: 'delay', ms: 50 } : undefined),
  });
  const { sandboxes, cluster } = runtime;
  const claiming = codeOf(() => sandboxes.claim());
  while (!cluster.seen.some(({ method }) => method === 'POST')) await new Promise(setImmediate);
  await sandboxes.close();
  expect(await claiming).toBe('Closed');
  expect(cluster.jobs.all).toEqual([]);
});

test('commands, logs and extend of a closed sandbox are Closed, and closing it again is fine', async () => {
  runtime = await scriptedRuntime({ hasShell: false });
  const sandbox = await runtime.sandboxes.claim();
  const running = sandbox.commands.run(['sleep', '600']);
  await sandbox.close();
  expect((await running).outcome).toBe('aborted');
  for (const name of ['run', 'shell', 'start', 'logs', 'extend'] as const) {
    expect([name, await codeOf(() => inside[name](sandbox))]).toEqual([name, 'Closed']);
  }
  expect(await codeOf(() => inside.close(sandbox))).toBeUndefined();
});

/** Side by side, but for the ends. */
async function everythingIn(sandbox: Sandbox, given?: unknown): Promise<void> {
  const { release, close, ...others } = inside;
  await Promise.all(Object.values(others).map((call) => codeOf(() => call(sandbox, given))));
  await codeOf(() => close(sandbox));
  await codeOf(() => release(sandbox));
}

const refused = (code: number, reason: string): Fault => ({ do: 'refuse', code, reason });
const faults: Readonly<Record<string, Fault>> = {
  'says that it is broken': refused(500, 'InternalError'),
  forbids: refused(403, 'Forbidden'),
  'knows nobody': refused(401, 'Unauthorized'),
  'has nothing': refused(404, 'NotFound'),
  'has forgotten': refused(410, 'Expired'),
  // For longer than any deadline, so that nothing is tried again.
  'is busy': { do: 'refuse', code: 429, reason: 'TooManyRequests', retryAfter: 60 },
  'says what no server says': refused(299, ''),
  'loses every answer': { do: 'lose' },
};

test.each(Object.entries(faults))(
  'a server that %s is told in errors of the runtime',
  async (_what, fault) => {
    let isFaulty = false;
    // What became of a create that failed so is looked for until close() gives up, which this test need not wait for.
    const isSettled = ({ method }: Seen) => method !== 'POST' || fault !== faults['says that it is broken'];
    runtime = await scriptedRuntime({
      hasShell: false,
      fault: (seen) => (isFaulty && isSettled(seen) ? fault : undefined),
    });
    const sandbox = await runtime.sandboxes.claim();
    // What is claimed in health may take its time, on a machine that is slow.
    const impatient = runtime.open({ startTimeoutMs: 1_000 });
    isFaulty = true;
    await Promise.all(Object.values(entry).map((call) => codeOf(() => call(impatient))));
    await everythingIn(sandbox);
    // What may be left is found at once, and the test need not wait.
    isFaulty = false;
  },
);

test('a server that is not there is told in errors of the runtime', async () => {
  runtime = await scriptedRuntime({}, { startTimeoutMs: 1_000, deadlineMs: 1_000 });
  await runtime.cluster.close();
  const calls = Object.entries(entry);
  const codes = await Promise.all(
    calls.map(async ([name, call]) => [name, await codeOf(() => call(runtime.sandboxes))]),
  );
  expect(codes).toEqual(calls.map(([name]) => [name, 'ApiFailed']));
});

test.each([
  null,
  {},
  { command: [] },
  { command: [''] },
  { command: 5 },
  { command: [null] },
  { command: ['true', 5] },
])('a job of %j is refused before anything is made, with files and without', async (given) => {
  runtime = await scriptedRuntime({ hasShell: false });
  const { sandboxes, cluster } = runtime;
  for (const more of [{}, { files: { input: 'x' } }]) {
    const job = given && { ...given, ...more };
    expect(await codeOf(() => entry.job!(sandboxes, job))).toBe('ArgumentInvalid');
  }
  expect(cluster.seen.filter(({ method }) => method === 'POST')).toEqual([]);
});

test('an error of a stream of the caller passes as it is', async () => {
  runtime = await scriptedRuntime({ hasShell: false });
  const sandbox = await runtime.sandboxes.claim();
  const mine = new Error('mine');
  const onStdout = () => {
    throw mine;
  };
  await expect(sandbox.commands.run(['echo', 'x'], { onStdout })).rejects.toBe(mine);
});
