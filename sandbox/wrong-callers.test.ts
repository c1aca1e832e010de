import { rmSync } from 'node:fs';
import fc from 'fast-check';
import { anything, OwnError } from '../test/support/odd-values';
import { SandboxError } from './errors';
import { KubernetesSandbox } from './kubernetes-sandbox';
import type { Sandbox } from './sandbox';
import { Sandboxes } from './sandboxes';
import { type ScriptedRuntime, scriptedRuntime } from './testing-only/scripted-runtime';

// Callers without types, or with wrong ones: anything in any argument is an error of the runtime with its four facts, or
// is taken, also what no JSON holds. Never a TypeError, and nothing that does not end; an error that the value itself
// throws when it is read is its own.

let runtime: ScriptedRuntime;
let sandbox: Sandbox;
beforeAll(async () => {
  runtime = await scriptedRuntime({ hasShell: false });
  sandbox = await runtime.sandboxes.claim();
});
afterAll(async () => {
  await runtime.end();
  // Of Jobs with files that were ended before these came: their containers are processes of this machine.
  rmSync('/tmp/.drydock-gate', { force: true });
});

// biome-ignore lint/suspicious/noExplicitAny: the types are what these callers do not have
type Untyped = any;

const kept = {
  ...{ path: '/tmp', digest: 'a'.repeat(64), size: 10, template: '', image: 'tools:1', folder: '.' },
  ...{ entries: 1, bytes: 4 },
};

/** Each argument that the runtime takes, and each field of those that are objects, with the rest as it should be. */
const calls: ReadonlyArray<readonly [name: string, call: (given: Untyped) => unknown]> = [
  ['new Sandboxes(ANY)', (given) => new Sandboxes(given).close()],
  ...[
    'template',
    'install',
    'namespace',
    'hash',
    'startTimeoutMs',
    'deadlineMs',
    'kubeconfig',
    'context',
    'hooks',
    'fleets',
    'inCluster',
    'allowExecPlugin',
    'maxCalls',
  ].map(
    (name) =>
      [
        `new Sandboxes({ ${name}: ANY })`,
        (given: Untyped) => {
          const options: Untyped = {
            template,
            namespace: 'boxes',
            kubeconfig: runtime.cluster.kubeconfig,
            [name]: given,
          };
          return new Sandboxes(options).close();
        },
      ] as const,
  ),
  ['new KubernetesSandbox(ANY)', (given) => new KubernetesSandbox(given).cleanup()],
  ['claim(ANY)', async (given) => (await runtime.sandboxes.claim(given)).close()],
  ...['values', 'ttl', 'from', 'labels', 'signal', 'onProgress'].map(
    (name) =>
      [
        `claim({ ${name}: ANY })`,
        async (given: Untyped) => (await runtime.sandboxes.claim({ [name]: given } as Untyped)).close(),
      ] as const,
  ),
  ['attach(ANY)', async (given) => (await runtime.sandboxes.attach(given)).release()],
  ['attach(id, ANY)', async (given) => (await runtime.sandboxes.attach(sandbox.id, given)).release()],
  ...['signal', 'onProgress'].map(
    (name) =>
      [
        `attach(id, { ${name}: ANY })`,
        async (given: Untyped) =>
          (await runtime.sandboxes.attach(sandbox.id, { [name]: given } as Untyped)).release(),
      ] as const,
  ),
  ['job(ANY)', async (given) => (await runtime.sandboxes.job(given)).close()],
  ...['command', 'files', 'values', 'ttl', 'labels', 'signal', 'onProgress'].map(
    (name) =>
      [
        `job({ ${name}: ANY })`,
        async (given: Untyped) =>
          (await runtime.sandboxes.job({ command: ['true'], [name]: given } as Untyped)).close(),
      ] as const,
  ),
  // Some are long lists of items, each of which would have a sandbox.
  ['map(ANY)', (given) => runtime.sandboxes.map(given, async () => {}, { signal: AbortSignal.abort() })],
  ['map(items, ANY)', (given) => runtime.sandboxes.map([], given)],
  ['map(items, run, ANY)', (given) => runtime.sandboxes.map([], async () => {}, given)],
  ...['parallel', 'claim', 'tenant', 'id', 'record', 'resume', 'quotaWaitMs', 'signal', 'onProgress'].map(
    (name) =>
      [
        `map(items, run, { ${name}: ANY })`,
        (given: Untyped) => runtime.sandboxes.map([1], async () => {}, { [name]: given } as Untyped),
      ] as const,
  ),
  ['findJob(ANY)', async (given) => (await runtime.sandboxes.findJob(given)).close()],
  ['end(ANY)', (given) => runtime.sandboxes.end(given)],
  ['preflight(ANY)', (given) => runtime.sandboxes.preflight(given)],
  ['expose(ANY)', (given) => sandbox.expose(given)],
  ['expose(port, ANY)', (given) => sandbox.expose(80, given)],
  ['extend(ANY)', (given) => sandbox.extend(given)],
  ['egress(ANY)', (given) => sandbox.egress(given)],
  ...['hosts', 'repositories', 'maxConnections', 'maxBytes', 'onEvent'].map(
    (name) =>
      [`egress({ ${name}: ANY })`, (given: Untyped) => sandbox.egress({ [name]: given } as Untyped)] as const,
  ),
  ...['url', 'username', 'password', 'allowPush', 'allowPrivate', 'ca'].map(
    (name) =>
      [
        `egress({ repositories: [{ ${name}: ANY }] })`,
        (given: Untyped) => {
          const good = { url: 'https://git.example.com/a.git', username: 'a', password: 'b' };
          return sandbox.egress({ repositories: [{ ...good, [name]: given }] } as Untyped);
        },
      ] as const,
  ),
  ['checkpoint(ANY)', (given) => sandbox.checkpoint(given)],
  ['checkpoint(path, ANY)', (given) => sandbox.checkpoint('kept', given)],
  ...['folder', 'limits', 'special', 'signal', 'onProgress'].map(
    (name) =>
      [
        `checkpoint(path, { ${name}: ANY })`,
        (given: Untyped) => sandbox.checkpoint('kept', { [name]: given } as Untyped),
      ] as const,
  ),
  ...['path', 'digest', 'size', 'template', 'image', 'folder', 'entries', 'bytes'].map(
    (name) =>
      [
        `claim({ from: { ${name}: ANY } })`,
        async (given: Untyped) =>
          (await runtime.sandboxes.claim({ from: { ...kept, [name]: given } } as Untyped)).close(),
      ] as const,
  ),
  ['commands.run(ANY)', (given) => sandbox.commands.run(given)],
  ['commands.run([ANY])', (given) => sandbox.commands.run([given])],
  ['commands.run(argv, ANY)', (given) => sandbox.commands.run(['true'], given)],
  ...['cwd', 'env', 'stdin', 'signal', 'onStdout', 'onStderr', 'maxOutputBytes'].map(
    (name) =>
      [
        `commands.run(argv, { ${name}: ANY })`,
        (given: Untyped) => sandbox.commands.run(['echo', 'x'], { [name]: given } as Untyped),
      ] as const,
  ),
  ['commands.shell(ANY)', (given) => sandbox.commands.shell(given)],
  ['commands.start(ANY)', async (given) => (await sandbox.commands.start(given)).wait()],
  ['commands.attach(ANY)', (given) => sandbox.commands.attach(given)],
  ['commands.attach(id, ANY)', (given) => sandbox.commands.attach('one', given)],
  ...['detached', 'commandId', 'keepBytes'].map(
    (name) =>
      [
        `commands.start(argv, { detached: true, ${name}: ANY })`,
        async (given: Untyped) =>
          (await sandbox.commands.start(['true'], { detached: true, [name]: given } as Untyped)).wait(),
      ] as const,
  ),
  [
    'kill(ANY)',
    async (given) => {
      const handle = await sandbox.commands.start(['true']);
      try {
        handle.kill(given ?? null);
      } finally {
        await handle.wait();
      }
    },
  ],
  ['commands.start(argv, ANY)', async (given) => (await sandbox.commands.start(['true'], given)).wait()],
];

const template: Untyped = { bounds: {}, job: () => ({ apiVersion: 'batch/v1', kind: 'Job', metadata: {} }) };

async function outcomeOf(call: (given: unknown) => unknown, given: unknown): Promise<unknown> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise((resolve) => {
    timer = setTimeout(() => resolve(new Error('it does not end')), 20_000);
  });
  try {
    return await Promise.race([Promise.resolve().then(() => call(given)), late]);
  } catch (error) {
    return error;
  } finally {
    clearTimeout(timer);
  }
}

test.each(calls)('%s', async (_name, call) => {
  await fc.assert(
    fc.asyncProperty(anything, async (odd) => {
      const outcome = await outcomeOf(call, odd());
      if (!(outcome instanceof Error) || outcome instanceof OwnError) return;
      if (!(outcome instanceof SandboxError)) throw outcome;
      for (const fact of [outcome.where, outcome.found, outcome.expected, outcome.remedy])
        expect(fact).toMatch(/\S/);
    }),
    { numRuns: 40, endOnFailure: true },
  );
});

test.each(['x:1', 'x,1sB', 'A', 'x'.repeat(64), 'x-'])(
  'a name that no Job can have is refused before anything is asked with it: %s',
  async (name) => {
    for (const asking of [
      runtime.sandboxes.claim({ values: { name } as Untyped }),
      runtime.sandboxes.job({ command: ['true'], values: { name } as Untyped }),
    ])
      await expect(asking).rejects.toMatchObject({
        code: 'ArgumentInvalid',
        found: expect.stringContaining('name: '),
        expected: 'at most 63 lower case letters, digits, - and .',
      });
  },
);

test('the longest name that a Job can have is taken', async () => {
  await (await runtime.sandboxes.claim({ values: { name: `x.${'y'.repeat(61)}` } as Untyped })).close();
});
