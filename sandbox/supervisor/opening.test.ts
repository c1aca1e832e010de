import { PassThrough, Writable } from 'node:stream';
import { SandboxError } from '../errors';
import { refusal } from '../testing-only/scripted-runtime';
import { bootCommand } from './boot';
import { inWords } from './end-in-words';
import { encodeFrame, fromPod } from './frames';
import { type OpenOptions, openSupervisor } from './open-supervisor';
import { supervisorProgram } from './program';
import { WatchedHost } from './testing-only/local-supervisor';

const hello = encodeFrame(fromPod.hello, 0, '{"version":2,"cwd":"/work"}');

/** The three streams of a start, in the hands of a test. */
class Ends {
  readonly stdout = new PassThrough();
  readonly stderr = new PassThrough();
  readonly written: Buffer[] = [];
  closes = 0;
  end!: (how: unknown) => void;
  readonly #ended = new Promise<unknown>((resolve) => {
    this.end = (how) => {
      this.stdout.end();
      resolve(how);
    };
  });

  open(options: Partial<OpenOptions> = {}) {
    const stdin = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        this.written.push(chunk);
        done();
      },
    });
    const close = () => {
      this.closes += 1;
    };
    const { stdout, stderr } = this;
    return openSupervisor(
      { stdin, stdout, stderr, ended: this.#ended, close },
      { host: new WatchedHost(), ...options },
    );
  }
}

test('the program is sent after its length, and the hello says where the supervisor works', async () => {
  const ends = new Ends();
  const asked: string[] = [];
  const opening = ends.open({
    program: async (machine) => {
      asked.push(machine);
      return Buffer.from('#!program');
    },
  });
  // However the name of the machine is cut.
  ends.stdout.write('x86');
  ends.stdout.write('_64\n');
  while (ends.written.length < 2) await new Promise(setImmediate);
  expect([asked, String(Buffer.concat(ends.written))]).toEqual([['x86_64'], '9\n#!program']);
  ends.stdout.write(hello);
  const supervisor = await opening;
  expect([supervisor.cwd, supervisor.isEnding, ends.closes]).toEqual(['/work', false, 0]);
});

test('a start that fails says why, with what the shell printed, and lets go of its streams', async () => {
  const ends = new Ends();
  const opening = refusal(ends.open());
  ends.stderr.write('sh: head: not found\n');
  await new Promise(setImmediate);
  ends.end({ type: 'exited', exitCode: 127 });
  const error = await opening;
  expect(error).toMatchObject({
    code: 'SupervisorUnavailable',
    sandboxId: 'local',
    where: 'the start of the supervisor in sandbox local',
    found: 'an end of the stream: the supervisor exited with 127; it printed "sh: head: not found"',
    cause: { type: 'exited', exitCode: 127 },
  });
  expect(ends.closes).toBe(1);
});

test('of what a shell prints the beginning is kept', async () => {
  const ends = new Ends();
  const opening = refusal(ends.open());
  for (let index = 0; index < 8; index += 1) ends.stderr.write('x'.repeat(1_000));
  await new Promise(setImmediate);
  ends.end('an end');
  const { found } = await opening;
  expect(found.length).toBeGreaterThan(4_096);
  expect(found.length).toBeLessThan(4_200);
});

test('a peer that says nothing is waited for as long as was said', async () => {
  const ends = new Ends();
  expect(await refusal(ends.open({ openMs: 5 }))).toMatchObject({ found: 'no hello in time' });
  expect(ends.closes).toBe(1);
});

test('an abort ends the start with its reason; what comes after it is not heard', async () => {
  const ends = new Ends();
  const abort = new AbortController();
  const opening = refusal(ends.open({ signal: abort.signal }));
  const reason = new Error('shift over');
  abort.abort(reason);
  ends.stdout.write(hello);
  expect(await opening).toMatchObject({ found: 'an abort by the caller', cause: reason });
});

test('a program that cannot be had is why the start fails', async () => {
  const ends = new Ends();
  const opening = refusal(ends.open({ program: supervisorProgram }));
  ends.stdout.write('mips\n');
  expect((await opening).found).toContain('found a machine of type "mips"');
  const error = await refusal(supervisorProgram('__proto__'));
  expect(error).toMatchObject({ code: 'SupervisorUnavailable', found: 'a machine of type "__proto__"' });
});

test.each([
  ['words of its maker', 'it was cut', 'it was cut'],
  ['an exit', { type: 'exited', exitCode: 3 }, 'the supervisor exited with 3'],
  ['a failure', { type: 'failed', error: new Error('no way') }, 'no way'],
  ['an error that is none', { type: 'failed', error: 'no way' }, 'without a status'],
  ['nothing', undefined, 'without a status'],
  ['null', null, 'without a status'],
])('%s in words', (_, end, words) => {
  expect(inWords(end)).toBe(words);
});

test('the command that becomes a supervisor is a file of its own each time, and hears of a client that is gone', () => {
  const [sh, c, script, name, file, ...more] = bootCommand('/work');
  expect([sh, c, name, more]).toEqual(['sh', '-c', 'sh', []]);
  expect(script).toContain('exec "$1" serve "$@"');
  expect(file).toMatch(/^\/work\/\.drydock-[0-9a-f]{12}$/);
  expect(bootCommand('/work')[4]).not.toBe(file);
  expect(bootCommand()[4]).toMatch(/^\/workspace\//);
  expect(bootCommand('/work', 0).slice(5)).toEqual(['0']);
});

test('the error of a caller of the start is an error of the runtime', async () => {
  const ends = new Ends();
  const opening = refusal(ends.open({ program: () => Promise.reject(new Error('no disk')) }));
  ends.stdout.write('x86_64\n');
  const error = await opening;
  expect(error).toBeInstanceOf(SandboxError);
  expect([error.found, (error.cause as Error).message]).toEqual(['no disk', 'no disk']);
});
