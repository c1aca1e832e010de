import { onAbort } from '../../kube';
import type { SandboxError } from '../errors';
import { type Answer, type Channel, type Supervisor, sendAll } from '../supervisor';
import { type FilePlace, fileError, mismatch, problemError } from './file-errors';
import { Landing } from './landing';
import { printable } from './name-bytes';

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
  readonly #forgetSignal: (() => void) | undefined;
  readonly #landing = new Landing();
  /** How many bytes of the piece that is out came on the channel, and may come again once it is done with. */
  #out = 0;
  #answer: Answer | undefined;
  #isOver = false;
  #failure: SandboxError | undefined;
  #wake: (() => void) | undefined;
  #silence: NodeJS.Timeout | undefined;
  #isNowFailed!: () => void;
  readonly #failed = new Promise<undefined>((resolve) => {
    this.#isNowFailed = () => resolve(undefined);
  });
  #isNowOver!: () => void;
  readonly #over = new Promise<void>((resolve) => {
    this.#isNowOver = resolve;
  });

  constructor(
    supervisor: Supervisor,
    name: string,
    path: RemotePath,
    details: object,
    { signal }: FileOptions,
  ) {
    this.#supervisor = supervisor;
    this.place = { sandboxId: supervisor.host.id, what: `${name} ${shownPath(path)}` };
    if (signal?.aborted) throw aborted(this.place);
    if (!isPath(path)) {
      const found = 'no path, or one with NUL or half a character in it';
      throw fileError('ArgumentInvalid', this.place, found, 'a path', 'correct the path');
    }
    const request = { ...details, ...pathOnWire(path) };
    this.#channel = supervisor.open(name, request, {
      output: (_stream, bytes) => {
        if (!this.#failure) this.#landing.put(bytes);
        this.#rouse();
      },
      over: (answer) => {
        this.#isOver = true;
        this.#answer = answer;
        this.#rouse();
        this.#isNowOver();
      },
    });
    this.#forgetSignal = signal && onAbort(signal, () => this.#fail(aborted(this.place)));
  }

  /**
   * What has come, or the first of it, in a piece that is overwritten after the next call. When nothing more comes,
   * `result` says why.
   */
  async next(): Promise<Buffer | undefined> {
    for (;;) {
      if (this.#failure) throw this.#failure;
      const bytes = this.#landing.take();
      this.#channel.grant(1, this.#out);
      this.#out = bytes.length;
      if (bytes.length > 0) return bytes;
      if (this.#isOver) {
        this.#landing.close();
        return undefined;
      }
      await this.#turnOfPeer();
    }
  }

  /** Sends bytes. When the other end has had enough, `result` says why. */
  async send(bytes: Uint8Array): Promise<void> {
    if (this.#failure) throw this.#failure;
    let isSent = false;
    void sendAll(this.#channel, bytes).then(() => {
      isSent = true;
      this.#rouse();
    });
    while (!isSent && !this.#failure) await this.#turnOfPeer();
    if (this.#failure) throw this.#failure;
  }

  /** The answer of a caller's source, unless the operation is over before: then a silent source is not waited for. */
  async orOver<Answer>(asked: Promise<Answer>): Promise<Answer | undefined> {
    const answer = await Promise.race([asked, this.#over.then(() => undefined), this.#failed]);
    if (this.#failure) throw this.#failure;
    return answer;
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
    this.#forgetSignal?.();
    clearTimeout(this.#silence);
    this.#landing.drop();
    if (!this.#isOver) this.#channel.stop();
  }

  #fail(failure: SandboxError): void {
    this.#failure ??= failure;
    this.#isNowFailed();
    this.#stop();
    this.#rouse();
  }

  #rouse(): void {
    this.#wake?.();
    this.#wake = undefined;
  }

  /** Waits until something came of what only the other end can bring about: never longer than it may be silent. */
  async #turnOfPeer(): Promise<void> {
    const waiting = new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    // One timer for all the waits of an operation: there are thousands in a large file.
    this.#silence = this.#silence?.refresh() ?? setTimeout(() => this.#onSilence(), SILENCE_MS);
    await waiting;
  }

  #onSilence(): void {
    if (this.#wake) this.#fail(silent(this.place));
  }
}

/** For messages: whatever was given as a path. */
export function shownPath(path: RemotePath): string {
  return printable(path instanceof Uint8Array ? path : String(path));
}

function isPath(path: RemotePath): boolean {
  if (typeof path !== 'string' && !(path instanceof Uint8Array)) return false;
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
