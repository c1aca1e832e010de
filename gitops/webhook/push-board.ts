import {
  type Connection,
  create,
  KubeError,
  type KubeErrorCode,
  type KubeObject,
  patch,
  pause,
  resource,
  type Store,
  type Stored,
  Stores,
} from '../../kube';

const leases = resource<KubeObject>('coordination.k8s.io/v1', 'Lease');
/** What marks are called among its annotations. */
const PREFIX = 'pushed.ajj.io/';

/** Between two writes, whatever comes. */
const GAP_MS = 250;
/** Of branches that are remembered; the oldest go. */
const MOST_MARKS = 500;

/**
 * An object on which each replica notes what was pushed, and which each of them follows: whoever leads learns of a message
 * that another one has taken. Marks that come together are one write. It is a Lease, of which only annotations are used: what
 * replicas agree by is what `fencePolicy` lets those write that do not lead.
 */
export class PushBoard {
  readonly #connection: Connection;
  readonly #name: string;
  readonly #namespace: string;
  #waiting = new Set<string>();
  /** Ends with the last write that has begun, and never fails. */
  #writing: Promise<void> = Promise.resolve();
  /** The write that will have what waits. */
  #next: Promise<void> | undefined;
  #wroteAt = Number.NEGATIVE_INFINITY;
  #store: Store<KubeObject> | undefined;
  #known: Readonly<Record<string, string>> = {};

  constructor(connection: Connection, name: string) {
    this.#connection = connection;
    this.#name = `${name}-pushes`;
    this.#namespace = connection.namespace;
  }

  /** Resolves once it is on the board; rejects where nobody would see it there. */
  async note(marks: readonly string[]): Promise<void> {
    // Throws where the watch has ended, for want of a right that was taken away.
    this.#store?.all();
    for (const mark of marks) this.#waiting.add(mark);
    if (!this.#next) {
      this.#next = this.#writing.then(() => this.#write());
      this.#writing = this.#next.catch(() => {});
    }
    return this.#next;
  }

  /** Calls with each mark that is noted from now on, by whichever replica. */
  async follow(onMark: (mark: string) => void, signal: AbortSignal): Promise<void> {
    const selection = { namespace: this.#namespace, fieldSelector: `metadata.name=${this.#name}` };
    const store = await new Stores(this.#connection).open(leases, selection, signal);
    this.#store = store;
    this.#known = marksOf(store.all()[0]);
    store.onChange(({ type, object }) => {
      const before = this.#known;
      this.#known = type === 'deleted' ? {} : marksOf(object);
      for (const [mark, said] of Object.entries(this.#known)) if (before[mark] !== said) onMark(mark);
    });
  }

  async #write(): Promise<void> {
    await pause(this.#wroteAt + GAP_MS - performance.now());
    this.#wroteAt = performance.now();
    this.#next = undefined;
    const said = `${new Date().toISOString()} ${Math.random().toString(36).slice(2, 8)}`;
    const marks: Record<string, string | null> = {};
    for (const mark of this.#waiting) marks[mark] = said;
    this.#waiting = new Set();
    const old = Object.entries(this.#known).sort(([, one], [, other]) => (one < other ? 1 : -1));
    for (const [mark] of old.slice(MOST_MARKS)) marks[mark] ??= null;
    const at = { name: this.#name, namespace: this.#namespace };
    const annotations = Object.fromEntries(Object.entries(marks).map(([mark, one]) => [PREFIX + mark, one]));
    const merge = { metadata: { annotations } };
    const write = () => patch(this.#connection, leases, at, { merge });
    await write().catch(async (error: unknown) => {
      if (!isRefused(error, 'NOT_FOUND')) throw error;
      const { apiVersion, kind } = leases;
      await create(this.#connection, leases, { apiVersion, kind, metadata: at }).catch((refused: unknown) => {
        // Another replica was earlier.
        if (!isRefused(refused, 'ALREADY_EXISTS')) throw refused;
      });
      await write();
    });
  }
}

function isRefused(error: unknown, code: KubeErrorCode): boolean {
  return error instanceof KubeError && error.code === code;
}

function marksOf(board: Stored<KubeObject> | undefined): Readonly<Record<string, string>> {
  const annotations = Object.entries(board?.metadata.annotations ?? {});
  const marks = annotations.filter(([name]) => name.startsWith(PREFIX));
  return Object.fromEntries(marks.map(([name, said]) => [name.slice(PREFIX.length), said]));
}
