import { type Clock, Moment, realClock } from './clock';
import { isContested, type LeaseApi, microTime, type StoredLease } from './lease';

/** Of the time that the others wait, this part is the holder's; the rest makes up for clocks of different speed. */
const OWN_PART = 0.8;

export interface HeldLeaseOptions {
  readonly api: LeaseApi;
  /** The Lease with us as its holder. */
  readonly lease: StoredLease;
  /** When the call that made us the holder was about to be sent. */
  readonly askedAt: Moment;
  readonly durationMs: number;
  /** What others are to read as the time of the last sign of life. */
  readonly now: () => number;
  /** @default realClock */
  readonly clock?: Clock;
}

/** A Lease that is ours, and is renewed every third of its time until `stop()`. */
export class HeldLease {
  readonly #options: HeldLeaseOptions;
  readonly #clock: Clock;
  #lease: StoredLease;
  #renewedAt: Moment;
  #lost: unknown;
  #stopTimer: () => void = () => {};
  #isStopped = false;
  #renewing: Promise<void> | undefined;
  #tell: () => void = () => {};

  constructor(options: HeldLeaseOptions) {
    this.#options = options;
    this.#clock = options.clock ?? realClock;
    this.#lease = options.lease;
    this.#renewedAt = options.askedAt;
    this.#keep();
  }

  /** For how long it is ours for certain; 0 when it may be another's. To be asked before each write. */
  leftMs(): number {
    if (this.#lost !== undefined) return 0;
    return Math.max(0, this.#options.durationMs * OWN_PART - this.silentMs());
  }

  /** How long ago our last sign of life was. */
  silentMs(): number {
    return this.#renewedAt.atMostMsAgo();
  }

  /** Why it is another's, once that is known. */
  get lost(): unknown {
    return this.#lost;
  }

  /** Calls the listener as soon as it is known that another has it. */
  onLost(listener: () => void): void {
    this.#tell = listener;
  }

  /** Ends the renewals; answers with the Lease as it was last ours, for who wants to give it up. */
  async stop(): Promise<StoredLease> {
    this.#isStopped = true;
    this.#stopTimer();
    await this.#renewing;
    return this.#lease;
  }

  #keep(): void {
    if (this.#isStopped || this.#lost !== undefined) return;
    this.#stopTimer = this.#clock.startTimer(this.#options.durationMs / 3, () => {
      this.#renewing = this.#renew().then(() => this.#keep());
    });
  }

  /** What may be mended is tried again at the next turn, until the time is over. */
  async #renew(): Promise<void> {
    try {
      await this.#sayThatWeLive();
    } catch (error) {
      if (isContested(error)) await this.#lookAgain(error);
    }
  }

  async #sayThatWeLive(): Promise<void> {
    const { api, now } = this.#options;
    const at = new Moment(this.#clock);
    this.#lease = await api.change(this.#lease.metadata.resourceVersion, { renewTime: microTime(now()) });
    this.#renewedAt = at;
  }

  #lose(because: unknown): void {
    this.#lost = because;
    this.#tell();
  }

  /** An answer that got lost, or a label that somebody has set, gives it a new version and leaves it ours. */
  async #lookAgain(contested: unknown): Promise<void> {
    const { api, lease } = this.#options;
    try {
      const found = await api.read();
      const isOurs =
        found?.metadata.uid === lease.metadata.uid &&
        found.spec?.holderIdentity === lease.spec?.holderIdentity;
      if (isOurs) {
        this.#lease = found;
        await this.#sayThatWeLive();
        return;
      }
      this.#lose(contested);
    } catch (error) {
      // Of anything else the next turn looks again.
      if (isContested(error)) this.#lose(error);
    }
  }
}
