import {
  type Clock,
  HeldLease,
  holderName,
  isContested,
  type KubeError,
  type LeaseApi,
  pauseBy,
  realClock,
} from '../../kube';
import { wrongOption } from '../errors';
import { campaign, type Won } from './campaign';
import { Term } from './term';

export const LEASE_MS = 15_000;

export type ElectionEvent =
  | { readonly type: 'won'; readonly term: number; readonly tookOver: boolean }
  /** `why` is missing when the term ended as it was meant to. */
  | { readonly type: 'ended'; readonly term: number; readonly why?: string }
  | { readonly type: 'trouble'; readonly error: KubeError };

export interface ElectionOptions {
  /** The calls about the Lease, see `leaseOf`. */
  readonly api: LeaseApi;
  /** For messages. @default 'the Lease' */
  readonly where?: string;
  /**
   * Who this process is, for people and for `fencePolicy`; something random is added.
   * @default - host name and process id
   */
  readonly identity?: string;
  /** How long a leader may be silent before another takes over. The same for all of them. @default 15000 */
  readonly durationMs?: number;
  readonly onEvent?: (event: ElectionEvent) => void;
  /** The time that the Lease shows to people. @default - this machine's */
  readonly now?: () => number;
  /** @default - the clocks of this machine */
  readonly clock?: Clock;
  /** @default Math.random */
  readonly random?: () => number;
}

/**
 * One leader at a time. The holder of the Lease stops by itself when it could not renew it for most of its time, counted
 * from before the renewal was sent; another takes it after it has seen the same version for the whole time. No two clocks
 * are compared.
 *
 * @example
 * const connection = new Connection();
 * const election = new Election({ api: leaseOf(connection, { name: 'greeter' }) });
 * await election.run(async (term) => {
 *   const fenced = new Connection({ mayWrite: () => term.check() });
 *   console.log(`leads, in term ${term.number}`, fenced.server.href);
 * }, new AbortController().signal);
 */
export class Election {
  readonly #options: ElectionOptions;
  readonly #clock: Clock;
  readonly #durationMs: number;

  constructor(options: ElectionOptions) {
    const { durationMs = LEASE_MS } = options;
    // A Lease has whole seconds.
    if (!Number.isInteger(durationMs / 1000) || durationMs < 1000)
      throw wrongOption('Election durationMs', String(durationMs), 'whole seconds, in milliseconds');
    this.#options = options;
    this.#durationMs = durationMs;
    this.#clock = options.clock ?? realClock;
  }

  /**
   * Leads whenever this process is elected, until the signal is aborted. `lead` resolves once all that it has begun has
   * ended; only then is the Lease freed. Where it rejects, a call may be under way, so the Lease is left to run out.
   * A Lease that was not there is waited with for its time once it is made, for somebody may have deleted that of a
   * leader. One that is installed with the operator, without a holder, is led from at once.
   */
  async run(lead: (term: Term) => Promise<void>, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const { api, onEvent, now = Date.now, random = Math.random } = this.#options;
      // A new one for each term: what an earlier one left under way has to run out like anybody else's.
      const identity = holderName(this.#options.identity);
      const onTrouble = (error: KubeError) => onEvent?.({ type: 'trouble', error });
      const how = { api, identity, durationMs: this.#durationMs, clock: this.#clock, now, random, onTrouble };
      const won = await campaign(how, signal);
      if (won) await this.#lead(won, lead, signal);
    }
  }

  async #lead(won: Won, lead: (term: Term) => Promise<void>, signal: AbortSignal): Promise<void> {
    const { api, where = 'the Lease', onEvent, now = Date.now } = this.#options;
    const { lease, askedAt, tookOver } = won;
    const number = lease.spec?.leaseTransitions ?? 0;
    const clock = this.#clock;
    const held = new HeldLease({ api, lease, askedAt, durationMs: this.#durationMs, now, clock });
    if (won.isNew) await pauseBy(clock, this.#durationMs, signal);
    if (held.leftMs() <= 0 || (won.isNew && signal.aborted)) {
      await held.stop();
      return;
    }
    const term = new Term(held, clock, where, number, tookOver);
    held.onLost(() => term.lose());
    onEvent?.({ type: 'won', term: number, tookOver });
    let isDone = false;
    try {
      await lead(term);
      isDone = true;
    } finally {
      const why = whyOver(term);
      term.end();
      const { resourceVersion } = (await held.stop()).metadata;
      // Whatever was sent has been answered, so the next one need not wait. Of a term that was lost nobody knows.
      if (isDone && why === undefined)
        await api.change(resourceVersion, { holderIdentity: null }).catch(ifNotContested);
      onEvent?.({ type: 'ended', term: number, ...(why === undefined ? {} : { why }) });
    }
  }
}

function whyOver(term: Term): string | undefined {
  try {
    term.check();
    return undefined;
  } catch (error) {
    return (error as { readonly found?: string }).found;
  }
}

/** It is another's by now, or cannot be reached: then it runs out. */
function ifNotContested(error: unknown): void {
  if (!isContested(error) && (error as Partial<KubeError>).code === undefined) throw error;
}
