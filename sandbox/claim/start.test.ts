import type { SandboxError } from '../errors';
import { refusal } from '../testing-only/scripted-runtime';
import type { Opener } from './start';
import { type StartOptions, start } from './start';

const pod = {
  metadata: { name: 'one' },
  spec: { nodeName: 'node', containers: [{ name: 'sandbox' }] },
  status: {},
};

/** A pod that a node has, whose start may take a twentieth of a second. */
function starting(open: Opener<string>): Promise<string> {
  const options = {
    place: { startTimeoutMs: 50 },
    job: { metadata: { name: 'one', uid: 'u-1' } },
    watch: { of: () => {}, onChange: () => () => {}, pod },
    progress: { tell: () => {} },
  };
  return start(options as unknown as StartOptions, open);
}

/** Waits for longer than that, unless it is told to end. */
const long = (signal: AbortSignal) =>
  new Promise<string>((resolve, reject) => {
    setTimeout(() => resolve('opened'), 200);
    signal.addEventListener('abort', () => reject(signal.reason));
  });

test('a start that takes longer than it may is given up', async () => {
  const error: SandboxError = await refusal(starting((_, signal) => long(signal)));
  expect(error.code).toBe('StartTimeout');
});

test('what is waited for in a sandbox that was entered is no part of its start', async () => {
  const opened = starting((_, signal, told) => {
    told.entered();
    return long(signal);
  });
  expect(await opened).toBe('opened');
});
