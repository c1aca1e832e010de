import { tooMany, unavailable } from '../shared/problem';
import type { FixRequest } from './request';
import { Run } from './run';
import type { RunFiles } from './run-files';
import type { Verdict } from './verdict';

export interface RunsOptions {
  /** How many run at once. */
  readonly atOnce: number;
  /** How many of one tenant may wait. */
  readonly mostWaiting: number;
  /** How many that have ended are kept of one tenant. */
  readonly kept: number;
  readonly files: Pick<RunFiles, 'save' | 'end' | 'remove' | 'load'>;
  readonly work: (run: Run) => Promise<Verdict>;
  readonly onEnd?: (run: Run, verdict: Verdict) => void;
  /** Told what could not be saved: the run goes on, and would begin anew after a crash. */
  readonly onUnsaved?: (run: Run, error: unknown) => void;
}

const SECONDS_UNTIL_ROOM = 30;
/** What all runs that have not ended may hold of files: it is in memory, and on the disk. */
const MOST_HELD = 48 * 1024 * 1024;

/**
 * All runs. Those of one tenant begin in the order in which they were asked for; between tenants the one with the fewest that
 * run is next, and then the one that was served longest ago, so that a tenant with a hundred waiting ones delays another by none.
 * A run that was taken is on the disk, and so is a verdict before it is told: after a crash those without one begin anew.
 */
export class Runs {
  private readonly all = new Map<string, Run>();
  private readonly waiting = new Map<string, Run[]>();
  private readonly running = new Map<Run, Promise<void>>();
  /** When a run of a tenant began last, as a number that counts all that began. */
  private readonly served = new Map<string, number>();
  private begun = 0;
  private asked = 0;
  private held = 0;
  private isClosed = false;

  constructor(private readonly options: RunsOptions) {
    this.adopt();
  }

  /** Takes what lies on the disk: at the start, and then what a program took that was about to end while this one began. */
  adopt(): void {
    if (this.isClosed) return;
    for (const saved of this.options.files.load((id) => this.all.has(id))) {
      const run = Run.of(saved);
      this.all.set(run.id, run);
      this.asked = Math.max(this.asked, run.number);
      if (run.state !== 'ended') this.queue(run);
    }
    this.begin();
  }

  get counts(): { readonly waiting: number; readonly running: number } {
    const waiting = [...this.waiting.values()].reduce((sum, { length }) => sum + length, 0);
    return { waiting, running: this.running.size };
  }

  add(tenant: string, request: FixRequest): Run {
    if (this.isClosed) throw unavailable('CI-fixer');
    const run = Run.asked(this.asked + 1, tenant, request);
    const waiting = this.waiting.get(tenant)?.length ?? 0;
    if (waiting >= this.options.mostWaiting || this.held + run.held > MOST_HELD)
      throw tooMany(SECONDS_UNTIL_ROOM);
    // Where it cannot be saved it is not taken: whoever asked hears of it.
    this.options.files.save(run.record);
    this.asked++;
    this.all.set(run.id, run);
    this.queue(run);
    this.forget(tenant);
    this.begin();
    return run;
  }

  /** Undefined for a run of another tenant too: that there is one is none of their business. */
  find(tenant: string, id: string): Run | undefined {
    const run = this.all.get(id);
    return run?.tenant === tenant ? run : undefined;
  }

  /** The newest first. */
  list(tenant: string): Run[] {
    return [...this.all.values()].filter((run) => run.tenant === tenant).reverse();
  }

  /** Whether it had not ended yet. */
  cancel(run: Run): boolean {
    if (run.state === 'ended') return false;
    run.cancelling.abort();
    const queue = this.waiting.get(run.tenant) ?? [];
    if (queue.includes(run)) {
      this.setWaiting(
        run.tenant,
        queue.filter((one) => one !== run),
      );
      this.end(run, { outcome: 'cancelled', reason: 'It was cancelled before it began.', rounds: 0 });
    }
    return true;
  }

  /** Ends the work on all runs, and returns when that is done. They have no verdict: they begin anew at the next start. */
  async close(): Promise<void> {
    this.isClosed = true;
    for (const run of this.running.keys()) run.cancelling.abort();
    await Promise.all(this.running.values());
  }

  private queue(run: Run): void {
    this.held += run.held;
    this.waiting.set(run.tenant, [...(this.waiting.get(run.tenant) ?? []), run]);
  }

  private begin(): void {
    while (!this.isClosed && this.running.size < this.options.atOnce) {
      const tenant = this.next();
      if (tenant === undefined) return;
      const [run, ...rest] = this.waiting.get(tenant) as [Run, ...Run[]];
      this.served.set(tenant, ++this.begun);
      this.setWaiting(tenant, rest);
      run.begin();
      this.running.set(run, this.follow(run));
    }
  }

  private next(): string | undefined {
    const running = (tenant: string) =>
      [...this.running.keys()].filter((run) => run.tenant === tenant).length;
    const served = (tenant: string) => this.served.get(tenant) ?? 0;
    const [first] = [...this.waiting.keys()].sort(
      (left, right) => running(left) - running(right) || served(left) - served(right),
    );
    return first;
  }

  private setWaiting(tenant: string, queue: Run[]): void {
    this.waiting.delete(tenant);
    if (queue.length > 0) this.waiting.set(tenant, queue);
  }

  private async follow(run: Run): Promise<void> {
    const verdict = await this.options.work(run);
    this.running.delete(run);
    // That the program ends is no verdict.
    if (this.isClosed && verdict.outcome === 'cancelled') return;
    this.end(run, verdict);
    this.begin();
  }

  private end(run: Run, verdict: Verdict): void {
    this.held -= run.held;
    let ending = run.ending(verdict);
    try {
      ending = this.options.files.end(ending);
    } catch (error) {
      this.options.onUnsaved?.(run, error);
    }
    run.end(ending);
    this.options.onEnd?.(run, ending.verdict as Verdict);
  }

  private forget(tenant: string): void {
    const ended = this.list(tenant).filter(({ state }) => state === 'ended');
    for (const run of ended.slice(this.options.kept)) {
      this.all.delete(run.id);
      this.options.files.remove(run.id);
    }
  }
}
