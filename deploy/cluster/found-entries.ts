import type { Resource } from '../../kube';
import type { Entry } from '../inventory/release-store';
import { bareRef } from '../objects/object-ref';
import type { ClusterApi } from './cluster-api';
import { inParallel } from './in-parallel';
import { Kinds } from './kinds';
import type { Placed } from './listed';

/** What an inventory remembers, and how its kind is addressed now. */
export interface FoundEntry {
  readonly entry: Entry;
  readonly found: Resource | 'gone' | 'unknown';
}

export function findEntries(api: ClusterApi, entries: readonly Entry[]): Promise<readonly FoundEntry[]> {
  const kinds = new Kinds(api);
  return inParallel(entries, async (entry) => ({ entry, found: await kinds.ofEntry(entry) }));
}

/** Those of a kind that the server has, as they can be listed. */
export function placed(all: readonly FoundEntry[]): readonly Placed[] {
  return all.flatMap(({ entry, found }) =>
    typeof found === 'string' ? [] : { ref: bareRef(entry), resource: found },
  );
}
