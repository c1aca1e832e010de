import { fourBytes, fromPod, toPod } from '../supervisor/frames';
import { HostilePeer } from '../supervisor/testing-only/hostile-peer';
import { refusal } from '../testing-only/scripted-runtime';
import type { ChannelStream } from './channel-stream';
import { SandboxPort } from './sandbox-port';

// A supervisor that says what it should not, beside one that does as it should.

interface Opened {
  readonly op: string;
  readonly channel: number;
}

async function peerThat(onListen: (peer: HostilePeer, channel: number) => void) {
  const peer = await HostilePeer.open();
  const opened: Opened[] = [];
  peer.onFrame = ({ type, channel, payload }) => {
    if (type === toPod.stop) peer.done(channel, { problem: { code: 'STOPPED', text: '' } });
    if (type !== toPod.open) return;
    const { op } = JSON.parse(payload.toString('utf8'));
    opened.push({ op, channel });
    if (op === 'listen') onListen(peer, channel);
  };
  return { peer, opened, accepts: () => opened.filter(({ op }) => op === 'accept') };
}

const listens = (peer: HostilePeer, channel: number) => peer.send(fromPod.started, channel, fourBytes(8080));
const turn = () => new Promise((resolve) => setTimeout(resolve, 20));

test('one connection is waited for, and the next when it has come, up to as many as there may be', async () => {
  const { peer, accepts } = await peerThat(listens);
  const came: ChannelStream[] = [];
  const port = await SandboxPort.open(peer.supervisor, 2, (stream) => came.push(stream));
  await turn();
  expect([port.port, accepts().length]).toEqual([8080, 1]);
  peer.send(fromPod.started, accepts()[0]!.channel);
  await turn();
  expect([came.length, accepts().length]).toEqual([1, 2]);
  peer.send(fromPod.started, accepts()[1]!.channel);
  await turn();
  expect([came.length, accepts().length]).toEqual([2, 2]);
  // One that is over makes room for one.
  came[0]!.resume();
  peer.output(accepts()[0]!.channel, 'last words');
  peer.done(accepts()[0]!.channel, { result: null });
  await turn();
  expect([accepts().length, came[0]!.readableEnded]).toEqual([3, true]);
  port.close();
  await turn();
  expect(came[1]!.destroyed).toBe(true);
  expect(accepts()).toHaveLength(3);
});

test('one that says twice that a connection has come, or that it listens, ends the sandbox', async () => {
  const { peer, accepts } = await peerThat(listens);
  const came: ChannelStream[] = [];
  await SandboxPort.open(peer.supervisor, 16, (stream) => came.push(stream));
  await turn();
  for (let times = 0; times < 5; times += 1) peer.send(fromPod.started, accepts()[0]!.channel);
  expect(await peer.supervisor.ended).toMatchObject({ why: 'breach' });
  expect(came).toHaveLength(1);
  expect(accepts().length).toBeLessThan(3);
  const other = await peerThat((peer, channel) => {
    for (let times = 0; times < 5; times += 1) listens(peer, channel);
  });
  await SandboxPort.open(other.peer.supervisor, 16, () => {}).catch(() => {});
  expect(await other.peer.supervisor.ended).toMatchObject({ why: 'breach' });
  expect(other.accepts().length).toBeLessThan(2);
});

test.each<[string, (peer: HostilePeer, channel: number) => void]>([
  ['a port that is none', (peer, channel) => peer.send(fromPod.started, channel, fourBytes(70_000))],
  ['no port', (peer, channel) => peer.send(fromPod.started, channel, 'x')],
  ['a problem', (peer, channel) => peer.done(channel, { problem: { code: 'EMFILE', text: 'too many' } })],
  ['an end', (peer, channel) => peer.done(channel, { result: null })],
])('%s is told', async (_what, onListen) => {
  const { peer } = await peerThat(onListen);
  const opening = SandboxPort.open(peer.supervisor, 1, () => {});
  expect(await refusal(opening)).toMatchObject({ code: 'SupervisorProtocol', sandboxId: 'local' });
});

test('what nobody reads is not asked for, and more than was asked for ends the sandbox', async () => {
  const { peer, accepts } = await peerThat(listens);
  await SandboxPort.open(peer.supervisor, 1, () => {});
  await turn();
  const { channel } = accepts()[0]!;
  peer.send(fromPod.started, channel);
  for (let sent = 0; sent < 20; sent += 1) peer.output(channel, Buffer.alloc(60_000));
  expect(await peer.supervisor.ended).toMatchObject({ why: 'breach' });
});
