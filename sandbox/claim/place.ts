import type { Connection } from '../../kube';
import type { Backend } from '../backend/backend';
import type { Metrics } from '../metrics/metrics';
import type { Deletions } from './deletions';
import type { Leftovers } from './leftovers';

/** What everything that makes or finds sandboxes needs. */
export interface Place {
  readonly connection: Connection;
  readonly namespace: string;
  /** What its sandboxes are. */
  readonly backend: Backend;
  readonly metrics: Metrics;
  readonly startTimeoutMs: number;
  /** Whether commands may be started before the network is seen to be closed. */
  readonly allowsOpenStart: boolean;
  /** What failed claims may have left. */
  readonly leftovers: Leftovers;
  /** What this program has deleted. */
  readonly deletions: Deletions;
}
