import fc from 'fast-check';
import { anything, OwnError } from '../../test/support/odd-values';
import { SandboxError } from '../errors';
import { HostilePeer, onOpen } from '../supervisor/testing-only/hostile-peer';
import { SupervisedFiles } from './files';

// As `sandbox/wrong-callers.test.ts`, for files. The peer refuses every operation, so that nothing is written or removed.

let peer: HostilePeer;
let files: SupervisedFiles;
beforeEach(async () => {
  peer = await HostilePeer.open();
  onOpen(peer, (channel) =>
    peer.done(channel, { error: { kind: 'missing', message: 'the test has no files' } }),
  );
  files = new SupervisedFiles(peer.supervisor);
});

// biome-ignore lint/suspicious/noExplicitAny: the types are what these callers do not have
type Untyped = any;

const fields = (call: string, names: readonly string[], make: (options: Untyped) => Promise<unknown>) =>
  names.map((name) => [`${call}, { ${name}: ANY })`, (given: Untyped) => make({ [name]: given })] as const);

const calls: ReadonlyArray<readonly [name: string, call: (given: Untyped) => Promise<unknown>]> = [
  ['read(ANY)', (given) => files.read(given)],
  ['read(path, ANY)', (given) => files.read('a', given)],
  ...fields('read(path', ['signal', 'maxBytes'], (options) => files.read('a', options)),
  ['write(ANY, text)', (given) => files.write(given, 'text')],
  ['write(path, ANY)', (given) => files.write('a', given)],
  ['write(path, text, ANY)', (given) => files.write('a', 'text', given)],
  ...fields('write(path, text', ['signal', 'mode'], (options) => files.write('a', 'text', options)),
  ['list(ANY)', (given) => files.list(given)],
  ['list(path, ANY)', (given) => files.list('a', given)],
  ...fields('list(path', ['signal', 'maxEntries'], (options) => files.list('a', options)),
  ['stat(ANY)', (given) => files.stat(given)],
  ['stat(path, ANY)', (given) => files.stat('a', given)],
  ['remove(ANY)', (given) => files.remove(given)],
  ['remove(path, ANY)', (given) => files.remove('a', given)],
  ['makeFolder(ANY)', (given) => files.makeFolder(given)],
  ['makeFolder(path, ANY)', (given) => files.makeFolder('a', given)],
  // A path on this machine is never one that could be there.
  ['upload(ANY, path)', (given) => files.upload(typeof given === 'string' ? '/no/such' : given, 'a')],
  ['upload(local, ANY)', (given) => files.upload('/no/such', given)],
  ['upload(local, path, ANY)', (given) => files.upload('/no/such', 'a', given)],
  ['download(path, ANY)', (given) => files.download('a', typeof given === 'string' ? '/no/such' : given)],
  ['download(ANY, local)', (given) => files.download(given, '/no/such')],
  ['download(path, local, ANY)', (given) => files.download('a', '/no/such', given)],
];

test.each(calls)('%s', async (_name, call) => {
  await fc.assert(
    fc.asyncProperty(anything, async (odd) => {
      const error = await call(odd()).catch((reason: unknown) => reason);
      if (!(error instanceof Error) || error instanceof OwnError) return;
      if (!(error instanceof SandboxError)) throw error;
      for (const fact of [error.where, error.found, error.expected, error.remedy]) expect(fact).toMatch(/\S/);
    }),
    { numRuns: 40, endOnFailure: true, interruptAfterTimeLimit: 10_000, markInterruptAsFailure: true },
  );
});
