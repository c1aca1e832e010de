import type { DeployEvent, ObjectRef, Outcome } from '../../deploy';
import { inWords, keyOf } from '../../deploy/objects/object-ref';
import { printable } from '../../errors';
import type { Paint } from './colours';

interface Stage {
  readonly name: string;
  readonly objects: number;
  readonly outcomes: Outcome[];
}

/** What is waited for, and what has been. */
interface Awaited {
  readonly ref: ObjectRef;
  why: string;
  isHealthy: boolean;
}

/** What a run has told so far, as it is drawn. */
export class RunTree {
  readonly #stages: Stage[] = [];
  readonly #stageOf = new Map<string, Stage>();
  readonly #awaited = new Map<string, Awaited>();
  #lockedBy: string | undefined;
  #waitsSince: number | undefined;

  constructor(readonly now: () => number = () => performance.now()) {}

  heard(event: DeployEvent): void {
    this.#lockedBy = event.type === 'locked' ? event.by : undefined;
    if (event.type === 'stage') {
      this.#stages.push({ name: event.stage, objects: event.objects, outcomes: [] });
    }
    if (event.type === 'object') {
      const stage = this.#stages.at(-1) ?? this.#begin();
      stage.outcomes.push(event.outcome);
      this.#stageOf.set(keyOf(event.outcome), stage);
    }
    if (event.type === 'waiting') this.#waits(event.objects);
  }

  /** The run has ended well: what was waited for is healthy. */
  finished(): void {
    this.#waits([]);
  }

  /** @param rows at most so many lines: what is not done is shown before what is */
  lines(paint: Paint, rows: number = Number.POSITIVE_INFINITY): string[] {
    const blocks = this.#stages.map((stage) => [titleOf(stage, paint), ...this.#below(stage, paint)]);
    const foot = this.#foot(paint);
    const room = Math.max(1, rows - foot.length);
    return [...shortened(blocks, room, paint), ...foot];
  }

  #begin(): Stage {
    const stage = { name: 'objects', objects: 0, outcomes: [] };
    this.#stages.push(stage);
    return stage;
  }

  #waits(objects: ReadonlyArray<{ readonly ref: ObjectRef; readonly why: string }>): void {
    const waiting = new Map(objects.map((one) => [keyOf(one.ref), one]));
    for (const [key, known] of this.#awaited) known.isHealthy = !waiting.has(key);
    for (const [key, { ref, why }] of waiting) this.#awaited.set(key, { ref, why, isHealthy: false });
    if (objects.length === 0) this.#waitsSince = undefined;
    else this.#waitsSince ??= this.now();
  }

  #below(stage: Stage, paint: Paint): string[] {
    const failures = stage.outcomes.filter(({ error }) => error !== undefined);
    const awaited = [...this.#awaited.values()].filter(({ ref }) => this.#stageOf.get(keyOf(ref)) === stage);
    // What is not well last, where the eye is.
    const healthy = awaited.filter(({ isHealthy }) => isHealthy);
    const waiting = awaited.filter(({ isHealthy }) => !isHealthy);
    const told = [
      ...healthy.map(({ ref }) => paint('green', `✓ ${inWords(ref)}`)),
      ...waiting.map(({ ref, why }) => paint('yellow', `… ${inWords(ref)}: ${oneLine(why)}`)),
      ...failures.map((one) => paint('red', `✗ ${inWords(one)}: ${oneLine(one.error?.message ?? '')}`)),
    ];
    return told.map((line, at) => `${at === told.length - 1 ? '└─' : '├─'} ${line}`);
  }

  #foot(paint: Paint): string[] {
    if (this.#lockedBy !== undefined) {
      return [paint('yellow', `waiting for another run on this release: ${oneLine(this.#lockedBy)}`)];
    }
    if (this.#waitsSince === undefined) return [];
    const left = [...this.#awaited.values()].filter(({ isHealthy }) => !isHealthy).length;
    const seconds = Math.floor((this.now() - this.#waitsSince) / 1000);
    return [paint('grey', `waiting for ${left} of ${this.#awaited.size}, ${seconds} s`)];
  }
}

function titleOf({ name, objects, outcomes }: Stage, paint: Paint): string {
  const counts = new Map<string, number>();
  for (const { result } of outcomes) counts.set(result, (counts.get(result) ?? 0) + 1);
  const told = [...counts].map(([result, count]) => `${count} ${result}`).join(', ');
  const open = Math.max(0, objects - outcomes.length);
  return `${paint('bold', name)} ${paint('grey', [told, open > 0 ? `${open} to go` : ''].filter(Boolean).join(', '))}`;
}

/** What does not fit is counted: first the done ones of the upper stages give way. */
function shortened(blocks: readonly (readonly string[])[], room: number, paint: Paint): string[] {
  const all = blocks.flat();
  if (all.length <= room) return all;
  const kept = all.slice(all.length - room + 1);
  return [paint('grey', `… ${all.length - kept.length} lines above`), ...kept];
}

function oneLine(text: string): string {
  return printable(text).replace(/\s+/g, ' ');
}
