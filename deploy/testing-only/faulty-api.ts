import { KubeError, type KubeObject } from '../../kube';
import type { ClusterApi } from '../cluster/cluster-api';
import { refusal } from './model-api';

/**
 * What happens at one call. `die`: the process is killed, so that no later call is made; `pause`: it is stopped with this
 * call on its lips, which comes when the process is woken, and none after it, for by then the lock is another's; else
 * this call alone is answered badly, or its answer is lost. Each but a pause before or after the cluster has acted.
 */
export interface Fault {
  /** The number of the call, from 1 on. */
  readonly at: number;
  readonly what: 'die' | 'pause' | 'lost' | 409 | 422 | 429 | 500;
  readonly acted: boolean;
}

/** A process that was killed. */
export class Killed extends Error {}

/** A cluster that is far away: the calls of `fault` go wrong. */
export class FaultyApi {
  calls = 0;
  readonly api: ClusterApi;
  /** The call of a process that is paused; undefined when there is none. */
  late: { readonly isCreation: boolean; say(): Promise<unknown> } | undefined;
  #isDead = false;

  constructor(
    cluster: ClusterApi,
    readonly fault?: Fault,
    readonly beforeCall: (call: number) => void | Promise<void> = () => {},
  ) {
    const through =
      <Args extends unknown[], Answer>(call: (...args: Args) => Promise<Answer>) =>
      (...args: Args): Promise<Answer> =>
        this.#call(() => call(...args));
    this.api = {
      namespace: cluster.namespace,
      now: () => cluster.now(),
      // Asked before anything is written, many times: a fault there says little.
      served: cluster.served,
      schemas: cluster.schemas,
      may: cluster.may,
      // It saves looks, and changes none: those are counted.
      follow: async () => undefined,
      get: through(cluster.get),
      list: through(cluster.list),
      apply: (of, object, how) => this.#call(() => cluster.apply(of, object, how), makesOne(object)),
      create: through(cluster.create),
      change: through(cluster.change),
      remove: through(cluster.remove),
    };
  }

  async #call<Answer>(call: () => Promise<Answer>, isCreation = false): Promise<Answer> {
    if (this.#isDead) throw new Killed();
    this.calls += 1;
    const number = this.calls;
    const meanwhile = this.beforeCall(number);
    if (meanwhile) await meanwhile;
    const { fault } = this;
    if (fault?.at !== number) return call();
    if (fault.what === 'die' || fault.what === 'pause') this.#isDead = true;
    if (fault.what === 'pause') {
      this.late = { isCreation, say: () => call().catch(() => undefined) };
      throw new Killed();
    }
    if (fault.acted) await call().catch(() => undefined);
    if (fault.what === 'die') throw new Killed();
    throw fault.what === 'lost' ? lost() : refusal(fault.what, REASONS[fault.what], 'planted');
  }
}

/** An apply that names no object by its UID makes one where there is none. */
function makesOne({ metadata }: KubeObject): boolean {
  return (metadata as { readonly uid?: string } | undefined)?.uid === undefined;
}

const REASONS = { 409: 'Conflict', 422: 'Invalid', 429: 'TooManyRequests', 500: 'InternalError' } as const;

function lost(): KubeError {
  const facts = { where: 'a call', found: 'no answer', expected: 'one', remedy: 'Look at the object.' };
  return new KubeError('CONNECTION_LOST', facts, { effect: 'unknown' });
}
