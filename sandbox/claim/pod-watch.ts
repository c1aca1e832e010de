import type { Pod } from '../../imports/k8s';
import { type Connection, KubeError, type Stored } from '../../kube';
import { type PodKind, podFeed, podsOfJobs } from './pod-feed';

interface Seen {
  readonly pod: Stored<Pod>;
  readonly isDeleted: boolean;
}

/**
 * The pod of one Job, as it is now. A sandbox has one pod, once: `backoffLimit` is 0 and a pod that ended is not
 * replaced, so the first one is kept. A pod of an earlier Job of the same name may be ending still.
 */
export class PodWatch {
  #jobUid: string | undefined;
  #ownerUid: string | undefined;
  /** What was seen before it was known which Job is meant, by the pod. */
  readonly #early = new Map<string, Seen>();
  #pod: Stored<Pod> | undefined;
  #isGone = false;
  #isClosed = false;
  #isSynced = false;
  #failure: KubeError | undefined;
  readonly #leave: () => void;
  readonly #listeners = new Set<() => void>();

  /** `owner` is the name of what owns the pod: the Job itself, where `pods` are those of Jobs. */
  constructor(
    private readonly connection: Connection,
    private readonly namespace: string,
    private readonly owner: string,
    private readonly pods: PodKind = podsOfJobs,
  ) {
    this.#leave = podFeed(connection, namespace, pods).follow(owner, {
      heard: (pod, isDeleted) => this.#heard(pod, isDeleted),
      synced: () => {
        this.#isSynced = true;
        this.#tell();
      },
      ended: (why) => {
        // Of a connection that was closed those who wait for a change must hear that none will come.
        this.#failure = why ?? connectionClosed();
        this.#tell();
      },
    });
  }

  /** Says which Job is meant, and what owns its pod where that is another object. No pod is told of before. */
  of(jobUid: string, ownerUid = jobUid): void {
    this.#jobUid = jobUid;
    this.#ownerUid = ownerUid;
    for (const { pod, isDeleted } of this.#early.values()) this.#heard(pod, isDeleted);
    this.#early.clear();
  }

  /** Another watch of the same, for when this one was closed. */
  again(): PodWatch {
    const watch = new PodWatch(this.connection, this.namespace, this.owner, this.pods);
    if (this.#jobUid !== undefined) watch.of(this.#jobUid, this.#ownerUid);
    return watch;
  }

  /** The Job that was said to be meant. */
  get jobUid(): string | undefined {
    return this.#jobUid;
  }

  /** As last seen, also after its deletion. */
  get pod(): Stored<Pod> | undefined {
    return this.#pod;
  }

  /** Resolves when everything that is there was seen, or nothing will be. */
  async synced(): Promise<void> {
    await this.until(() => (this.#isSynced ? true : undefined));
  }

  /** Nothing is heard of it any more. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Its deletion was seen. */
  get isGone(): boolean {
    return this.#isGone;
  }

  /** Everything that is there was seen once, and no pod of the Job among it; or its deletion was. */
  get isWithoutPod(): boolean {
    return this.#isGone || (this.#isSynced && this.#pod === undefined);
  }

  /** Why nothing will be seen any more. */
  get failure(): KubeError | undefined {
    return this.#failure;
  }

  /** Calls back at every change, until the function that it returns is called. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * The first answer of `look` that is not undefined, asked now and at every change; `undefined` after `withinMs`,
   * where it is given, or when nothing will be seen any more.
   */
  until<Answer>(look: () => Answer | undefined, withinMs?: number): Promise<Answer | undefined> {
    return new Promise((resolve) => {
      const check = () => {
        const answer = look();
        if (answer !== undefined || this.#failure || this.#isClosed) settle(answer);
      };
      const settle = (answer: Answer | undefined) => {
        clearTimeout(timer);
        stop();
        resolve(answer);
      };
      const timer = withinMs === undefined ? undefined : setTimeout(() => settle(look()), withinMs);
      const stop = this.onChange(check);
      check();
    });
  }

  /** The pod as it was read besides the watch. */
  saw(pod: Stored<Pod>): void {
    this.#heard(pod, this.#isGone);
  }

  /** It was asked for besides the watch, and is gone. */
  sawNothing(): void {
    this.#isGone = true;
    this.#tell();
  }

  close(): void {
    this.#isClosed = true;
    this.#leave();
    this.#tell();
  }

  #heard(pod: Stored<Pod>, isDeleted: boolean): void {
    const { uid, ownerReferences } = pod.metadata;
    if (this.#jobUid === undefined) {
      this.#early.set(uid, { pod, isDeleted });
      return;
    }
    if (!ownerReferences?.some((owner) => owner.uid === this.#ownerUid)) return;
    if (this.#pod && this.#pod.metadata.uid !== uid) return;
    this.#pod = pod;
    this.#isGone = isDeleted;
    this.#tell();
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}

function connectionClosed(): KubeError {
  return new KubeError('CLOSED', {
    where: 'watch of a sandbox',
    found: 'close() of its connection',
    expected: 'an open connection for as long as the sandbox is watched',
    remedy: 'close Sandboxes after the last use of what it made',
  });
}
