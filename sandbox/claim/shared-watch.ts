import type { KubeError, KubeObject, Stored, Watch } from '../../kube';

/** What is told of one watch, whoever of its readers it concerns. */
export interface SharedReader<Kind extends KubeObject> {
  heard(object: Stored<Kind>, isDeleted: boolean): void;
  /** Everything that is there was told. */
  synced(): void;
  /** Nothing of what was told holds any more: the watch is over. */
  forgotten(): void;
  /** It ended by itself, after it was forgotten; without a reason its connection was closed. */
  ended(why: KubeError | undefined): void;
}

/** A watch that nobody reads stays for a while: who claims one sandbox after the other needs it again at once. */
const LINGER_MS = 5_000;

/** One watch for all who need it, open from the first of them until a while after the last. */
export class SharedWatch<Kind extends KubeObject> {
  #watch: Watch<Kind> | undefined;
  #linger: NodeJS.Timeout | undefined;

  constructor(
    private readonly open: () => Watch<Kind>,
    private readonly reader: SharedReader<Kind>,
  ) {}

  /** Somebody reads. */
  need(): void {
    clearTimeout(this.#linger);
    if (this.#watch) return;
    this.#watch = this.open();
    void this.#read(this.#watch);
  }

  /** Nobody does any more. */
  rest(): void {
    if (!this.#watch) return;
    clearTimeout(this.#linger);
    this.#linger = setTimeout(() => {
      const watching = this.#watch;
      this.#forget();
      watching?.close();
    }, LINGER_MS);
  }

  #forget(): void {
    clearTimeout(this.#linger);
    this.#watch = undefined;
    this.reader.forgotten();
  }

  async #read(watching: Watch<Kind>): Promise<void> {
    let why: KubeError | undefined;
    try {
      for (;;) {
        const { value, done } = await watching.next();
        if (done) break;
        if (value.type === 'synced') this.reader.synced();
        else this.reader.heard(value.object, value.type === 'deleted');
      }
    } catch (error) {
      why = error as KubeError;
    }
    if (this.#watch !== watching) return;
    // Who comes next begins anew: what was refused may be granted by then.
    this.#forget();
    this.reader.ended(why);
  }
}
