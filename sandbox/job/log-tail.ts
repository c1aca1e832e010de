import { once } from 'node:events';
import { PassThrough, type Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Connection, followLog, KubeError, type LogEnd, type LogFollow } from '../../kube';
import { apiError } from '../causes/api-cause';
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
/** After the end of the container the rest of its log is there, or its node does not give it any more. */
const restWithinMs = 15_000;
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
  #restUntil = Number.POSITIVE_INFINITY;
  readonly #closing = new AbortController();

  /** `undefined` while the container has no log yet. */
  static async open(of: LogOf): Promise<LogTail | undefined> {
    const first = await follow(of, undefined);
    return first && new LogTail(of, first);
  }

  private constructor(
    private readonly of: LogOf,
    first: LogFollow,
  ) {
    // A program that reads the outcome and not the log must not be ended by an unhandled event.
    this.#output.on('error', () => {});
    // A reader that turns away must not leave the connection behind.
    this.#output.once('close', () => this.close());
    void this.#run(first).then(
      () => this.#output.end(),
      (error) => this.#output.destroy(apiError(error, `log of pod ${of.pod}`)),
    );
  }

  get output(): Readable {
    return this.#output;
  }

  close(): void {
    this.#closing.abort();
    this.#current?.close();
    this.#output.destroy();
  }

  get #isClosed(): boolean {
    return this.#closing.signal.aborted;
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
        this.#restUntil = Number.POSITIVE_INFINITY;
        for (const piece of this.#lines.read(chunk)) {
          if (this.#isClosed) return log.ended;
          if (!this.#output.write(piece)) await this.#drained();
        }
      }
    } catch {
      // `ended` says why.
    }
    return log.ended;
  }

  /** Also when there will be no more reading. */
  async #drained(): Promise<void> {
    const { signal } = this.#closing;
    await once(this.#output, 'drain', { signal }).catch(() => {});
  }

  async #again(): Promise<LogFollow | undefined> {
    let failure: unknown;
    for (;;) {
      await this.#nextTry();
      if (this.#isClosed) return undefined;
      if (Date.now() > this.#restUntil) throw failure ?? withoutRest(this.of.pod);
      try {
        const log = await follow(this.of, this.#lines.sinceTime);
        if (log) return log;
      } catch (error) {
        if (error instanceof KubeError && final.has(error.code)) throw error;
        failure = error;
      }
    }
  }

  async #nextTry(): Promise<void> {
    const { of } = this;
    const wasOver = of.isOver();
    const startedAt = Date.now();
    await of.change(retryMs);
    const isNews = of.isOver() && !wasOver;
    const restMs = retryMs - (Date.now() - startedAt);
    // What was so before, and a watch that has ended, are no pause.
    if (!isNews && restMs > 0) {
      await sleep(restMs, undefined, { signal: this.#closing.signal }).catch(() => {});
    }
    if (of.isOver()) this.#restUntil = Math.min(this.#restUntil, Date.now() + restWithinMs);
  }
}

async function follow(of: LogOf, sinceTime: string | undefined): Promise<LogFollow | undefined> {
  const { connection, namespace, pod, container } = of;
  try {
    return await followLog(connection, { namespace, pod, container, sinceTime, timestamps: true });
  } catch (error) {
    // "container is waiting to start"
    if (error instanceof KubeError && error.code === 'BAD_REQUEST') return undefined;
    // A node that has not heard of its pod yet, or not again after a restart, says that there is none.
    if (error instanceof KubeError && error.code === 'NOT_FOUND' && !of.isOver()) return undefined;
    throw error;
  }
}

function withoutRest(pod: string): KubeError {
  return new KubeError('CONNECTION_LOST', {
    where: `log of pod ${pod}`,
    found: 'no more of it after the end of its container',
    expected: 'the log until its end',
    remedy: 'the outcome is known all the same; what is missing of the log is lost',
  });
}
