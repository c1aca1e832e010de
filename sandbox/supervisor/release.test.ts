import { SandboxError } from '../errors';
import { toPod } from './frames';
import { HostilePeer } from './testing-only/hostile-peer';

// A sandbox that was released lives on only when its supervisor has heard that: before, its end looks like a killed
// client's.

async function peerThat(doesAtGoodbye: (peer: HostilePeer) => void): Promise<HostilePeer> {
  const peer = await HostilePeer.open();
  peer.onFrame = ({ type, channel }) => {
    if (type === toPod.end && channel === 0) doesAtGoodbye(peer);
  };
  return peer;
}

afterEach(() => jest.useRealTimers());

test.each([0, 1])(
  'a supervisor that ends with %s has heard it, as often as it is asked',
  async (exitCode) => {
    const { supervisor } = await peerThat((peer) => peer.end({ type: 'exited', exitCode }));
    await supervisor.release();
    await supervisor.release();
  },
);

test.each<[string, unknown, string]>([
  ['breaks', { type: 'unknown', error: new Error('a reset') }, 'the stream ended: a reset'],
  ['ends without a status', { type: 'unknown' }, 'the stream ended: without a status'],
  ['failed', { type: 'failed', error: new Error('no container') }, 'the stream ended: no container'],
])('a stream that %s at the goodbye says nothing of it', async (_how, end, found) => {
  const { supervisor, host } = await peerThat((peer) => peer.end(end));
  const error: SandboxError = await supervisor.release().catch((reason) => reason);
  expect(error).toBeInstanceOf(SandboxError);
  expect(error).toMatchObject({
    code: 'ConnectionLost',
    where: 'release of local',
    found: `no answer to its goodbye: ${found}`,
    retryable: true,
    sandboxId: 'local',
  });
  // It was to live on.
  expect(host.destroyed).toEqual([]);
});

test('where the pod has ended there is nothing to release, however the stream ends', async () => {
  const { supervisor, host } = await peerThat((peer) => peer.end({ type: 'unknown' }));
  const cause = { code: 'Ended', found: '', expected: '', remedy: '', retryable: false } as const;
  host.answer = { outcome: 'podLost', cause };
  await supervisor.release();
});

test('one that does not answer is waited for longer than one whose sandbox goes', async () => {
  const silent = await Promise.all([peerThat(() => {}), peerThat(() => {})]);
  jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] });
  const [closing, releasing] = [silent[0].supervisor.close(), silent[1].supervisor.release()];
  const seen: string[] = [];
  void closing.then(() => seen.push('closed'));
  const refused = releasing.catch((error) => {
    seen.push('not released');
    return error;
  });
  await jest.advanceTimersByTimeAsync(29_000);
  expect(seen).toEqual(['closed']);
  await jest.advanceTimersByTimeAsync(2_000);
  expect(seen).toEqual(['closed', 'not released']);
  expect(await refused).toMatchObject({ found: 'no answer to its goodbye: no end within 30 seconds' });
});
