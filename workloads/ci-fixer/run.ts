import { randomUUID } from 'node:crypto';
import type { FixRequest } from './request';
import type { SavedRun } from './run-files';
import type { Step, Verdict } from './verdict';

/** What is kept of the output of a run; what it prints beyond that is not told, and the verdict still is. */
const MOST_OUTPUT = 128 * 1024;
/** A step costs more than its text. */
const STEP_COST = 100;
const CUT: Step = { event: 'output', data: { text: '\n[what it printed beyond this is not kept]\n' } };

/** A run, from when it is asked for until long after its verdict. */
export class Run {
  readonly cancelling = new AbortController();
  private room = MOST_OUTPUT;
  private readonly listeners = new Set<() => void>();

  private constructor(
    private saved: SavedRun,
    readonly steps: Step[],
  ) {}

  static asked(number: number, tenant: string, request: FixRequest): Run {
    const asked = new Date().toISOString();
    return new Run({ id: randomUUID(), number, tenant, request, asked, steps: [] }, []);
  }

  /** A run of before. One that has no verdict yet begins anew: what it told until then was not kept. */
  static of(saved: SavedRun): Run {
    return new Run(saved, [...saved.steps]);
  }

  get id(): string {
    return this.saved.id;
  }

  get number(): number {
    return this.saved.number;
  }

  get tenant(): string {
    return this.saved.tenant;
  }

  get request(): FixRequest {
    return this.saved.request;
  }

  get verdict(): Verdict | undefined {
    return this.saved.verdict;
  }

  get state(): 'waiting' | 'running' | 'ended' {
    if (this.verdict) return 'ended';
    return this.saved.started ? 'running' : 'waiting';
  }

  /** As it is to be saved. */
  get record(): SavedRun {
    return this.saved;
  }

  /** Bytes of what was sent, which are held until it ends. */
  get held(): number {
    const { source } = this.request;
    if (!('files' in source)) return 0;
    return Object.entries(source.files).reduce(
      (sum, [path, content]) =>
        sum + path.length + (typeof content === 'string' ? content : content.base64).length,
      0,
    );
  }

  begin(): void {
    this.saved = { ...this.saved, started: new Date().toISOString() };
  }

  /** Its end as it is to be saved, before it is told: the files that were sent are of no more use. */
  ending(verdict: Verdict): SavedRun {
    const { source } = this.request;
    const request = { ...this.request, source: 'files' in source ? { files: {} } : source };
    const steps: Step[] = [...this.steps, { event: 'verdict', data: verdict }];
    return { ...this.saved, request, verdict, ended: new Date().toISOString(), steps };
  }

  end(ending: SavedRun): void {
    this.saved = ending;
    this.push({ event: 'verdict', data: ending.verdict as Verdict });
  }

  tell(step: Step): void {
    if (this.verdict) return;
    if (step.event === 'output') {
      if (this.room <= 0) return;
      this.room -= step.data.text.length + STEP_COST;
    }
    this.push(this.room > 0 || step.event !== 'output' ? step : CUT);
  }

  /** Resolves when there is a step after the `seen` first ones, when the reader has left, or when it was quiet for so long. */
  async more(seen: number, left: AbortSignal, withinMs: number): Promise<void> {
    if (this.steps.length > seen || left.aborted) return;
    await new Promise<void>((resolve) => {
      const done = () => {
        clearTimeout(patience);
        this.listeners.delete(done);
        left.removeEventListener('abort', done);
        resolve();
      };
      const patience = setTimeout(done, withinMs);
      this.listeners.add(done);
      left.addEventListener('abort', done);
    });
  }

  /** What lists show. */
  summary(): object {
    const { id, asked, started, ended, verdict } = this.saved;
    const { title, image, command } = this.request;
    return { id, title, image, command, state: this.state, asked, started, ended, outcome: verdict?.outcome };
  }

  /** All of it but the files that were sent. */
  whole(): object {
    const output = this.steps.flatMap((step) => (step.event === 'output' ? step.data.text : [])).join('');
    return { ...this.summary(), verdict: this.verdict, output };
  }

  private push(step: Step): void {
    this.steps.push(step);
    for (const listener of [...this.listeners]) listener();
  }
}
