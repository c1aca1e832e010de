import { startTimer } from '../../kube';
import { SandboxError } from '../errors';
import { type Answer, Channel, type ChannelEvents } from './channel';
import { hasExited, inWords } from './end-in-words';
import {
  encodeFrame,
  type Frame,
  FrameBreach,
  INPUT_PLACES,
  MAX_OUTGOING,
  takesInput,
  toPod,
  windowsOf,
} from './frames';
import { Outgoing } from './outgoing';
import type { PodFate, SandboxHost } from './sandbox-host';
import { endOf, type Transport } from './transport';

/** How long the supervisor may take to end everything when it is told goodbye: the sandbox is deleted beside that. */
const GOODBYE_MS = 5_000;
/** The same where the sandbox lives on: until the goodbye has been heard, it would end with this program. */
const RELEASE_MS = 30_000;

/**
 * Why there is no supervisor any more: it was closed, its stream ended, it broke the protocol, or it could not do what
 * must be done and the sandbox was given up. In all but the first case the sandbox is deleted; one in which something was
 * to outlive its stream is not deleted for its loss.
 */
export interface SupervisorEnd {
  readonly why: 'closed' | 'lost' | 'breach' | 'givenUp';
  readonly error: SandboxError;
  /** What the pod's status said of it, for a stream that ended. */
  readonly fate: PodFate | undefined;
}

/** The supervisor of one sandbox, over one stream. Operations share it, and none of them waits for another. */
export class Supervisor {
  /** Never rejects. */
  readonly ended: Promise<SupervisorEnd>;
  readonly host: SandboxHost;
  /** The folder in the pod that relative paths start from. */
  readonly cwd: string;
  readonly #transport: Transport;
  readonly #outgoing: Outgoing;
  readonly #channels = new Map<number, Channel>();
  /** How many of them take input: commands and files. */
  readonly #inputs = { run: 0, file: 0 };
  #nextChannel = 1;
  #isOver = false;
  #isClosing = false;
  /** Whether it ended by itself after it was told goodbye, so that it has heard it. */
  #isConfirmed = false;
  #isOutlived = false;
  #resolveEnd!: (end: SupervisorEnd) => void;

  /** @internal Use `openSupervisor`. */
  constructor(transport: Transport, host: SandboxHost, cwd: string) {
    this.#transport = transport;
    this.#outgoing = new Outgoing(transport.stdin!);
    this.host = host;
    this.cwd = cwd;
    this.ended = new Promise((resolve) => {
      this.#resolveEnd = resolve;
    });
    void endOf(transport).then((end) => this.#finish('lost', `the stream ended: ${inWords(end)}`, end));
  }

  /** Operations that are begun now are not sent any more: `ended` says why. */
  get isEnding(): boolean {
    return this.#isOver || this.#isClosing;
  }

  /** Something in the sandbox outlives this stream: from now on one that is lost does not take the sandbox with it. */
  outlive(): void {
    this.#isOutlived = true;
  }

  /** How many operations are under way. */
  get operations(): number {
    return this.#channels.size;
  }

  /** Begins an operation. `over` is called exactly once, also when there is no supervisor any more. */
  open(operation: string, details: object, events: ChannelEvents): Channel {
    const input = this.#inputFor(operation, details);
    const place = input === 'atOnce' ? true : undefined;
    const request = Buffer.from(JSON.stringify({ op: operation, with: details, place }));
    if (request.length > MAX_OUTGOING) {
      throw new SandboxError(
        'ArgumentInvalid',
        {
          where: `${operation} in sandbox ${this.host.id}`,
          found: `a request of ${request.length} bytes`,
          expected: `at most ${MAX_OUTGOING} bytes`,
          remedy: 'give large content as input or as a file',
        },
        { sandboxId: this.host.id },
      );
    }
    const id = this.#nextChannel;
    const kind = kindOf(operation);
    this.#nextChannel += 1;
    const told: ChannelEvents = {
      ...events,
      over: (answer) => {
        if (this.#channels.delete(id) && channel.takesInput) this.#inputs[kind] -= 1;
        events.over(answer);
      },
    };
    const channel = new Channel(id, this.#outgoing, told, windowsOf(operation, input));
    if (this.isEnding) {
      channel.finish(undefined);
      return channel;
    }
    this.#channels.set(id, channel);
    if (channel.takesInput) this.#inputs[kind] += 1;
    this.#outgoing.send(encodeFrame(toPod.open, id, request));
    return channel;
  }

  /** The supervisor gives a place back before it answers, so it has one for each that is not taken here. */
  #inputFor(operation: string, details: object): 'none' | 'granted' | 'atOnce' {
    if (!takesInput(operation, details)) return 'none';
    return this.#inputs[kindOf(operation)] < INPUT_PLACES ? 'atOnce' : 'granted';
  }

  /** An operation that is one question and one answer. */
  ask(operation: string, details: object): Promise<Answer | undefined> {
    return new Promise((resolve) => this.open(operation, details, { over: resolve }));
  }

  /** @internal */
  receive(frame: Frame): void {
    const channel = this.#channels.get(frame.channel);
    if (!channel) throw new FrameBreach(`a frame on channel ${frame.channel}, where nothing goes on`);
    channel.receive(frame);
  }

  /** @internal Nothing the peer says is believed after it broke the protocol. */
  breach(found: string): void {
    if (!this.#isClosing) this.#finish('breach', found);
  }

  /** Deletes the sandbox: something in it must end, and does not. */
  giveUp(found: string): void {
    // An end is under way already, and waited for.
    if (!this.#isClosing) this.#finish('givenUp', found);
  }

  /** Ends every process that was started, then the stream. */
  async close(): Promise<void> {
    this.#sayGoodbye(GOODBYE_MS);
    await this.ended;
  }

  /** The same, of a sandbox that lives on. Rejects when its supervisor has not confirmed that, and its pod lives. */
  async release(): Promise<void> {
    this.#sayGoodbye(RELEASE_MS);
    const { why, error } = await this.ended;
    if (why !== 'closed' || this.#isConfirmed || (await this.host.fate())) return;
    const { id } = this.host;
    const facts = {
      where: `release of ${id}`,
      found: `no answer to its goodbye: ${error.found}`,
      expected: 'a supervisor that ends when it is told to',
      remedy: 'enter it with attach() and release it again; it ends like that of a killed client otherwise',
    };
    throw new SandboxError('ConnectionLost', facts, { sandboxId: id, retryable: true, cause: error });
  }

  #sayGoodbye(withinMs: number): void {
    if (this.#isOver || this.#isClosing) return;
    this.#isClosing = true;
    this.#outgoing.send(encodeFrame(toPod.end, 0));
    const late = setTimeout(
      () => this.#finish('closed', `no end within ${withinMs / 1000} seconds`),
      withinMs,
    );
    void this.ended.then(() => clearTimeout(late));
  }

  /**
   * Lets go of the stream without a word, as the end of this program would: what runs ends, and so does the sandbox if
   * its supervisor was told to.
   */
  cut(): void {
    if (!this.#isClosing) this.#finish('closed', 'a stream that was let go of');
  }

  /** Whether the other end answers in time: asked of the supervisor itself, since what is between answers for it. */
  async ping(withinMs: number): Promise<boolean> {
    let stop = () => {};
    const late = new Promise<false>((resolve) => {
      stop = startTimer(withinMs, () => resolve(false));
    });
    const answered = this.ask('stat', { path: '.' }).then((answer) => answer !== undefined);
    const isThere = await Promise.race([answered, late]);
    stop();
    return isThere;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #finish(reason: SupervisorEnd['why'], found: string, cause?: unknown): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const why = reason === 'lost' && this.#isClosing ? 'closed' : reason;
    this.#isConfirmed = reason === 'lost' && this.#isClosing && hasExited(cause);
    this.#outgoing.close();
    this.#transport.close();
    const { host } = this;
    const error = endError(why, found, host.id, cause);
    for (const channel of [...this.#channels.values()]) channel.finish(undefined);
    void this.#conclude(why, error);
  }

  /** First what the pod says of it, then the pod goes: the other way round it would not be known. */
  async #conclude(why: SupervisorEnd['why'], error: SandboxError): Promise<void> {
    const { host } = this;
    const fate = why === 'lost' ? await host.fate().catch(() => undefined) : undefined;
    const lives = why === 'closed' || (why === 'lost' && this.#isOutlived);
    if (!lives) await host.destroy(error.message).catch(() => {});
    this.#resolveEnd({ why, error, fate });
  }
}

/** Each has places of its own. */
function kindOf(operation: string): 'run' | 'file' {
  return operation === 'run' ? 'run' : 'file';
}

function endError(why: SupervisorEnd['why'], found: string, sandboxId: string, cause: unknown): SandboxError {
  const codes = {
    closed: 'Closed',
    lost: 'ConnectionLost',
    breach: 'SupervisorProtocol',
    givenUp: 'PodLost',
  } as const;
  const isClosed = why === 'closed';
  const facts = {
    where: `the supervisor of sandbox ${sandboxId}`,
    found,
    expected: isClosed ? 'an open sandbox' : 'a supervisor until the sandbox is closed',
    remedy: isClosed
      ? 'do not use a sandbox after close()'
      : 'claim another sandbox; what ran in this one may have had effects, and is not run again by itself',
  };
  return new SandboxError(codes[why], facts, { sandboxId, cause });
}
