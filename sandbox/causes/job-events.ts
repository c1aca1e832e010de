import type { Event as CoreEvent } from '../../imports/k8s';
import { type Connection, resource, type Stored, watch } from '../../kube';
import { OnePer } from '../claim/one-per';
import { SharedWatch } from '../claim/shared-watch';
import { type Cause, said } from './cause';
import { refusalIn } from './refusal';

const events = resource<CoreEvent>('v1', 'Event');

/** What the Job controller says where the API server does not take a pod of it. */
const REFUSED = 'FailedCreate';

const feeds = new OnePer<JobEventFeed>();

/** The one of a connection and a namespace. */
function jobEventFeed(connection: Connection, namespace: string): JobEventFeed {
  return feeds.of(connection, namespace, () => new JobEventFeed(connection, namespace));
}

/**
 * Every refusal of a pod in a namespace over one watch, however many Jobs wait for theirs: on a busy cluster all of them
 * do, and each would ask for the same at the moment when that costs most.
 */
class JobEventFeed {
  /** By the UID of the Job. */
  readonly #refusals = new Map<string, Stored<CoreEvent>>();
  readonly #readers = new Map<string, Set<(refusal: CoreEvent) => void>>();
  readonly #watch: SharedWatch<CoreEvent>;

  constructor(connection: Connection, namespace: string) {
    const fieldSelector = `involvedObject.kind=Job,reason=${REFUSED}`;
    this.#watch = new SharedWatch(
      () => watch(connection, events, { namespace, fieldSelector, initialEvents: true }),
      {
        heard: (event, isDeleted) => this.#heard(event, isDeleted),
        synced: () => {},
        forgotten: () => this.#refusals.clear(),
        // Events explain; without them a claim still ends by its time.
        ended: () => this.#readers.clear(),
      },
    );
  }

  /** Tells of the refusals of a Job, the last that is known first, until the function that it returns is called. */
  follow(uid: string, heard: (refusal: CoreEvent) => void): () => void {
    const readers = this.#readers.get(uid) ?? new Set();
    this.#readers.set(uid, readers.add(heard));
    this.#watch.need();
    const known = this.#refusals.get(uid);
    if (known) heard(known);
    return () => {
      if (!readers.delete(heard)) return;
      if (readers.size === 0 && this.#readers.get(uid) === readers) this.#readers.delete(uid);
      if (this.#readers.size === 0) this.#watch.rest();
    };
  }

  #heard(event: Stored<CoreEvent>, isDeleted: boolean): void {
    const uid = event.involvedObject?.uid;
    if (uid === undefined) return;
    if (isDeleted) {
      if (this.#refusals.get(uid)?.metadata.uid === event.metadata.uid) this.#refusals.delete(uid);
      return;
    }
    this.#refusals.set(uid, event);
    for (const heard of [...(this.#readers.get(uid) ?? [])]) heard(event);
  }
}

/** What the events of a Job say about why it has no pod. */
export class JobEvents {
  #cause: Cause | undefined;
  readonly #leave: () => void;

  constructor(
    connection: Connection,
    namespace: string,
    uid: string,
    private readonly onCause: (cause: Cause) => void,
  ) {
    this.#leave = jobEventFeed(connection, namespace).follow(uid, (refusal) => this.#hear(refusal));
  }

  /** The last refusal. The Job controller tries again by itself, so it need not be the end. */
  get cause(): Cause | undefined {
    return this.#cause;
  }

  close(): void {
    this.#leave();
  }

  #hear({ message }: CoreEvent): void {
    if (isContended(message)) return;
    this.#cause = refusalIn(message ?? '') ?? {
      code: 'StartFailed',
      found: said(message) || 'no pod, for no reason given',
      expected: 'a pod that the API server accepts',
      remedy: 'Fix what the API server names; kubectl describe shows the Job.',
      retryable: false,
    };
    this.onCause(this.#cause);
  }
}

/** The count of a quota, which many creations at once change: nobody refused the pod, and the controller tries again. */
function isContended(words = ''): boolean {
  return /Operation cannot be fulfilled on resourcequotas /.test(words);
}
