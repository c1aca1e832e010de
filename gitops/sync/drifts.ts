import type { Connection } from '../../kube';
import type { Link } from '../clusters/links';
import { type DriftListener, DriftWatch, type OpenKind, openBy } from './drift';
import { releaseIdOf, type Settings } from './settings';
import type { Settled } from './settled';
import { keyOfApplication, type Target } from './targets';

/** What is followed by each connection, and who is told of it. */
export class Drifts {
  readonly #open: (connection: Connection) => OpenKind;
  readonly #settled: Settled;
  readonly #wake: (key: string) => void;
  /** One for the time that a connection lasts. */
  readonly #watches = new WeakMap<Connection, DriftWatch>();
  /** By target, who is told of drift there while the Application is worked on. */
  readonly #working = new Map<string, () => void>();

  constructor(
    settled: Settled,
    wake: (key: string) => void,
    open: (connection: Connection) => OpenKind = openBy,
  ) {
    this.#settled = settled;
    this.#wake = wake;
    this.#open = open;
  }

  of(connection: Connection): DriftWatch {
    const known = this.#watches.get(connection);
    const drift = known ?? new DriftWatch(this.#open(connection), this.#listener);
    this.#watches.set(connection, drift);
    return drift;
  }

  /** Begins to tell of drift there, and answers with what ends it. */
  readonly listen = ({ key }: Target, call: () => void): (() => void) => {
    this.#working.set(key, call);
    return () => this.#working.delete(key);
  };

  /** What becomes of what is known of a target once nothing of the Application is there. */
  onGone(settings: Settings): (target: Target, link: Link) => void {
    return ({ key }, { connection }) => {
      this.of(connection).forget(releaseIdOf(settings));
      this.#settled.forget(key);
    };
  }

  readonly #listener: DriftListener = {
    changed: (key, change) => this.#settled.changed(key, change),
    drifted: (key) => {
      this.#working.get(key)?.();
      this.#wake(keyOfApplication(key));
    },
  };
}
