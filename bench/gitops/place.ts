import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster } from '../../cluster';
import { type Connection, create, type KubeObject, type Resource, type Store, Stores } from '../../kube';

/** Where both controllers are measured, one after the other. */
export interface Place {
  readonly cluster: Cluster;
  readonly connection: Connection;
  /** For files, which go in the end. */
  readonly folder: string;
  /** How often a controller is to look at what has not changed, in seconds. */
  readonly intervalSeconds: number;
}

const AT_ONCE = 16;

export async function createAll<Kind extends KubeObject>(
  connection: Connection,
  of: Resource<Kind>,
  all: readonly Kind[],
): Promise<void> {
  await each(all, (one) => create(connection, of, one));
}

/** Does it for each, some at once. */
export async function each<One>(all: readonly One[], act: (one: One) => Promise<unknown>): Promise<void> {
  const left = [...all];
  const work = async () => {
    for (let one = left.shift(); one !== undefined; one = left.shift()) await act(one);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

/** The objects of a kind in one namespace, by a watch of this process: to ask again and again would slow down who is measured. */
export function follow<Kind extends KubeObject>(
  { connection }: Place,
  of: Resource<Kind>,
  namespace: string,
): Promise<Store<Kind>> {
  return new Stores(connection).open(of, { namespace }, connection.closing);
}

/** How many are so in the end, and how long it took until all of them were, or until the time was over. */
export interface Waited {
  readonly done: number;
  readonly seconds: number;
  /** How many after how many seconds. */
  readonly curve: readonly (readonly [seconds: number, done: number])[];
}

/** @param began when what is waited for began, by the monotonic clock */
export async function untilAll<Kind extends KubeObject>(
  store: Store<Kind>,
  count: number,
  withinSeconds: number,
  isSo: (object: Kind) => boolean,
  began = performance.now(),
): Promise<Waited> {
  const curve: [number, number][] = [];
  for (;;) {
    const done = store.all().filter(isSo).length;
    const seconds = (performance.now() - began) / 1_000;
    const isOver = done >= count || seconds >= withinSeconds;
    // Over a logarithmic axis.
    if (done > 0 && (isOver || seconds > 1.2 * (curve.at(-1)?.[0] ?? 0))) curve.push([seconds, done]);
    if (isOver) return { done, seconds, curve };
    await sleep(20);
  }
}
