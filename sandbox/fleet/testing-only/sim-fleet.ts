import { SandboxError } from '../../errors';
import type { Process, World } from '../../pool/testing-only/world';
import type { Box } from '../fleet';
import type { FleetRecord } from '../record';

/** What becomes of a claim, and how long it takes. */
export interface ClaimWay {
  readonly ms: number;
  readonly what: 'made' | 'failed' | 'quota';
}

/** What becomes of a call of the record. */
export interface KeepWay {
  readonly ms: number;
  readonly what: 'answered' | 'lost before' | 'lost after';
}

/** A sandbox whose program is gone ends by itself after this long. */
export const ORPHAN_MS = 20_000;
/** And any of them at its deadline. */
const DEADLINE_MS = 300_000;

export interface SimBox extends Box {
  isOpen: boolean;
  readonly owner: Process;
}

/** Sandboxes within a quota, and a record that outlives programs. Convicts nothing by itself. */
export class SimCluster {
  readonly boxes: SimBox[] = [];
  /** How many the quota has room for. */
  room = Number.POSITIVE_INFINITY;
  /** How many creations the quota refused. */
  refused = 0;
  isQuiet = false;
  readonly kept = new Map<string, string>();
  readonly #of = { claims: 0, keeps: 0, closes: 0 };

  constructor(
    readonly world: World,
    private readonly claims: readonly ClaimWay[],
    private readonly keeps: readonly KeepWay[],
    private readonly closesThatFail: readonly boolean[],
  ) {}

  get open(): readonly SimBox[] {
    return this.boxes.filter(({ isOpen }) => isOpen);
  }

  claim(process: Process, signal: AbortSignal): Promise<SimBox> {
    const usual: ClaimWay = { ms: 900, what: 'made' };
    const { ms, what } = this.#next(this.claims, 'claims', usual);
    return this.#after(process, ms, () => {
      if (signal.aborted) throw refusal('Aborted');
      if (what === 'failed') throw refusal('StartTimeout');
      if (what === 'quota' || this.open.length >= this.room) {
        this.refused += 1;
        throw refusal('QuotaExceeded');
      }
      return this.#made(process);
    });
  }

  attach(process: Process, id: string): Promise<SimBox> {
    return this.#after(process, 80, () => {
      const found = this.boxes.find((box) => box.id === id);
      if (!found?.isOpen) throw refusal('Ended');
      return { ...found, close: () => this.#close(process, found) };
    });
  }

  recordOf(process: Process): FleetRecord {
    const call = <Answer>(act: () => Answer): Promise<Answer> => {
      const { ms, what } = this.#next(this.keeps, 'keeps', { ms: 2, what: 'answered' });
      return this.#after(process, ms, () => {
        if (what === 'lost before') throw new Error('the disk is away');
        const answer = act();
        if (what === 'lost after') throw new Error('the answer is away');
        return answer;
      });
    };
    return {
      keep: (name, text) =>
        call(() => {
          if (!this.kept.has(name)) this.kept.set(name, text);
          return this.kept.get(name)!;
        }),
      read: (name) => call(() => this.kept.get(name)),
    };
  }

  #made(process: Process): SimBox {
    const box: SimBox = {
      id: `box-${this.boxes.length}`,
      owner: process,
      isOpen: true,
      close: () => this.#close(process, box),
    };
    const end = () => {
      box.isOpen = false;
    };
    this.world.after(DEADLINE_MS, end);
    process.onDeath(() => this.world.after(ORPHAN_MS, end));
    this.boxes.push(box);
    return box;
  }

  #close(process: Process, box: SimBox): Promise<void> {
    return this.#after(process, 20, () => {
      if (this.#next(this.closesThatFail, 'closes', false)) throw refusal('ApiFailed');
      box.isOpen = false;
    });
  }

  #next<Way>(ways: readonly Way[], of: 'claims' | 'keeps' | 'closes', usual: Way): Way {
    const way = this.isQuiet ? usual : (ways[this.#of[of] % Math.max(1, ways.length)] ?? usual);
    this.#of[of] += 1;
    return way;
  }

  /** A call that arrives after the time; its caller may be gone before it is sent, or before it hears the answer. */
  #after<Answer>(process: Process, ms: number, act: () => Answer): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (!process.step()) return;
      this.world.after(ms, () => {
        let settle: () => void;
        try {
          const answer = act();
          settle = () => resolve(answer);
        } catch (error) {
          settle = () => reject(error);
        }
        process.run(() => {
          if (process.step()) settle();
        });
      });
    });
  }
}

function refusal(code: 'Aborted' | 'StartTimeout' | 'QuotaExceeded' | 'ApiFailed' | 'Ended'): SandboxError {
  return new SandboxError(code, { where: 'a claim', found: 'it', expected: 'another', remedy: 'Wait.' });
}
