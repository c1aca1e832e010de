import { pause } from '../../kube';
import { isNewer } from '../../kube/watch/known-objects';
import type { ClusterApi, Followed, Live } from '../cluster/cluster-api';
import type { Awaited } from './wait';

/**
 * Looks at objects again and again: where their kind can be followed, in what its watch has told, one for each kind and
 * namespace; else by a call for each. Until a watch has begun, and where there is no right to one, calls do as well.
 */
export class Observer {
  readonly #api: ClusterApi;
  readonly #labelSelector: string | undefined;
  readonly #followed = new Map<string, Followed | undefined>();
  readonly #ending = new AbortController();
  #changed = new AbortController();

  /** @param labelSelector what all of the objects carry; without it none is followed */
  constructor(api: ClusterApi, labelSelector: string | undefined) {
    this.#api = api;
    this.#labelSelector = labelSelector;
  }

  /** Begins to follow their kinds. Does not wait for that: what is not followed yet is looked at by calls. */
  follow(all: readonly Awaited[]): void {
    if (this.#labelSelector === undefined) return;
    for (const { resource, ref } of all) {
      const place = placeOf({ resource, ref });
      if (this.#followed.has(place)) continue;
      this.#followed.set(place, undefined);
      this.#api.follow(resource, ref.namespace, this.#labelSelector, this.#ending.signal).then(
        (followed) => this.#begun(place, followed),
        // It only saves calls: whatever is wrong with the way to the server, those will tell.
        () => undefined,
      );
    }
  }

  /** Whether all of them are followed, so that a change is told and need not be looked for. */
  follows(all: readonly Awaited[]): boolean {
    return all.every((one) => this.#followed.get(placeOf(one)) !== undefined);
  }

  /** What is followed is at times older than the cluster: an object that is not there, or not in the state that our write has made, is looked at. */
  async look(one: Awaited): Promise<Live | undefined> {
    const told = this.#followed.get(placeOf(one))?.get(one.ref);
    const isOld =
      told === undefined ||
      (one.written !== undefined && isNewer(one.written, told.metadata.resourceVersion));
    return isOld ? this.#api.get(one.resource, one.ref) : told;
  }

  /** Resolves at a change since it was last asked, though not before `leastMs`, and after `mostMs` in any case. */
  async change(leastMs: number, mostMs: number, signal: AbortSignal | undefined): Promise<void> {
    await pause(Math.min(leastMs, mostMs), signal);
    const ends = signal ? [signal, this.#changed.signal] : [this.#changed.signal];
    await pause(Math.max(0, mostMs - leastMs), AbortSignal.any(ends));
    this.#changed = new AbortController();
  }

  close(): void {
    this.#ending.abort();
    for (const followed of this.#followed.values()) followed?.close();
  }

  #begun(place: string, followed: Followed | undefined): void {
    if (this.#ending.signal.aborted) followed?.close();
    else if (followed) {
      this.#followed.set(place, followed);
      followed.onChange(() => this.#changed.abort());
    }
  }
}

function placeOf({ resource, ref }: Pick<Awaited, 'resource' | 'ref'>): string {
  return `${resource.apiVersion} ${resource.plural} ${ref.namespace ?? ''}`;
}
