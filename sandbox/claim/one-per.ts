import type { Connection } from '../../kube';

/** What all share that use a connection for the same, made when it is first asked for. */
export class OnePer<Shared> {
  readonly #known = new WeakMap<Connection, Map<string, Shared>>();

  of(connection: Connection, key: string, make: () => Shared): Shared {
    const all = this.#known.get(connection) ?? new Map<string, Shared>();
    this.#known.set(connection, all);
    const one = all.get(key) ?? make();
    all.set(key, one);
    return one;
  }
}
