import type { Job } from '../../imports/k8s';
import type { Clock, JsonPatch, Stored } from '../../kube';

/** What a pool asks the API server for, and nothing else. Calls fail with a KubeError, after `withinMs` at the latest. */
export interface PoolApi {
  /** The time of the server, in milliseconds. */
  now(): number;
  create(job: Job, withinMs: number): Promise<Stored<Job>>;
  patch(name: string, change: JsonPatch, withinMs: number): Promise<Stored<Job>>;
  /** `undefined` where there is none. */
  get(name: string, withinMs: number): Promise<Stored<Job> | undefined>;
  /** Of this very Job; one that is gone, or another of its name, is as good. */
  remove(name: string, uid: string, withinMs: number): Promise<void>;
}

/** A stream to the supervisor of a member, over which no command has gone yet. */
export interface Line {
  /** Whether the supervisor answers in time. */
  ping(withinMs: number): Promise<boolean>;
  /** Resolves when it is over. */
  readonly lost: Promise<void>;
  readonly isLost: boolean;
  /** Lets go in order: the sandbox lives on, for another. */
  leave(): void;
  /** Lets go without a word: the sandbox ends by itself. */
  cut(): void;
}

export interface Lines<Held extends Line> {
  /** Waits for the pod of the Job, and opens a stream to its supervisor. Rejects when there will be none. */
  open(job: Stored<Job>, signal: AbortSignal): Promise<Held>;
}

/** Everything of the world that a pool can tell apart, so that a test can give it another one. */
export interface Surroundings<Held extends Line> {
  readonly api: PoolApi;
  readonly lines: Lines<Held>;
  readonly clock: Clock;
  /** From 0 to below 1. */
  random(): number;
  /** One that nothing else ever had. */
  newName(): string;
}
