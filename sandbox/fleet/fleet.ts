import { backoffMs, type Clock, onAbort, pauseBy } from '../../kube';
import { SandboxError } from '../errors';
import type { ClaimOptions } from '../options';
import type { Journal, Known } from './journal';
import type { CheckedMap, MapRun } from './options';
import { type MapOutcome, type MapProgress, ProgressOfMap } from './outcome';
import { Line, type Place, type Shares } from './shares';

/** What a fleet needs of a sandbox. */
export interface Box {
  readonly id: string;
  close(): Promise<void>;
}

/** Everything of the world that a fleet can tell apart, so that a test can give it another one. */
export interface FleetWorld<Of extends Box> {
  readonly clock: Clock;
  readonly shares: Shares;
  /** Rejects with a SandboxError when there is none; then nothing is left of it. */
  claim(options: ClaimOptions<object>, signal: AbortSignal): Promise<Of>;
  /** Enters one that a program before this one has claimed. */
  attach(id: string, signal: AbortSignal): Promise<Of>;
}

export interface FleetRuns<Item, Result, Of extends Box> {
  readonly run: MapRun<Item, Result, Of>;
  readonly resume: MapRun<Item, Result, Of> | undefined;
  readonly onProgress: ((progress: MapProgress) => void) | undefined;
}

/** A sandbox whose deletion the cluster does not take is tried again so often, and ends at its deadline else. */
const CLOSE_TRIES = 5;
const CLOSE_PAUSE_MS = 500;
/** So many outcomes of before are looked for at once. */
const LOOKS = 32;

/** One call of `map`: each item has exactly one outcome, whatever becomes of the others. */
export class Fleet<Item, Result, Of extends Box> {
  readonly #progress: ProgressOfMap;
  readonly #line: Line;
  readonly #journal: Journal;

  constructor(
    private readonly world: FleetWorld<Of>,
    private readonly items: readonly Item[],
    private readonly options: CheckedMap<Item>,
    private readonly runs: FleetRuns<Item, Result, Of>,
    private readonly signal: AbortSignal,
  ) {
    this.#journal = options.journal;
    this.#line = new Line(options.parallel);
    this.#progress = new ProgressOfMap(items.length, () => world.shares.isFull, runs.onProgress);
  }

  /** Rejects only when the record cannot be read, before anything was begun. */
  async outcomes(): Promise<MapOutcome<Result>[]> {
    await this.#journal.begin(this.items);
    const known: Known[] = [];
    for (let index = 0; index < this.items.length; index += LOOKS) {
      const some = this.items.slice(index, index + LOOKS).keys();
      known.push(...(await Promise.all([...some].map((more) => this.#journal.look(index + more)))));
    }
    return Promise.all(
      known.map((one, index) => {
        if (one.is === 'new') return this.#item(index);
        if (one.is === 'begun') return this.#begunBefore(index, one.sandboxId);
        return this.#told(one.outcome as MapOutcome<Result>, 'waiting');
      }),
    );
  }

  /** One that nothing has begun. */
  async #item(index: number): Promise<MapOutcome<Result>> {
    for (let hasMetQuota = false; ; hasMetQuota = true) {
      const place = await this.#place(index, hasMetQuota);
      if (!place) return this.#told(cancelled(index, false), 'waiting');
      this.#progress.moved('waiting', 'starting');
      try {
        const box = await this.#claim(index);
        place.holds();
        return await this.#begin(index, box);
      } catch (error) {
        if (!this.#waitsForRoom(error)) return this.#told(this.#notBegun(index, error), 'starting');
        place.full();
        this.#progress.moved('starting', 'waiting');
      } finally {
        place.giveBack();
      }
    }
  }

  /** One that a program before this one has begun, and told nothing more of. */
  async #begunBefore(index: number, sandboxId: string): Promise<MapOutcome<Result>> {
    const unknown = { index, status: 'unknown', sandboxId } as const;
    const { resume } = this.runs;
    const place = resume && (await this.#place(index, true));
    if (!place) return this.#told(unknown, 'waiting');
    try {
      const box = await this.world.attach(sandboxId, this.signal).catch(() => undefined);
      place.holds();
      return box ? await this.#run(index, box, resume, 'waiting') : this.#told(unknown, 'waiting');
    } finally {
      place.giveBack();
    }
  }

  #place(index: number, isFirst: boolean): Promise<Place | undefined> {
    return this.world.shares.take(this.#line, this.options.tenants[index]!, this.signal, isFirst);
  }

  async #claim(index: number): Promise<Of> {
    return this.world.claim(this.options.claimOf(this.items[index]!, index), this.signal);
  }

  #waitsForRoom(error: unknown): boolean {
    if (!(error instanceof SandboxError) || error.code !== 'QuotaExceeded' || this.signal.aborted)
      return false;
    return this.world.shares.starvedMs < this.options.quotaWaitMs;
  }

  /** Kept before anything is run: whoever comes after a crash knows that it may have been. */
  async #begin(index: number, box: Of): Promise<MapOutcome<Result>> {
    let sandboxId: string;
    try {
      sandboxId = await this.#journal.claim(index, box.id);
    } catch (error) {
      await this.#close(box);
      return this.#told(this.#notBegun(index, error), 'starting');
    }
    if (sandboxId === box.id) return this.#run(index, box, this.runs.run, 'starting');
    await this.#close(box);
    return this.#told({ index, status: 'unknown', sandboxId }, 'starting');
  }

  async #run(
    index: number,
    box: Of,
    run: MapRun<Item, Result, Of>,
    from: 'waiting' | 'starting',
  ): Promise<MapOutcome<Result>> {
    this.#progress.moved(from, 'running');
    const outcome = await this.#outcomeOf(index, box, run);
    // A value that is not kept is not done: a program that is started again would not know of it.
    const kept = await this.#journal.end(index, outcome).catch((error) => failed(index, error, true));
    await this.#close(box);
    return this.#told(kept, 'running');
  }

  async #outcomeOf(index: number, box: Of, run: MapRun<Item, Result, Of>): Promise<MapOutcome<Result>> {
    const { signal } = this;
    let forget = () => {};
    const aborted = new Promise<MapOutcome<Result>>((resolve) => {
      forget = onAbort(signal, () => resolve(cancelled(index, true)));
    });
    const ran = async (): Promise<MapOutcome<Result>> => {
      try {
        const value = await run(this.items[index]!, box, { index, signal });
        return { index, status: 'done', value, isReadBack: false };
      } catch (error) {
        // What breaks because it was cancelled is cancelled.
        return signal.aborted ? cancelled(index, true) : failed(index, error, true);
      }
    };
    try {
      // A run that does not hear of the end is not waited for: its sandbox is closed beneath it.
      return await Promise.race([ran(), aborted]);
    } finally {
      forget();
    }
  }

  async #close(box: Of): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      try {
        await box.close();
        return;
      } catch {
        if (tries === CLOSE_TRIES) return;
        await pauseBy(this.world.clock, backoffMs(tries, CLOSE_PAUSE_MS, CLOSE_PAUSE_MS * 8));
      }
    }
  }

  #notBegun(index: number, error: unknown): MapOutcome<Result> {
    return this.signal.aborted ? cancelled(index, false) : failed(index, error, false);
  }

  #told<Told extends MapOutcome<Result>>(outcome: Told, from: 'waiting' | 'starting' | 'running'): Told {
    this.#progress.moved(from, outcome.status);
    return outcome;
  }
}

function cancelled(index: number, wasStarted: boolean): MapOutcome<never> {
  return { index, status: 'cancelled', wasStarted, isReadBack: false };
}

function failed(index: number, error: unknown, wasStarted: boolean): MapOutcome<never> {
  const message = error instanceof Error ? error.message : String(error);
  const code = (error as { readonly code?: unknown } | undefined)?.code;
  const told = { message, code: typeof code === 'string' ? code : undefined };
  return { index, status: 'failed', ...told, error, wasStarted, isReadBack: false };
}
