import type { Job } from '../../imports/k8s';
import type { Connection, KubeObject, Resource, Stored } from '../../kube';
import type { Cause } from '../causes/cause';
import type { Place } from '../claim/place';

/** Where sandboxes come from: Jobs of our own, or the claims of agent-sandbox. */
export type BackendName = 'jobs' | 'agent-sandbox';

/** What is heard of a holder while it has no pod. */
export interface WhyNoPod {
  close(): void;
}

/**
 * What holds a sandbox in the cluster: an object that a claim makes, and that takes the pod with it. It goes through the
 * runtime as the Job that was planned, with its own name and UID.
 */
export interface Backend {
  readonly name: BackendName;
  readonly holders: Resource<KubeObject>;
  /** Sets the deadline of this very holder to `ttl` seconds from now. */
  extend(connection: Connection, held: Stored<Job>, ttl: number): Promise<void>;
  /** What the holder says of the end of its pod; `undefined` where that is no more than what the pod says itself. */
  endOf(
    place: Pick<Place, 'connection' | 'namespace'>,
    id: string,
    withinMs: number,
  ): Promise<Cause | undefined>;
  /** Calls back at each reason that is heard. */
  whyNoPod(
    place: Pick<Place, 'connection' | 'namespace'>,
    held: Stored<Job>,
    onCause: (cause: Cause) => void,
  ): WhyNoPod;
  /** Whether a pod that was deleted is followed by another: nobody waits for that one, so its holder has to go. */
  readonly replacesPods: boolean;
}
