import { runApp } from './run-app';
import { listener } from './testing-only/listener';

/** What `drydock synth` makes of it is in synth.test.ts. */
async function run(app: string, env: Readonly<Record<string, string>> = {}, doing?: string) {
  const { io, said } = listener();
  const error = await runApp(app, env, io, doing).then(
    () => undefined,
    (failed: Error) => failed.message,
  );
  return { error, ...said };
}

test('what an app prints is progress: both of its outputs go to the standard error, as it runs in its environment', async () => {
  expect(await run('echo out; echo "err $WORD" >&2', { WORD: 'x' })).toEqual({
    error: undefined,
    out: '',
    err: expect.stringMatching(/^(out\nerr x|err x\nout)\n$/),
  });
});

test('an app that fails is told with its exit code, and with what the run was for', async () => {
  expect((await run('exit 3')).error).toBe(
    'APP_FAILED at exit 3: found exit code 3; expected an app that runs to its end. Nothing was written by drydock.',
  );
  expect((await run('exit 3', {}, 'with literals')).error).toContain('exit code 3 in the run with literals;');
});

test('an app that a signal ended is told with the signal', async () => {
  expect((await run('kill -KILL $$')).error).toContain('found it was ended by SIGKILL;');
});

test.each(['SIGINT', 'SIGTERM'] as const)(
  '%s is handed on to the app, which is waited for',
  async (signal) => {
    const before = process.listenerCount(signal);
    const { io, said } = listener();
    let hear = () => {};
    const begun = new Promise<void>((resolve) => {
      hear = resolve;
    });
    const err = (text: string) => {
      io.err(text);
      hear();
    };
    const app = `node -e "process.on('${signal}', () => { console.log('cleaned up'); process.exit(0); }); console.log('begun'); setInterval(() => {}, 1000)"`;
    // Without a shell between, which would end first.
    const ended = runApp(`exec ${app}`, {}, { ...io, err }).then(
      () => 'well',
      (failed: Error) => failed.message,
    );
    await begun;
    expect(process.listenerCount(signal)).toBe(before + 1);
    process.emit(signal, signal);
    expect(await ended).toContain(`it was ended by ${signal}`);
    expect(said.err).toBe('begun\ncleaned up\n');
    expect(process.listenerCount(signal)).toBe(before);
  },
);
