import { loadavg } from 'node:os';
import type { GitServer } from '../../gitops/testing-only/git-server';
import type { Artifacts } from './artifacts';
import { Flux, type FluxAbout, teachFlux } from './flux';
import { type Cold, type Memory, Ours } from './ours';
import type { Figures } from './page';
import type { Place } from './place';

const OURS = 'drydock';
const FLUX = 'Flux 1.9.6';
const TOUCHED = 10;
const DRIFTED = 20;
/** In each of the small repositories. */
const APPS_EACH = 10;
/** Longer than ours need on a busy machine: where they are not done then, something is wrong. */
const MOST_SECONDS = 600;
/** Of which Flux is asked what an interval takes. */
const AGAIN = 50;

interface Flown {
  readonly cold: Cold;
  readonly again: Figures['again'][number];
  readonly push: Figures['pushes'][number] | undefined;
}

/** One run: who is measured, in which order, by what. */
export class Run {
  readonly #repositories: number;

  constructor(
    readonly place: Place,
    readonly server: GitServer,
    readonly artifacts: Artifacts,
    readonly about: { readonly count: number; readonly seconds: number },
  ) {
    this.#repositories = Math.ceil(about.count / APPS_EACH);
  }

  async all(more: readonly number[]): Promise<Figures> {
    const { count } = this.about;
    await teachFlux(this.place);
    const monorepo = { from: 'one repository', about: { count, repositories: 1 } };
    const small = {
      from: `${this.#repositories} repositories`,
      about: { count, repositories: this.#repositories },
    };
    const { cold, ...ours } = await this.ours();
    const folders = await this.#flux('flux-folders', 'one artifact with all folders', monorepo.about);
    const oursSmall = await this.#cold('ours-small', small.about);
    const fluxSmall = await this.#flux('flux-small', `${this.#repositories} artifacts`, small.about);
    const one = await this.#flux('flux-one', 'one artifact with one folder for all', {
      ...{ ...monorepo.about, isOneFolder: true },
    });
    const growth = new Map<number, Memory>();
    for (const size of more) growth.set(size, await this.more(size));
    const row = (who: string, from: string, found: Cold) => ({ who, from, cold: found });
    return {
      ...{ count, repositories: this.#repositories, intervalSeconds: this.place.intervalSeconds, growth },
      ...ours,
      monorepo: [
        row(OURS, monorepo.from, cold),
        row(FLUX, folders.again.from, folders.cold),
        row(FLUX, one.again.from, one.cold),
      ],
      small: [row(OURS, small.from, oursSmall), row(FLUX, fluxSmall.again.from, fluxSmall.cold)],
      again: [folders.again, fluxSmall.again, one.again],
      pushes: [...ours.pushes, ...[folders.push, fluxSmall.push].flatMap((push) => push ?? [])],
    };
  }

  /** All that is asked of ours, from one repository. */
  async ours(): Promise<Pick<Figures, 'cycle' | 'pushes' | 'drift' | 'memory'> & { readonly cold: Cold }> {
    const { count } = this.about;
    const ours = new Ours(this.place, this.server, 'ours-monorepo', { count, repositories: 1 });
    try {
      await ours.prepare();
      const cold = this.#whole('ours', await ours.cold(MOST_SECONDS));
      const cycle = say('no change', await ours.quiet(2));
      const touched = Math.min(TOUCHED, count);
      const push = say('push', await ours.push(touched, '1'));
      const drift = say('drift', await ours.drift(Math.min(DRIFTED, count)));
      const memory = say('memory', await ours.memory());
      const from = `${OURS}, from one repository of ${count.toLocaleString('en')}`;
      return { cold, cycle, pushes: [{ ...push, who: from, of: touched }], drift, memory };
    } finally {
      await ours.stop();
    }
  }

  /** Memory with more Applications, once they are all there and quiet. */
  async more(count: number): Promise<Memory> {
    const ours = new Ours(this.place, this.server, 'ours-more', { count, repositories: 1 });
    try {
      await ours.prepare();
      this.#whole('ours, more', await ours.cold(10 * MOST_SECONDS), count);
      await ours.quiet(1);
      return say('memory, more', await ours.memory());
    } finally {
      await ours.stop();
    }
  }

  async #cold(namespace: string, about: { count: number; repositories: number }): Promise<Cold> {
    const ours = new Ours(this.place, this.server, namespace, about);
    try {
      await ours.prepare();
      return this.#whole(namespace, await ours.cold(MOST_SECONDS));
    } finally {
      await ours.stop();
    }
  }

  #whole(what: string, cold: Cold, count = this.about.count): Cold {
    if (cold.done === count) return say(what, cold);
    throw new Error(`${what}: only ${cold.done} of ${count} after ${cold.seconds.toFixed(0)} s`);
  }

  async #flux(namespace: string, from: string, about: FluxAbout): Promise<Flown> {
    const flux = new Flux(this.place, this.artifacts, namespace, about);
    try {
      await flux.prepare();
      const cold = say(namespace, await flux.cold(this.about.seconds));
      const isDone = cold.done === about.count;
      // Who is still at the first apply is asked nothing more: what is asked would wait behind it.
      const push =
        isDone && !about.isOneFolder ? await flux.push(TOUCHED, '1', this.about.seconds) : undefined;
      if (!isDone) await flux.leaveOpen();
      const again = say(`${namespace} again`, await flux.again(AGAIN));
      const who = `${FLUX}, from ${from}, without the time of source-controller`;
      return {
        ...{ cold, again: { ...again, from } },
        push: push && { ...push, who, of: Math.min(TOUCHED, about.count) },
      };
    } finally {
      await flux.stop();
    }
  }
}

/** What has been found so far, for who waits. */
function say<Found>(what: string, found: Found): Found {
  const shown = (_key: string, value: unknown) => (value instanceof Map ? Object.fromEntries(value) : value);
  const load = loadavg()[0]?.toFixed(1);
  process.stderr.write(`${new Date().toISOString()} load ${load}: ${what} ${JSON.stringify(found, shown)}\n`);
  return found;
}
