import { randomUUID } from 'node:crypto';
import type { FixRequest } from './request';
import type { Step, Verdict } from './verdict';

/** What is kept of the output of a run; what it prints beyond that is not told, and the verdict still is. */
const MOST_OUTPUT = 512 * 1024;
/** A step that tells a line or less costs more than its text. */
const STEP_COST = 100;

/** A run, from when it is asked for until long after its verdict. */
export class Run {
  readonly id: string = randomUUID();
  readonly asked = new Date();
  readonly steps: Step[] = [];
  readonly cancelling = new AbortController();
  started: Date | undefined;
  ended: Date | undefined;
  verdict: Verdict | undefined;
  private room = MOST_OUTPUT;
  private listeners = new Set<() => void>();

  constructor(
    readonly tenant: string,
    readonly request: FixRequest,
  ) {}

  get state(): 'waiting' | 'running' | 'ended' {
    if (this.verdict) return 'ended';
    return this.started ? 'running' : 'waiting';
  }

  tell(step: Step): void {
    if (step.event === 'output') {
      const cost = step.data.text.length + STEP_COST;
      if (this.room <= 0) return;
      this.room -= cost;
      this.steps.push(
        this.room > 0
          ? step
          : { event: 'output', data: { text: '\n[what it printed beyond this is not kept]\n' } },
      );
    } else {
      this.steps.push(step);
    }
    for (const listener of this.listeners) listener();
  }

  /** It has one verdict, the first. */
  end(verdict: Verdict): void {
    if (this.verdict) return;
    this.verdict = verdict;
    this.ended = new Date();
    this.tell({ event: 'verdict', data: verdict });
  }

  /** Resolves when there is a step after the `seen` first ones, or when the reader has left. */
  async more(seen: number, left: AbortSignal): Promise<void> {
    if (this.steps.length > seen || left.aborted) return;
    await new Promise<void>((resolve) => {
      const done = () => {
        this.listeners.delete(done);
        left.removeEventListener('abort', done);
        resolve();
      };
      this.listeners.add(done);
      left.addEventListener('abort', done);
    });
  }

  /** What lists show. */
  summary(): object {
    const { id, asked, started, ended, state, verdict } = this;
    const { title, image, command } = this.request;
    return { id, title, image, command, state, asked, started, ended, outcome: verdict?.outcome };
  }

  /** All of it but the files that were sent. */
  whole(): object {
    const output = this.steps.flatMap((step) => (step.event === 'output' ? step.data.text : [])).join('');
    return { ...this.summary(), verdict: this.verdict, output };
  }
}
