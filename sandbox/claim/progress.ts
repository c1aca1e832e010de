/**
 * How far a claim is: its Job was created; its pod has a node; the node prepares it (`detail` says what, such as a
 * pull); it waits for room (`detail` says which); its checkpoint is brought into it (`claim({ from })`); commands can run.
 */
export type ClaimPhase = 'created' | 'scheduled' | 'preparing' | 'waiting' | 'restoring' | 'ready';

export interface ClaimProgress {
  readonly phase: ClaimPhase;
  readonly sandboxId: string;
  /** Since claim() was called. */
  readonly elapsedMs: number;
  /** The cluster's words, free of control characters. */
  readonly detail?: string;
}

export type OnProgress = (progress: ClaimProgress) => void;

/** Tells each phase with each detail once; what a listener throws does not break a claim. */
export class ProgressTeller {
  readonly #startedAt = performance.now();
  readonly #told = new Set<string>();

  constructor(
    private readonly sandboxId: string,
    private readonly listener: OnProgress | undefined,
  ) {}

  get elapsedMs(): number {
    return performance.now() - this.#startedAt;
  }

  tell(phase: ClaimPhase, detail?: string): void {
    const key = `${phase} ${detail ?? ''}`;
    if (this.#told.has(key)) return;
    this.#told.add(key);
    try {
      this.listener?.({ phase, sandboxId: this.sandboxId, elapsedMs: this.elapsedMs, detail });
    } catch {
      // See above.
    }
  }
}
