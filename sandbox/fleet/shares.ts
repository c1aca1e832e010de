import { type Clock, Moment, onAbort, realClock } from '../../kube';

/** The place of one sandbox that is to be made, or is there. */
export interface Place {
  /** Its sandbox is there, and so there was room for it. */
  holds(): void;
  /** There was no room for it: the quota was full. Gives the place back; the next try comes later. */
  full(): void;
  /** Given back once, however often it is called. */
  giveBack(): void;
}

/** One call of `map`: how many places it takes at most, and how many it has. */
export class Line {
  taken = 0;

  constructor(readonly parallel: number) {}
}

interface Waiting {
  readonly grant: () => void;
}

/** Items of one tenant in one line. */
interface Queue {
  readonly line: Line;
  readonly tenant: string;
  readonly waiting: Set<Waiting>;
  lastTurn: number;
}

export interface SharesOptions {
  /** How many places there are for all lines together. */
  readonly parallel: number;
  /** What a tenant has of them, beside the others; one that is not named has 1. */
  readonly weights: Readonly<Record<string, number>>;
  readonly clock?: Clock;
}

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 15_000;

/**
 * Who may start next when more want to than may: the tenant that has least of its share, so that one with a thousand
 * items does not hold up the first of another. When the quota is full, one tries at a time, after a pause or when a
 * place was given back; each that finds room lets twice as many try.
 */
export class Shares {
  readonly #options: SharesOptions;
  readonly #clock: Clock;
  readonly #queues = new Set<Queue>();
  readonly #running = new Map<string, number>();
  #taken = 0;
  #trying = 0;
  #holding = 0;
  #turns = 0;
  #mostTrying = Number.POSITIVE_INFINITY;
  #failures = 0;
  #pausing: (() => void) | undefined;
  #changed: Moment;

  constructor(options: SharesOptions) {
    this.#options = options;
    this.#clock = options.clock ?? realClock;
    this.#changed = new Moment(this.#clock);
  }

  /** Whether the last who tried found the quota full. */
  get isFull(): boolean {
    return this.#pausing !== undefined;
  }

  /** How long there has been no room although nothing of ours takes any; 0 while something does. */
  get starvedMs(): number {
    return this.#holding > 0 || this.#failures === 0 ? 0 : this.#changed.atMostMsAgo();
  }

  /**
   * Resolves with a place when it is this one's turn, or with `undefined` when the signal is aborted before.
   * @param isFirst of its tenant: it has had a turn, and found no room
   */
  take(line: Line, tenant: string, signal: AbortSignal, isFirst = false): Promise<Place | undefined> {
    if (signal.aborted) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      const queue = this.#queueOf(line, tenant);
      const waiting: Waiting = {
        grant: () => {
          forget();
          resolve(this.#place(line, tenant));
        },
      };
      if (isFirst) {
        const others = [...queue.waiting];
        queue.waiting.clear();
        for (const one of [waiting, ...others]) queue.waiting.add(one);
      } else queue.waiting.add(waiting);
      const forget = onAbort(signal, () => {
        this.#leave(queue, waiting);
        resolve(undefined);
      });
      this.#callNext();
    });
  }

  #queueOf(line: Line, tenant: string): Queue {
    for (const queue of this.#queues) if (queue.line === line && queue.tenant === tenant) return queue;
    const made: Queue = { line, tenant, waiting: new Set(), lastTurn: this.#turns };
    this.#queues.add(made);
    return made;
  }

  #leave(queue: Queue, waiting: Waiting): void {
    queue.waiting.delete(waiting);
    if (queue.waiting.size === 0) this.#queues.delete(queue);
    // A timer that nothing waits for would keep a program from its end.
    if (this.#queues.size === 0) this.#goOn();
  }

  #place(line: Line, tenant: string): Place {
    let state: 'trying' | 'holding' | 'over' = 'trying';
    const end = () => {
      if (state === 'trying') this.#trying -= 1;
      if (state === 'holding') this.#holding -= 1;
      state = 'over';
      line.taken -= 1;
      this.#taken -= 1;
      this.#running.set(tenant, this.#runningOf(tenant) - 1);
    };
    return {
      holds: () => {
        if (state !== 'trying') return;
        state = 'holding';
        this.#trying -= 1;
        this.#holding += 1;
        this.#foundRoom();
      },
      full: () => {
        if (state === 'over') return;
        end();
        this.#pauseTries();
      },
      giveBack: () => {
        if (state === 'over') return;
        const hadRoom = state === 'holding';
        end();
        if (hadRoom) this.#gaveRoom();
        this.#callNext();
      },
    };
  }

  #foundRoom(): void {
    this.#failures = 0;
    this.#mostTrying *= 2;
    this.#callNext();
  }

  /** What a sandbox took is free soon: one may try. */
  #gaveRoom(): void {
    this.#changed = new Moment(this.#clock);
    this.#goOn();
  }

  #pauseTries(): void {
    if (this.#failures === 0) this.#changed = new Moment(this.#clock);
    this.#mostTrying = 1;
    // Those that tried at the same moment say the same.
    if (this.#pausing) return;
    this.#failures += 1;
    const ms = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (this.#failures - 1));
    this.#pausing = this.#clock.startTimer(ms, () => {
      this.#goOn();
      this.#callNext();
    });
  }

  #goOn(): void {
    this.#pausing?.();
    this.#pausing = undefined;
  }

  #runningOf(tenant: string): number {
    return this.#running.get(tenant) ?? 0;
  }

  #loadOf({ tenant }: Queue): number {
    const { weights } = this.#options;
    // A tenant may be called as what every object has.
    return this.#runningOf(tenant) / (Object.hasOwn(weights, tenant) ? weights[tenant]! : 1);
  }

  #callNext(): void {
    for (;;) {
      if (this.#pausing || this.#trying >= this.#mostTrying || this.#taken >= this.#options.parallel) return;
      const next = [...this.#queues]
        .filter(({ line }) => line.taken < line.parallel)
        .sort((one, other) => this.#loadOf(one) - this.#loadOf(other) || one.lastTurn - other.lastTurn)[0];
      if (!next) return;
      this.#turns += 1;
      next.lastTurn = this.#turns;
      next.line.taken += 1;
      this.#taken += 1;
      this.#trying += 1;
      this.#running.set(next.tenant, this.#runningOf(next.tenant) + 1);
      const [first] = next.waiting;
      this.#leave(next, first!);
      first!.grant();
    }
  }
}
