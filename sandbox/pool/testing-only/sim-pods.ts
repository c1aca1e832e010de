import type { Job } from '../../../imports/k8s';
import { onAbort, type Stored } from '../../../kube';
import type { Line, Lines } from '../surroundings';
import type { Process, World } from './world';

/** A supervisor's own time: without a client it ends its sandbox. */
const ORPHAN_MS = 20_000;

/** The pod of one Job. */
export class SimPod {
  isRunning = false;
  hasEnded = false;
  readonly lines = new Set<SimLine>();

  constructor(
    readonly world: World,
    readonly uid: string,
    readonly onEnd: () => void,
  ) {}

  run(): void {
    if (this.hasEnded) return;
    this.isRunning = true;
    // A main process that no client ever enters ends.
    this.world.after(ORPHAN_MS, () => {
      if (!this.wasEntered) this.end();
    });
  }

  wasEntered = false;

  enter(line: SimLine): void {
    this.wasEntered = true;
    this.lines.add(line);
  }

  /** A stream ended; without a word, unless another client is in by then, so does the pod. */
  leave(line: SimLine, inOrder: boolean): void {
    if (!this.lines.delete(line) || inOrder) return;
    this.world.after(ORPHAN_MS, () => {
      if (this.lines.size === 0) this.end();
    });
  }

  /** @param isTold whether the ends of its streams reach those who hold them */
  end(isTold = true): void {
    if (this.hasEnded) return;
    this.hasEnded = true;
    this.isRunning = false;
    for (const line of [...this.lines]) {
      this.lines.delete(line);
      if (isTold) line.lose();
    }
    this.onEnd();
  }
}

/** A stream that one process holds. */
export class SimLine implements Line {
  isLost = false;
  /** Nothing comes through any more, and nothing says so. */
  isHole = false;
  /** A command has gone over it. */
  isUsed = false;
  readonly lost: Promise<void>;
  #lose!: () => void;

  constructor(
    readonly pod: SimPod,
    readonly process: Process,
  ) {
    this.lost = new Promise((resolve) => {
      this.#lose = resolve;
    });
    process.onDeath(() => this.pod.leave(this, false));
  }

  lose(): void {
    this.process.run(() => {
      this.isLost = true;
      this.#lose();
    });
  }

  ping(withinMs: number): Promise<boolean> {
    const { world } = this.pod;
    return new Promise((resolve) => {
      const late = this.process.clock.startTimer(withinMs, () => resolve(false));
      world.after(2, () => {
        if (this.pod.lines.has(this) && !this.isHole) {
          world.after(2, () =>
            this.process.run(() => {
              late();
              resolve(true);
            }),
          );
        }
      });
    });
  }

  leave(): void {
    this.#over(true);
  }

  cut(): void {
    this.#over(false);
  }

  #over(inOrder: boolean): void {
    this.pod.leave(this, inOrder);
    this.isLost = true;
    this.#lose();
  }
}

/** What a process opens streams with; `podOf` is asked anew until the pod runs. */
export function simLines(
  world: World,
  process: Process,
  podOf: (job: Stored<Job>) => SimPod | undefined,
): Lines<SimLine> {
  return {
    open: (job, signal) =>
      new Promise((resolve, reject) => {
        let isOver = false;
        const fail = () => {
          isOver = true;
          reject(new Error('no stream'));
        };
        const forget = onAbort(signal, fail);
        const look = () => {
          if (isOver) return;
          const pod = podOf(job);
          if (!pod || pod.hasEnded) return fail();
          if (!pod.isRunning) {
            world.after(60, () => process.run(look));
            return;
          }
          const line = new SimLine(pod, process);
          pod.enter(line);
          world.after(20, () =>
            process.run(() => {
              forget();
              // The caller has gone while it was opened: the stream is closed with it.
              if (isOver) line.leave();
              else resolve(line);
            }),
          );
        };
        process.run(look);
      }),
  };
}
