import type { Connection } from '../kube';
import type { Leftovers } from './claim/leftovers';
import type { Metrics } from './metrics/metrics';

/** What everything that makes or finds sandboxes needs. */
export interface Place {
  readonly connection: Connection;
  readonly namespace: string;
  readonly metrics: Metrics;
  readonly startTimeoutMs: number;
  /** What failed claims may have left. */
  readonly leftovers: Leftovers;
}
