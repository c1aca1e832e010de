import { ApiError } from '../api-error';
import { KubeError } from '../errors';
import type { KubeObject, Stored } from '../resource';
import type { WatchEvent } from './event';
import { isNewer, type KnownObjects, keyOf } from './known-objects';

/** What asks a server to begin a watch with all that exists, as new as it is now. */
export const initialEventsQuery = { sendInitialEvents: true, resourceVersionMatch: 'NotOlderThan' } as const;

interface Latest<Kind extends KubeObject> {
  readonly version: string;
  /** Undefined for one that was deleted while the rest was still being told. */
  readonly object: Stored<Kind> | undefined;
}

/** A state of the server, as a list has it. */
export interface WholeState<Kind extends KubeObject> {
  readonly items: readonly Stored<Kind>[];
  readonly version: string;
}

/**
 * Gathers what a server tells at the beginning of a watch, until it says that this was all. Objects come in no order of
 * their versions, so each is compared with what was told of itself.
 */
export class InitialEvents<Kind extends KubeObject> {
  readonly #latest = new Map<string, Latest<Kind>>();

  /** @param known what was known before: an object that has not changed is kept once */
  constructor(readonly known: KnownObjects<Kind>) {}

  /** The whole state, with the event that ends it. */
  heard(event: WatchEvent<Kind>, where: string): WholeState<Kind> | undefined {
    if (event.type === 'BOOKMARK') {
      if (!event.endsInitialEvents) throw withoutAnEnd(where);
      const items = [...this.#latest.values()].flatMap(({ object }) => object ?? []);
      return { items, version: event.resourceVersion };
    }
    const { object } = event;
    const { resourceVersion: version } = object.metadata;
    const before = this.#latest.get(keyOf(object));
    if (before && !isNewer(version, before.version)) return undefined;
    const isGone = event.type === 'DELETED';
    this.#latest.set(keyOf(object), { version, object: isGone ? undefined : this.known.same(object) });
    return undefined;
  }
}

/** Servers before 1.27 refuse the parameters, later ones do unless the feature is on. */
export function hasNoInitialEvents(error: unknown): boolean {
  return error instanceof ApiError && (error.code === 'INVALID' || error.code === 'BAD_REQUEST');
}

/** An aggregated server may read neither parameter: it tells what exists and never says that this was all. */
function withoutAnEnd(where: string): KubeError {
  return new KubeError('BAD_RESPONSE', {
    where,
    found: 'a bookmark before the end of the initial events',
    expected: 'one that ends them',
    remedy: 'nothing: the state is listed instead',
  });
}

export function endedTooEarly(where: string): KubeError {
  return new KubeError('CONNECTION_LOST', {
    where,
    found: 'an end before all that exists was told',
    expected: 'a bookmark that ends the initial events',
    remedy: 'nothing: the state is listed instead',
  });
}
