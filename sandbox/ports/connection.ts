import type { Socket } from 'node:net';
import { type Answer, type Channel, type Supervisor, sendAll } from '../supervisor';

/** Why the port takes no connection, in the words of the sandbox; `undefined` where it does. */
export async function tryPort(supervisor: Supervisor, port: number): Promise<string | undefined> {
  let isThere = false;
  const answer = await new Promise<Answer | undefined>((resolve) => {
    const channel: Channel = supervisor.open(
      'connect',
      { port },
      {
        started: () => {
          isThere = true;
          channel.stop();
        },
        output: () => {},
        over: resolve,
      },
    );
  });
  if (isThere) return undefined;
  if (!answer) throw (await supervisor.ended).error;
  return answer.problem ? printable(answer.problem.text) : 'no answer';
}

/** Carries bytes between a connection of this machine and the port, until both directions are over. */
export function carry(supervisor: Supervisor, port: number, socket: Socket): void {
  const channel: Channel = supervisor.open(
    'connect',
    { port },
    {
      started: () => void send(channel, socket),
      output: (stream, bytes) => {
        // The bytes are the peer's to use again, and as many more may come when these have gone.
        if (!socket.destroyed) socket.write(Buffer.from(bytes), () => channel.grant(stream, bytes.length));
      },
      exit: () => socket.end(),
      over: (answer) => {
        if (answer && !answer.problem) socket.end();
        else socket.destroy();
      },
    },
  );
  // Without a listener it would end this program; what follows is the same as after any other end.
  socket.on('error', () => {});
  socket.once('close', () => channel.stop());
}

async function send(channel: Channel, socket: Socket): Promise<void> {
  try {
    // At its end a plain loop would destroy the socket, which may have to hear the other side.
    const read = socket.iterator({ destroyOnReturn: false });
    for await (const bytes of read) await sendAll(channel, bytes as Buffer);
    channel.end('');
  } catch {
    // It broke: its end has told the other side.
  }
}

function printable(text: string): string {
  return JSON.stringify(text.slice(0, 300)).slice(1, -1);
}
