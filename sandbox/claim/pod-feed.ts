import type { Pod } from '../../imports/k8s';
import {
  type Connection,
  type KubeError,
  type KubeObject,
  resource,
  type Stored,
  watch,
  withoutManagedFields,
} from '../../kube';
import { OnePer } from './one-per';
import { SharedWatch } from './shared-watch';

export const pods = resource<Pod>('v1', 'Pod');

/** The label by which the Job controller marks the pod of a Job. */
export const JOB_LABEL = 'batch.kubernetes.io/job-name';

/** The pods of one kind of owner, and which of them each belongs to. */
export interface PodKind {
  /** The label that all of them have. */
  readonly label: string;
  /** The name of the owner. */
  ownerOf(pod: Stored<Pod>): string | undefined;
  /** What is kept of each, as long as its sandbox is followed. */
  readonly keep: (pod: Stored<KubeObject>) => Stored<KubeObject>;
}

export const podsOfJobs: PodKind = {
  label: JOB_LABEL,
  ownerOf: ({ metadata }) => metadata.labels?.[JOB_LABEL],
  keep: whatIsAsked,
};

/** Who hears of the pods of one Job. */
export interface PodReader {
  heard(pod: Stored<Pod>, isDeleted: boolean): void;
  /** Everything that is there was told. */
  synced(): void;
  /** Nothing will be told any more; without a reason its connection was closed. */
  ended(why: KubeError | undefined): void;
}

const feeds = new OnePer<PodFeed>();

/** The one of a connection, a namespace and a kind of pods. */
export function podFeed(connection: Connection, namespace: string, pods = podsOfJobs): PodFeed {
  return feeds.of(connection, `${namespace} ${pods.label}`, () => new PodFeed(connection, namespace, pods));
}

/**
 * The pods of all Jobs of a namespace over one watch, however many sandboxes are followed: a thousand watches cost the
 * API server a third of its time for a change, and each sandbox two calls.
 */
export class PodFeed {
  readonly #readers = new Map<string, Set<PodReader>>();
  /** By the name of the Job, then by UID. */
  readonly #pods = new Map<string, Map<string, Stored<Pod>>>();
  readonly #watch: SharedWatch<Pod>;
  #isSynced = false;

  constructor(
    connection: Connection,
    namespace: string,
    private readonly kind: PodKind = podsOfJobs,
  ) {
    const selection = {
      namespace,
      labelSelector: kind.label,
      keep: kind.keep,
    };
    this.#watch = new SharedWatch(() => watch(connection, pods, selection), {
      heard: (pod, isDeleted) => this.#heard(pod, isDeleted),
      synced: () => {
        this.#isSynced = true;
        for (const reader of this.#everyReader()) reader.synced();
      },
      forgotten: () => {
        this.#isSynced = false;
        this.#pods.clear();
      },
      ended: (why) => {
        const readers = this.#everyReader();
        this.#readers.clear();
        for (const reader of readers) reader.ended(why);
      },
    });
  }

  /** Tells of the pods of a Job, those that are there already first, until the function that it returns is called. */
  follow(jobName: string, reader: PodReader): () => void {
    const readers = this.#readers.get(jobName) ?? new Set<PodReader>();
    this.#readers.set(jobName, readers.add(reader));
    this.#watch.need();
    for (const pod of this.#pods.get(jobName)?.values() ?? []) reader.heard(pod, false);
    if (this.#isSynced) reader.synced();
    return () => {
      if (!readers.delete(reader)) return;
      if (readers.size === 0 && this.#readers.get(jobName) === readers) this.#readers.delete(jobName);
      if (this.#readers.size === 0) this.#watch.rest();
    };
  }

  #heard(pod: Stored<Pod>, isDeleted: boolean): void {
    const jobName = this.kind.ownerOf(pod);
    if (jobName === undefined) return;
    const known = this.#pods.get(jobName) ?? new Map<string, Stored<Pod>>();
    if (isDeleted) known.delete(pod.metadata.uid);
    else known.set(pod.metadata.uid, pod);
    if (known.size > 0) this.#pods.set(jobName, known);
    else this.#pods.delete(jobName);
    for (const reader of [...(this.#readers.get(jobName) ?? [])]) reader.heard(pod, isDeleted);
  }

  #everyReader(): PodReader[] {
    return [...this.#readers.values()].flatMap((readers) => [...readers]);
  }
}

/** Of the pod of a Job nobody asks who has written it, nor what it was to be, which its Job says: that is most of it. */
function whatIsAsked(object: Stored<KubeObject>): Stored<Pod> {
  const { spec, ...pod } = withoutManagedFields(object) as Stored<Pod>;
  if (!spec) return pod;
  const containers = spec.containers.map(({ name, workingDir }) => ({ name, workingDir }));
  return { ...pod, spec: { nodeName: spec.nodeName, containers } };
}
