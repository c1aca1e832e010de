import type { Clock, HeldLease } from '../../kube';
import { ControllerError } from '../errors';

/**
 * The time for which this process leads. It ends for good with the first doubt: a term that is over never comes back,
 * though the process may win another one.
 *
 * @example
 * const lead = async (term: Term) => {
 *   const fenced = new Connection({ mayWrite: () => term.check() });
 *   while (!term.signal.aborted) console.log((await list(fenced, resource('v1', 'Pod'))).items.length);
 * };
 * console.log(lead.name);
 */
export class Term {
  readonly #ending = new AbortController();
  readonly #held: HeldLease;
  readonly #clock: Clock;
  readonly #lease: string;
  #stopTimer: () => void = () => {};
  #why = 'a term that has ended';

  constructor(
    held: HeldLease,
    clock: Clock,
    lease: string,
    /** Greater than that of every leader before: what `leaseTransitions` of the Lease says. */
    readonly number: number,
    /** The one before gave no sign of life, and did not free the Lease: it may only be asleep. */
    readonly tookOver: boolean,
  ) {
    this.#held = held;
    this.#clock = clock;
    this.#lease = lease;
    this.#arm();
  }

  /** Aborted when the term is over. */
  get signal(): AbortSignal {
    return this.#ending.signal;
  }

  /** Throws LEADERSHIP_LOST once another may lead. To be asked at the last moment before each write. */
  check(): void {
    if (!this.signal.aborted && this.#held.leftMs() <= 0) this.lose();
    if (!this.signal.aborted) return;
    throw new ControllerError(
      'LEADERSHIP_LOST',
      {
        where: this.#lease,
        found: this.#why,
        expected: 'a Lease that is ours',
        remedy: 'End this work: whoever leads now does it anew. Nothing was sent.',
      },
      { cause: this.#held.lost },
    );
  }

  /** Another may lead, or does. */
  lose(): void {
    if (this.#held.lost !== undefined) this.#end('a Lease that somebody else has changed or deleted');
    else this.#end(`no sign of life from us for ${Math.round(this.#held.silentMs() / 1000)} s`);
  }

  /** Nothing is written any more in this term. */
  end(): void {
    this.#end(this.#why);
  }

  #end(why: string): void {
    this.#stopTimer();
    if (this.signal.aborted) return;
    this.#why = why;
    this.#ending.abort();
  }

  /** So that work which waits for something hears of the end without asking. */
  #arm(): void {
    const leftMs = this.#held.leftMs();
    if (leftMs <= 0) this.lose();
    else this.#stopTimer = this.#clock.startTimer(Math.ceil(leftMs), () => this.#arm());
  }
}
