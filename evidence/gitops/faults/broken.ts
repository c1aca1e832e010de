import { inFile, type Planted } from '../../../test/laws/fresh-modules';
import type { Breach } from './witness';

/** A controller that is broken on purpose, under which fault it is looked at, and what has to be found. */
export interface Broken {
  readonly planted: Planted;
  readonly fault: string;
  readonly found: Breach;
}

const verdict = inFile('gitops/sync/verdict.ts');
const settings = inFile('gitops/sync/settings.ts');

export const BROKEN: readonly Broken[] = [
  {
    planted: verdict(
      'is called synced while it is applied',
      "phase: 'Syncing', sync: 'OutOfSync', outcome: 'working', reason: 'Syncing'",
      "phase: 'Syncing', sync: 'Synced', outcome: 'working', reason: 'Syncing'",
    ),
    fault: 'leader killed at a write of a sync, heard or not',
    found: 'mixed',
  },
  {
    planted: settings('objects of others are taken over', 'adopt: sync.adopt ?? false,', 'adopt: true,'),
    fault: 'a commit that names an object of others',
    found: 'unowned',
  },
  {
    planted: settings('what a commit no longer has stays', 'prune: sync.prune ?? true,', 'prune: false,'),
    fault: 'none',
    found: 'lost',
  },
];
