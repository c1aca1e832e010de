/**
 * A program that uses sandboxes and stands still at one named moment, so that a test can end it there with SIGKILL.
 *
 *     npx tsx test/sandbox-runtime/client.ts MOMENT '{"template":...,"namespace":...,"kubeconfig":...,"values":...,"ttl":...}'
 */
import { writeSync } from 'node:fs';
import https, { type RequestOptions } from 'node:https';
import { Readable } from 'node:stream';
import { type ClaimOptions, Sandboxes, type SandboxesOptions } from '../../sandbox';

export interface ClientOptions extends Pick<SandboxesOptions, 'template' | 'namespace' | 'kubeconfig'> {
  readonly values: NonNullable<ClaimOptions['values']>;
  readonly ttl: number;
}

/** What it is doing when it is killed. The first part says which run gets there. */
export const MOMENTS = [
  'claim: the create is about to be sent',
  'claim: the create is sent, its answer is not read',
  'claim: the Job is created',
  'claim: the pod has a node',
  'claim: the supervisor is about to be sent',
  'claim: the sandbox is ready',
  'command: it has started',
  'command: it is writing',
  'command: it is reading',
  'files: an upload is under way',
  'extend: the patch is sent, its answer is not read',
  'extend: it is prolonged',
  'close: the delete is about to be sent',
  'close: the delete is sent, its answer is not read',
  'close: it is closed',
  'job: the Job is created',
  'job: its files are under way',
  'job: its log is being read',
] as const;

export type Moment = (typeof MOMENTS)[number];

/** What runs until it is ended: long enough that only the deadline ends it. */
const FOREVER = ['sleep', '3600'];

function main([wanted, text]: readonly string[]): Promise<void> {
  const at = (moment: Moment) => {
    if (moment !== wanted) return;
    writeSync(1, `at ${moment}\n`);
    // Stands still with every connection open, as a process does that is stopped in the middle.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  };
  observeRequests(at);
  return run(JSON.parse(text ?? '') as ClientOptions, wanted as Moment, at);
}

async function run({ values, ttl, ...place }: ClientOptions, wanted: Moment, at: (moment: Moment) => void) {
  const sandboxes = new Sandboxes({
    ...place,
    hooks: {
      onEvent: (event) => {
        const isExec = event.type === 'stream' && event.resource === 'pods/exec' && event.what === 'opened';
        if (isExec) at('claim: the supervisor is about to be sent');
      },
    },
  });
  if (wanted.startsWith('job:')) return runJob(sandboxes, { values, ttl }, at);
  const sandbox = await sandboxes.claim({
    values,
    ttl,
    onProgress: ({ phase }) => {
      if (phase === 'created') at('claim: the Job is created');
      if (phase === 'scheduled') at('claim: the pod has a node');
    },
  });
  at('claim: the sandbox is ready');
  const command = await sandbox.commands.start(['sh', '-c', 'yes & cat >/dev/null'], { stdin: 'pipe' });
  at('command: it has started');
  await command.events.next();
  at('command: it is writing');
  command.stdin!.write(Buffer.alloc(100_000), () => at('command: it is reading'));
  await new Promise((resolve) => command.stdin!.write(Buffer.alloc(100_000), resolve));
  await command.close();
  let sent = 0;
  const source = Readable.from(
    (function* () {
      for (; sent < 10; sent += 1) {
        if (sent === 5) at('files: an upload is under way');
        yield Buffer.alloc(1 << 20);
      }
    })(),
  );
  await sandbox.files.write('large', source);
  await sandbox.extend(ttl);
  at('extend: it is prolonged');
  await sandbox.close();
  at('close: it is closed');
}

async function runJob(
  sandboxes: Sandboxes,
  options: Pick<ClientOptions, 'values' | 'ttl'>,
  at: (moment: Moment) => void,
): Promise<void> {
  const job = await sandboxes.job({
    ...options,
    command: ['sh', '-c', `cat input; exec ${FOREVER.join(' ')}`],
    files: { input: 'hello\n' },
    onProgress: ({ phase }) => {
      if (phase === 'created') at('job: the Job is created');
      if (phase === 'scheduled') process.nextTick(() => at('job: its files are under way'));
    },
  });
  for await (const _ of job.log) at('job: its log is being read');
}

/** Sees each request of the runtime just before it goes out, and when all of it has. */
function observeRequests(at: (moment: Moment) => void): void {
  const original = https.request;
  const moments: Readonly<Record<string, readonly [Moment | undefined, Moment]>> = {
    POST: ['claim: the create is about to be sent', 'claim: the create is sent, its answer is not read'],
    PATCH: [undefined, 'extend: the patch is sent, its answer is not read'],
    DELETE: ['close: the delete is about to be sent', 'close: the delete is sent, its answer is not read'],
  };
  const observed = (options: RequestOptions, ...rest: never[]) => {
    const found = moments[options.method ?? ''];
    if (found?.[0]) at(found[0]);
    const request = original(options, ...rest);
    if (found) {
      // Given to the kernel, not only to this process's own buffers.
      request.once('finish', () => request.socket?.write('', () => setImmediate(() => at(found[1]))));
    }
    return request;
  };
  Object.assign(https, { request: observed });
}

if (require.main === module) void main(process.argv.slice(2));
