import { SandboxError } from '../errors';
import { printable } from '../files/name-bytes';
import type { Channel, Supervisor } from '../supervisor';
import { ChannelStream } from './channel-stream';

/** A port in the sandbox, on its 127.0.0.1, whose connections come to us over the stream that is open. */
export class SandboxPort {
  readonly #streams = new Set<ChannelStream>();
  #isClosed = false;

  private constructor(
    readonly port: number,
    private readonly supervisor: Supervisor,
    private readonly listening: Channel,
    private readonly most: number,
    private readonly come: (stream: ChannelStream) => void,
  ) {
    this.#waitForOne();
  }

  static open(
    supervisor: Supervisor,
    most: number,
    come: (stream: ChannelStream) => void,
  ): Promise<SandboxPort> {
    const { id: sandboxId } = supervisor.host;
    return new Promise((resolve, reject) => {
      const channel: Channel = supervisor.open(
        'listen',
        {},
        {
          started: (told) => {
            const port = told.length === 4 ? told.readUInt32BE() : 0;
            if (port > 0 && port < 65_536) resolve(new SandboxPort(port, supervisor, channel, most, come));
            else channel.stop();
          },
          over: (answer) => {
            const found = answer ? `${answer.problem?.code}: ${answer.problem?.text}` : 'no answer';
            const facts = {
              where: `egress of sandbox ${sandboxId}`,
              found: printable(found),
              expected: 'a port of the sandbox that this program listens on',
              remedy: 'claim another sandbox: this one has changed its supervisor, or has no loopback',
            };
            reject(new SandboxError('SupervisorProtocol', facts, { sandboxId }));
          },
        },
      );
    });
  }

  /** Takes no more connections, and ends those that are there. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.listening.stop();
    for (const stream of this.#streams) stream.destroy();
  }

  /** One waits always, until there are as many as there may be: the rest waits in the sandbox. */
  #waitForOne(): void {
    if (this.#isClosed || this.#streams.size >= this.most || this.supervisor.isEnding) return;
    let hasCome = false;
    const stream: ChannelStream = new ChannelStream(
      this.supervisor,
      this.port,
      () => {
        hasCome = true;
        this.come(stream);
        this.#waitForOne();
      },
      () => {
        const wasFull = this.#streams.size >= this.most;
        this.#streams.delete(stream);
        // One that ended before it came has nobody to wait for: the port is gone.
        if (hasCome && wasFull) this.#waitForOne();
      },
    );
    this.#streams.add(stream);
  }
}
