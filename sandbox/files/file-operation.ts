import type { SandboxError } from '../errors';
import { type Answer, type Channel, type Supervisor, sendAll } from '../supervisor';
import { type FilePlace, fileError, mismatch, printable, problemError } from './file-errors';

/** A path in the sandbox: text, or bytes where a name is no UTF-8. Relative ones start from its working directory. */
export type RemotePath = string | Uint8Array;

/** What every operation on files takes. */
export interface FileOptions {
  /** Gives up; nothing half-written is left. */
  readonly signal?: AbortSignal;
}

/** A supervisor that says nothing for this long, while it is its turn, will not say anything. */
const SILENCE_MS = 60_000;
/** How long one that was stopped may take to remove what it had begun. */
const CLEAN_UP_MS = 5_000;

/** One operation on files: bytes in either direction, and one answer. */
export class FileOperation {
  readonly place: FilePlace;
  readonly #supervisor: Supervisor;
  readonly #channel: Channel;
  readonly #signal: AbortSignal | undefined;
  readonly #chunks: Buffer[] = [];
  readonly #onAbort = () => this.#fail(aborted(this.place));
  #answer: Answer | undefined;
  #isOver = false;
  #failure: SandboxError | undefined;
  #wake: (() => void) | undefined;
  #isNowOver!: () => void;
  readonly #over = new Promise<void>((resolve) => {
    this.#isNowOver = resolve;
  });
  #fails!: () => void;
  readonly #failed = new Promise<void>((resolve) => {
    this.#fails = resolve;
  });

  constructor(
    supervisor: Supervisor,
    name: string,
    path: RemotePath,
    details: object,
    { signal }: FileOptions,
  ) {
    this.#supervisor = supervisor;
    this.#signal = signal;
    const shown = printable(typeof path === 'string' ? path : Buffer.from(path).toString('utf8'));
    this.place = { sandboxId: supervisor.host.id, what: `${name} ${shown}` };
    const request = { ...details, ...pathOnWire(path) };
    if (signal?.aborted) throw aborted(this.place);
    if (!isPath(path)) {
      const found = 'nothing, NUL or half a character in it';
      throw fileError('ArgumentInvalid', this.place, found, 'a path', 'correct the path');
    }
    this.#channel = supervisor.open(name, request, {
      output: (_stream, bytes) => {
        if (!this.#failure) this.#chunks.push(bytes);
        this.#rouse();
      },
      over: (answer) => {
        this.#isOver = true;
        this.#answer = answer;
        this.#rouse();
        this.#isNowOver();
      },
    });
    signal?.addEventListener('abort', this.#onAbort, { once: true });
  }

  /**
   * What has come, in one piece, for writing it costs more than its bytes; at most a window of them. When nothing more
   * comes, `result` says why.
   */
  async next(): Promise<Buffer | undefined> {
    for (;;) {
      if (this.#failure) throw this.#failure;
      const waiting = this.#chunks.splice(0);
      if (waiting.length > 0) {
        const bytes = waiting.length === 1 ? waiting[0]! : Buffer.concat(waiting);
        this.#channel.grant(1, bytes.length);
        return bytes;
      }
      if (this.#isOver) return undefined;
      await this.#turnOfPeer(
        new Promise<void>((resolve) => {
          this.#wake = resolve;
        }),
      );
    }
  }

  /** Sends bytes. When the other end has had enough, `result` says why. */
  async send(bytes: Uint8Array): Promise<void> {
    if (this.#failure) throw this.#failure;
    if (!this.#isOver) await this.#turnOfPeer(sendAll(this.#channel, bytes));
    if (this.#failure) throw this.#failure;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  end(trailer = ''): void {
    this.#channel.end(trailer);
  }

  /** The answer's content; throws what the answer says, or that there is none. */
  async result(): Promise<Record<string, unknown>> {
    while (await this.next());
    this.#stop();
    if (!this.#answer) throw (await this.#supervisor.ended).error;
    const { problem, result } = this.#answer;
    if (problem) throw problemError(this.place, problem);
    if (result !== undefined && result !== null && typeof result !== 'object') {
      throw mismatch(this.place, 'an answer that is no object', 'an answer');
    }
    return (result ?? {}) as Record<string, unknown>;
  }

  /** Lets go of it; what was not answered is stopped, and has cleaned up when this resolves. */
  async close(): Promise<void> {
    this.#stop();
    if (this.#isOver) return;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, CLEAN_UP_MS);
    });
    await Promise.race([this.#over, late]);
    clearTimeout(timer);
  }

  #stop(): void {
    this.#signal?.removeEventListener('abort', this.#onAbort);
    this.#chunks.length = 0;
    if (!this.#isOver) this.#channel.stop();
  }

  #fail(failure: SandboxError): void {
    this.#failure ??= failure;
    this.#stop();
    this.#fails();
  }

  #rouse(): void {
    this.#wake?.();
    this.#wake = undefined;
  }

  /** Waits for what only the other end can bring about: never longer than it may be silent. */
  async #turnOfPeer(waiting: Promise<void>): Promise<void> {
    const silence = setTimeout(() => this.#fail(silent(this.place)), SILENCE_MS);
    try {
      await Promise.race([waiting, this.#failed]);
    } finally {
      clearTimeout(silence);
    }
  }
}

function isPath(path: RemotePath): boolean {
  const bytes = Buffer.from(path as string);
  return (
    bytes.length > 0 && !bytes.includes(0) && (typeof path !== 'string' || bytes.toString('utf8') === path)
  );
}

function pathOnWire(path: RemotePath): object {
  return typeof path === 'string' ? { path } : { bytes: Buffer.from(path).toString('base64') };
}

function aborted(place: FilePlace): SandboxError {
  return fileError(
    'Aborted',
    place,
    'an abort by the caller',
    'to be allowed to finish',
    'nothing, if that was meant',
  );
}

function silent(place: FilePlace): SandboxError {
  return fileError(
    'FileFailed',
    place,
    `silence of the supervisor for ${SILENCE_MS} ms`,
    'an answer',
    'claim another sandbox',
  );
}
