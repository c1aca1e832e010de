import { once } from 'node:events';
import { PassThrough, type Readable } from 'node:stream';
import { type Connection, followLog, KubeError, type LogEnd, type LogFollow } from '../../kube';
import { LogLines } from './log-lines';

export interface LogOf {
  readonly connection: Connection;
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  /** Whether nothing more will be written. Asked after the server ended the log in good order. */
  readonly isOver: () => boolean;
  /** Resolves when that may have changed. */
  readonly change: (withinMs: number) => Promise<void>;
}

const retryMs = 300;
/** Refusals that another try does not mend: the pod is gone, or may not be read. */
const final: ReadonlySet<string> = new Set([
  'NOT_FOUND',
  'FORBIDDEN',
  'UNAUTHENTICATED',
  'ABORTED',
  'CLOSED',
]);

/** A log that is followed through broken connections until the container has ended; every byte comes once. */
export class LogTail {
  readonly #output = new PassThrough();
  readonly #lines = new LogLines();
  #current: LogFollow | undefined;
  #isClosed = false;

  /** `undefined` while the container has no log yet. */
  static async open(of: LogOf): Promise<LogTail | undefined> {
    const first = await follow(of, undefined);
    return first && new LogTail(of, first);
  }

  private constructor(
    private readonly of: LogOf,
    first: LogFollow,
  ) {
    // Whoever reads the outcome and not the log must not be ended by an unhandled event.
    this.#output.on('error', () => {});
    void this.#run(first).then(
      () => this.#output.end(),
      (error) => this.#output.destroy(error),
    );
  }

  get output(): Readable {
    return this.#output;
  }

  close(): void {
    this.#isClosed = true;
    this.#current?.close();
    this.#output.destroy();
  }

  async #run(first: LogFollow): Promise<void> {
    let next: LogFollow | undefined = first;
    while (next && !this.#isClosed) {
      this.#current = next;
      const end = await this.#pass(next);
      if (this.#isClosed || (end.type === 'complete' && this.of.isOver())) return;
      next = await this.#again();
    }
  }

  async #pass(log: LogFollow): Promise<LogEnd> {
    this.#lines.again();
    try {
      for await (const chunk of log.output as AsyncIterable<Buffer>) {
        for (const piece of this.#lines.read(chunk)) {
          if (!this.#output.write(piece)) await once(this.#output, 'drain');
        }
      }
    } catch {
      // `ended` says why.
    }
    return log.ended;
  }

  async #again(): Promise<LogFollow | undefined> {
    for (;;) {
      await this.of.change(retryMs);
      if (this.#isClosed) return undefined;
      try {
        const log = await follow(this.of, this.#lines.sinceTime);
        if (log) return log;
      } catch (error) {
        if (error instanceof KubeError && final.has(error.code)) throw error;
      }
    }
  }
}

async function follow(of: LogOf, sinceTime: string | undefined): Promise<LogFollow | undefined> {
  const { connection, namespace, pod, container } = of;
  try {
    return await followLog(connection, { namespace, pod, container, sinceTime, timestamps: true });
  } catch (error) {
    // "container is waiting to start"
    if (error instanceof KubeError && error.code === 'BAD_REQUEST') return undefined;
    throw error;
  }
}
