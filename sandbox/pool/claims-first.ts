import { type Clock, Moment } from '../../kube';

/** Claims that were asked for together have their members by then, and their first commands. */
const QUIET_MS = 300;
/** One claim after the other must not leave the pool empty. */
const AT_MOST_MS = 1_000;

/**
 * Who claims waits, and nobody waits for what is made in place of what was claimed: twenty pods that start would take the
 * processors from twenty claims. So members are made when no claim has come for a moment, and a second later anyway.
 */
export class ClaimsFirst {
  #claimed: Moment | undefined;
  #held: Moment | undefined;

  constructor(private readonly clock: Clock) {}

  claimed(): void {
    this.#claimed = new Moment(this.clock);
  }

  /** How long to wait before members are made; 0 for not at all. */
  get waitMs(): number {
    const quietMs = this.#claimed?.atLeastMsAgo() ?? QUIET_MS;
    this.#held ??= new Moment(this.clock);
    if (quietMs < QUIET_MS && this.#held.atLeastMsAgo() < AT_MOST_MS) return QUIET_MS - quietMs;
    this.#held = undefined;
    return 0;
  }
}
