import type { ApplicationStatus } from '../api/application';
import { type Answer, answerIn, forOperator } from '../measure/answer';
import { FleetWorld } from './fleet-world';
import type { GateRound, GateSchedule, Said } from './gate-schedule';

/** In the order of their waves; the last is of none. */
export const PLACES = ['west', 'east', 'north'] as const;
const QUESTIONS = ['first', 'second'] as const;

const vector = (...values: readonly string[]) => {
  const result = values.map((value) => ({ metric: {}, value: [1, value] }));
  return JSON.stringify({ status: 'success', data: { resultType: 'vector', result } });
};
/** What it says, as it comes over the wire. Whatever is no number would be within the bounds if it were taken for nought. */
const ANSWERS: Readonly<Record<Said, () => Answer>> = {
  within: () => answerIn(200, vector('0.01')),
  outside: () => answerIn(200, vector('0.5')),
  NaN: () => answerIn(200, vector('NaN')),
  infinite: () => answerIn(200, vector('-Inf')),
  'no data': () => answerIn(200, vector()),
  several: () => answerIn(200, vector('0', '0.5')),
  refused: () => answerIn(400, '{"status":"error","error":"parse error"}'),
  down: () => forOperator('no answer (ECONNREFUSED)'),
  page: () => answerIn(200, '<html>'),
};

/** Three clusters in waves with gates, and what is known of them that no controller can know. */
export class GateWorld {
  readonly #world: FleetWorld;
  readonly #gates: GateSchedule['gates'];
  #says: readonly [Said, Said] = ['within', 'within'];
  #version = 0;
  /** Commits that a gate has had something against while they were looked at. */
  readonly refused = new Set<number>();

  static async start({ gates, rollback, isHasty }: GateSchedule): Promise<GateWorld> {
    const world = await FleetWorld.start(PLACES, {});
    world.label('west', { stage: 'first' });
    world.label('east', { stage: 'second' });
    world.measured = (query) => ANSWERS[one.#says[QUESTIONS.indexOf(query as 'first')]!]();
    const within = isHasty ? '0s' : '168h';
    const waves = QUESTIONS.map((query, index) => ({
      selector: { matchLabels: { stage: query } },
      ...(gates[index] ? { gate: { queries: [{ name: query, query, max: 0.05 }], within } } : {}),
    }));
    world.change({
      destination: { clusters: PLACES, waves },
      sync: { timeout: '1h', interval: '1ms', rollback },
    });
    const one = new GateWorld(world, gates);
    // One commit is everywhere: else there is nothing to go back to.
    one.push();
    for (const _place of PLACES) await one.look();
    return one;
  }

  private constructor(world: FleetWorld, gates: GateSchedule['gates']) {
    this.#world = world;
    this.#gates = gates;
  }

  /** The last commit. */
  get version(): number {
    return this.#version;
  }

  get status(): ApplicationStatus {
    return this.#world.status;
  }

  /** Which commit a cluster has; 0 for none. */
  versionIn(place: string): number {
    return Number(this.#world.maps(place).a ?? 0);
  }

  isAway(place: string): boolean {
    return this.#world.places.get(place)!.isAway;
  }

  /** Whether all that stands before a cluster lets the commit through. */
  isOpenBefore(place: string): boolean {
    const before = PLACES.indexOf(place as 'west');
    return this.#gates.every((isThere, wave) => wave >= before || !isThere || this.#says[wave] === 'within');
  }

  /** What a round begins with. */
  begin({ push, says, away }: GateRound): void {
    if (push) this.push();
    this.#says = says;
    for (const [index, place] of PLACES.entries()) this.#world.places.get(place)!.isAway = index === away;
  }

  async look(): Promise<void> {
    const isRefused = this.#gates.some((isThere, wave) => isThere && this.#says[wave] === 'outside');
    if (isRefused) this.refused.add(this.#version);
    // What was answered is good for an interval.
    await new Promise((resolve) => setTimeout(resolve, 2));
    await this.#world.lookAtClusters();
    await this.#world.reconcile();
  }

  /** All is back, and all gates are open. */
  calm(): void {
    for (const place of this.#world.places.values()) place.isAway = false;
    this.#says = ['within', 'within'];
  }

  close(): Promise<void> {
    return this.#world.close();
  }

  push(): void {
    this.#version += 1;
    const map = `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\ndata: { x: "${this.#version}" }\n`;
    this.#world.source.push({ 'a.yaml': map });
  }

  async killed(beforeWrite: number): Promise<void> {
    let left = beforeWrite;
    this.#world.beforeWrite = () => {
      left -= 1;
      if (left < 0) throw new Error('killed');
    };
    await this.look().catch(() => {});
    this.#world.beforeWrite = () => {};
    this.#world.restart();
    this.#world.expireLeases();
  }
}
