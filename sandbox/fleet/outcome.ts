/** What became of one item. Each has exactly one of these, in the place of the item. */
export type MapOutcome<Result> = { readonly index: number } & (
  | {
      readonly status: 'done';
      readonly value: Result;
      /** It was done by an earlier program with the same `id`, and is read back: what JSON keeps of the value. */
      readonly isReadBack: boolean;
    }
  | {
      readonly status: 'failed';
      readonly message: string;
      /** Of an error that has one, such as a SandboxError. */
      readonly code: string | undefined;
      /** The error itself; `undefined` where it is read back. */
      readonly error: unknown;
      /** Whether `run` was called: if not, nothing of the item has happened, and it may be given again. */
      readonly wasStarted: boolean;
      readonly isReadBack: boolean;
    }
  | { readonly status: 'cancelled'; readonly wasStarted: boolean; readonly isReadBack: boolean }
  /** A program that was killed, or another one that runs, has started it and told nothing more; it is not started twice. */
  | { readonly status: 'unknown'; readonly sandboxId: string }
);

/** How far a fleet is. */
export interface MapProgress {
  readonly total: number;
  /** Not begun, or waiting for room. */
  readonly waiting: number;
  /** Their sandboxes start. */
  readonly starting: number;
  readonly running: number;
  readonly done: number;
  readonly failed: number;
  readonly cancelled: number;
  readonly unknown: number;
  /** Whether the quota had no room for the last that was tried: it is tried again. */
  readonly isQuotaFull: boolean;
}

type Part = 'waiting' | 'starting' | 'running' | MapOutcome<unknown>['status'];

/** Counts items, and tells each change; what a listener throws does not break a fleet. */
export class ProgressOfMap {
  readonly #counts: Record<Part, number>;

  constructor(
    private readonly total: number,
    private readonly isQuotaFull: () => boolean,
    private readonly listener: ((progress: MapProgress) => void) | undefined,
  ) {
    const none = { starting: 0, running: 0, done: 0, failed: 0, cancelled: 0, unknown: 0 };
    this.#counts = { waiting: total, ...none };
  }

  moved(from: Part, to: Part): void {
    this.#counts[from] -= 1;
    this.#counts[to] += 1;
    try {
      this.listener?.({ total: this.total, ...this.#counts, isQuotaFull: this.isQuotaFull() });
    } catch {
      // See above.
    }
  }
}
