import type { Job } from '../../imports/k8s';
import type { Moment, Stored } from '../../kube';
import type { Line } from './surroundings';

/**
 * - `creating`: its creation is under way;
 * - `unknown`: the answer was lost, and it may be there or still come;
 * - `warming`: it is there, and its stream is not;
 * - `ready`: it can be claimed;
 * - `claiming`: a claim of this manager is under way;
 * - `leaving`: it is being taken out of the pool.
 */
export type Phase = 'creating' | 'unknown' | 'warming' | 'ready' | 'claiming' | 'leaving';

/** One part of a manager's share: a member, or one that may be there. It is free again when its member surely is not warm. */
export class Slot<Held extends Line> {
  phase: Phase = 'creating';
  job: Stored<Job> | undefined;
  line: Held | undefined;
  /** When the last question was asked that the supervisor has answered. */
  answered: Moment | undefined;
  /** Ends what is done to make it ready, and keep it so. */
  readonly ending = new AbortController();

  constructor(readonly name: string) {}

  get isStarting(): boolean {
    return this.phase === 'creating' || this.phase === 'warming';
  }

  /** The stream, for one taker. */
  takeLine(): Held | undefined {
    const { line } = this;
    this.line = undefined;
    return line;
  }
}
