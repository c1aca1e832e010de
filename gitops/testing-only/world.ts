import type { ApplicationStatus } from '../api/application';
import type { Maps } from './gitops-schedule';
import type { ModelSource } from './model-source';

/** What an API server of its own has to be asked for, and one in memory says at once. */
type Soon<Answer> = Answer | Promise<Answer>;

/**
 * Where the steps of a schedule happen: models of clusters, or real API servers. One Application, and a controller that looks
 * at it when it is told to. Clusters are called by their names.
 */
export interface World {
  readonly source: ModelSource;
  /** How long a step may take, for what hangs. */
  readonly patienceMs: number;
  /** So many looks it may take until all is as it should be, once nothing happens any more: with a pause where it is more than four. */
  readonly mostLooks: number;
  /** What the Application says of itself. */
  readonly status: ApplicationStatus;
  /** Asked before each write of the controller. What it throws is the end of that write. */
  beforeWrite: () => void;
  /** The ConfigMaps that are in a cluster, with their value. */
  maps(cluster: string): Soon<Maps>;
  /** Somebody makes a ConfigMap that is not ours. */
  plant(cluster: string, name: string, x: string): Soon<void>;
  /** Somebody edits a ConfigMap by hand. */
  edit(cluster: string, name: string, x: string): Soon<void>;
  /** Somebody deletes one, if it is there. */
  remove(cluster: string, name: string): Soon<void>;
  setAway(cluster: string, isAway: boolean): Soon<void>;
  label(cluster: string, labels: Readonly<Record<string, string>>): Soon<void>;
  /** Other credentials, by a name that none had before; the ones of now are no longer taken. */
  rotate(cluster: string, as: string): Soon<void>;
  /** From now on no Job completes, or all do. */
  setStuck(isStuck: boolean): void;
  hasJob(): Soon<boolean>;
  /** As the controller of Clusters does it. Afterwards watches have told of all that was done by hand. */
  lookAtClusters(): Promise<void>;
  reconcile(): Promise<unknown>;
  /** Somebody deletes the Application. */
  beginDeletion(): Soon<void>;
  /** Answers with nothing once the Application has gone. */
  finalize(): Promise<unknown>;
  /** The Application has gone, and somebody makes another one of its name. */
  makeAgain(): Soon<void>;
  /** All that the process knows is gone, and another one begins. */
  restart(): Soon<void>;
  /** The Leases of processes that are gone run out. */
  expireLeases(): Soon<void>;
  close(): Promise<void>;
}

/** What a world begins with. */
export interface Beginning {
  /** Clusters beside that of the controller, each with a Cluster that leads to it. */
  readonly others: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly destination: object;
  readonly sync: object;
}

export type Begin = (beginning: Beginning) => Promise<World>;
