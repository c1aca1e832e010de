import type { Stored } from '../../kube';
import type { Application } from '../api/application';
import { milliseconds } from '../api/duration';
import { type ClosedGate, GATE_WITHIN, type Gate } from '../api/gate';
import type { Answer, Measures, Unanswered } from '../measure/answer';
import type { SourceTree } from '../source/source';
import { keyOf } from './targets';

/** All questions of one look together: what waits for an answer does not look after clusters. */
const LOOK_MS = 15_000;
/** It is asked so often where the interval of the Application is longer. */
const MOST_MS = 60_000;

/** A gate that holds back what is behind it. */
export interface Closed {
  readonly wave: number;
  /** Out of bounds for longer than it may be. */
  readonly hasFailed: boolean;
  /** What was answered, and what to do. */
  readonly message: string;
  /** The same for as long as it stays so, whatever the numbers are. */
  readonly cause: string;
  /** Undefined while nobody answers: a silence says nothing of a commit, and no time runs. */
  readonly outOfBounds: ClosedGate | undefined;
}

export interface Asking {
  readonly app: Stored<Application>;
  readonly tree: SourceTree;
  /** What was answered is good for so long. */
  readonly everyMs: number;
  readonly signal: AbortSignal;
  readonly now: Date;
}

interface Asked {
  readonly tree: string;
  readonly generation: number;
  /** By the monotonic clock. */
  readonly at: number;
  readonly found: Found;
  readonly since: string | undefined;
  readonly hasFailed: boolean;
}

type Found =
  | { readonly is: 'within' }
  | { readonly is: 'out of bounds' | 'unanswered'; readonly message: string; readonly cause: string };

export type GateAnswer = Found['is'];

/** How many gates hold a commit back: for now, or as it has failed there. */
export interface ClosedGates {
  readonly waiting: number;
  readonly refused: number;
}

/** Asks the gates of Applications, none more often than its interval says, and remembers since when one is out of bounds. */
export class Gates {
  readonly #measures: Measures;
  readonly #onAnswer: (answer: GateAnswer) => void;
  /** By Application and wave. */
  readonly #asked = new Map<string, Map<number, Asked>>();

  /** @param onAnswer is told of each time that a gate is asked, for metrics */
  constructor(measures: Measures = nobody, onAnswer: (answer: GateAnswer) => void = () => {}) {
    this.#measures = measures;
    this.#onAnswer = onAnswer;
  }

  /** Undefined for one that is open. */
  async closed(gate: Gate, wave: number, asking: Asking): Promise<Closed | undefined> {
    const { app, tree, everyMs, signal, now } = asking;
    const key = keyOf(app);
    const waves = this.#asked.get(key) ?? new Map<number, Asked>();
    this.#asked.set(key, waves);
    const generation = app.metadata.generation ?? 0;
    const last = waves.get(wave);
    const known = last?.tree === tree.id && last.generation === generation ? last : undefined;
    const within = gate.within ?? GATE_WITHIN;
    const isOver = (since: string | undefined) =>
      since !== undefined && now.getTime() - Date.parse(since) >= milliseconds(within);
    const isFresh = known !== undefined && performance.now() - known.at < Math.min(everyMs, MOST_MS);
    // No commit fails by what was answered before its time was over.
    const isEnough = isFresh && (known.hasFailed || !isOver(known.since));
    const found = isEnough ? known.found : await this.#ask(gate, signal);
    if (!isEnough) this.#onAnswer(found.is);
    const since = found.is === 'out of bounds' ? sinceOf(app, wave, tree, known, now) : undefined;
    const hasFailed = isOver(since);
    const at = isEnough ? known.at : performance.now();
    // An answer that nobody has waited for to its end is none.
    if (!signal.aborted) waves.set(wave, { tree: tree.id, generation, at, found, since, hasFailed });
    if (found.is === 'within') return undefined;
    return {
      ...{ wave, hasFailed, message: found.message },
      cause: hasFailed ? `${found.cause}, which it was not for ${within}` : found.cause,
      outOfBounds: since === undefined ? undefined : { wave, tree: tree.id, generation, since },
    };
  }

  /** What was answered before a wave was well is no answer to how it is now. */
  forget(app: Stored<Application>, fromWave = 0): void {
    const waves = this.#asked.get(keyOf(app));
    for (const wave of waves?.keys() ?? []) if (wave >= fromWave) waves?.delete(wave);
    if (waves?.size === 0) this.#asked.delete(keyOf(app));
  }

  /** Those that somebody waits for: the others were not asked for long. */
  closedNow(): ClosedGates {
    const now = performance.now();
    const all = [...this.#asked.values()].flatMap((waves) => [...waves.values()]);
    const closed = all.filter(({ found, at }) => found.is !== 'within' && now - at < 2 * MOST_MS);
    const refused = closed.filter(({ hasFailed }) => hasFailed).length;
    return { waiting: closed.length - refused, refused };
  }

  async #ask({ queries }: Gate, signal: AbortSignal): Promise<Found> {
    const end = AbortSignal.any([signal, AbortSignal.timeout(LOOK_MS)]);
    let unanswered: string | undefined;
    // One after the other: an Application has one question under way, and no more.
    for (const { name, query, min, max } of queries) {
      const answer = await this.#measures.ask(query, end);
      if (!('number' in answer)) unanswered ??= wordsOf(name, answer);
      else if (!isWithin(answer, min, max)) return outOfBounds(name, answer.number, boundsOf(min, max));
    }
    return unanswered === undefined
      ? { is: 'within' }
      : { is: 'unanswered', message: unanswered, cause: unanswered };
  }
}

function outOfBounds(name: string, number: number, bounds: string): Found {
  const cause = `\`${name}\` has to be ${bounds}`;
  return { is: 'out of bounds', message: `${cause}, and is ${number}`, cause };
}

/** Written so that what compares with nothing is out of bounds. */
function isWithin(
  { number }: Extract<Answer, { readonly number: number }>,
  min = Number.NEGATIVE_INFINITY,
  max = Number.POSITIVE_INFINITY,
): boolean {
  return number >= min && number <= max;
}

function boundsOf(min: number | undefined, max: number | undefined): string {
  const bounds = [min === undefined ? '' : `at least ${min}`, max === undefined ? '' : `at most ${max}`];
  return bounds.filter(Boolean).join(' and ');
}

function wordsOf(name: string, { found, remedy }: Unanswered): string {
  return `\`${name}\` has no answer: found ${found}; ${remedy}`;
}

/** Since when it is out of bounds for this folder: by this process, and by the status where it has not asked yet. */
function sinceOf(
  { metadata, status }: Stored<Application>,
  wave: number,
  tree: SourceTree,
  known: Asked | undefined,
  now: Date,
): string {
  const { gate } = status ?? {};
  const isOf = gate?.wave === wave && gate.tree === tree.id && gate.generation === (metadata.generation ?? 0);
  const before = Date.parse((known ? known.since : isOf ? gate.since : undefined) ?? '');
  // A clock that was put back must not make it longer than it is.
  const since = Number.isFinite(before) ? Math.min(before, now.getTime()) : now.getTime();
  return `${new Date(since).toISOString().slice(0, 19)}Z`;
}

const nobody: Measures = {
  ask: async () => ({
    found: 'a controller that has no Prometheus to ask',
    remedy: 'tell who runs it (`drydock gitops run --prometheus URL`), or take the gate out',
  }),
};
