import type { SandboxError } from '../errors';
import { HostilePeer, onOpen } from '../supervisor/testing-only/hostile-peer';
import { refusal, scriptedRuntime, template } from '../testing-only/scripted-runtime';
import { untilClosed } from './until-closed';

const never = new AbortController().signal;

/** What becomes of the claim when the supervisor answers like this. */
async function held(answer: unknown): Promise<SandboxError | undefined> {
  const peer = await HostilePeer.open();
  onOpen(peer, (channel) => peer.done(channel, answer));
  let error: SandboxError | undefined;
  await untilClosed(peer.supervisor, 'box-1', never).catch((reason: unknown) => {
    error = reason as SandboxError;
  });
  return error;
}

test('a network that is closed lets the claim go on', async () => {
  expect(await held({ result: { isClosed: true, tried: '10.96.0.1:443' } })).toBeUndefined();
});

test.each<[string, unknown, string]>([
  ['is open still', { result: { isClosed: false, tried: '10.96.0.1:443' } }, '10.96.0.1:443'],
  ['had nothing to try', { result: { isClosed: false, tried: '' } }, 'KUBERNETES_SERVICE_HOST'],
  ['could not try', { problem: { code: 'EMFILE', text: 'too many open files' } }, 'too many open files'],
  ['answers with nothing', {}, 'KUBERNETES_SERVICE_HOST'],
  ['answers with a text', { result: 'closed' }, 'KUBERNETES_SERVICE_HOST'],
  ['says yes with another word', { result: { isClosed: 1, tried: 'a:1' } }, 'a:1'],
])('one that %s is none that is seen to be closed', async (_, answer, found) => {
  const error = await held(answer);
  expect(error).toMatchObject({ code: 'NetworkNotClosed', sandboxId: 'box-1', retryable: false });
  expect(error?.found).toContain(found);
  expect(error?.remedy).toContain('allowOpenStart');
});

test('who gives up is not waited for, and a supervisor that ends says how', async () => {
  const peer = await HostilePeer.open();
  const abort = new AbortController();
  const waiting = untilClosed(peer.supervisor, 'box-1', abort.signal);
  abort.abort(new Error('enough'));
  await expect(waiting).rejects.toThrow('enough');
  const ended = refusal(untilClosed(peer.supervisor, 'box-1', never));
  peer.end();
  expect((await ended).code).toBe('ConnectionLost');
});

test('an image in which nothing can try is refused, and nothing is left; a template that allows an open start takes it', async () => {
  const runtime = await scriptedRuntime({ hasShell: false });
  try {
    const { allowsOpenStart: _, ...closing } = template;
    const error = await refusal(runtime.open({ template: closing }).claim());
    expect(error).toMatchObject({ code: 'NetworkNotClosed' });
    expect(error.found).toContain('`sh`');
    expect(runtime.cluster.jobs.all).toEqual([]);
    expect((await runtime.sandboxes.claim()).isSupervised).toBe(false);
  } finally {
    await runtime.end();
  }
});
