import type { ClusterApi } from '../../../deploy/cluster/cluster-api';
import type { Connection, KubeObject } from '../../../kube';
import { type Fault, faultProxy } from '../../../kube/testing-only/fault-proxy';
import type { ScriptedServer, Seen } from '../../../kube/testing-only/scripted-server';
import { type Ground, realGround } from './ground';
import { count, type Place, type Tally } from './place';
import { sets } from './sets';
import { WatchedRelease, WELL } from './watched-release';

export type Objects = readonly KubeObject[];

/** The release of a family, with what it opens on the way. */
export class Scene {
  readonly release: WatchedRelease;
  readonly #open: Array<{ close(): unknown }> = [];
  readonly #sets: Generator<Objects, never>;
  /** The last set that was reached. */
  now: Objects = [];

  constructor(
    readonly place: Place,
    readonly connection: Connection,
    readonly tally: Tally,
    seed: number,
    ground: Ground = realGround(connection),
  ) {
    this.release = new WatchedRelease(ground);
    this.#sets = sets(seed);
  }

  get api(): ClusterApi {
    return this.release.ground.api;
  }

  next(): Objects {
    return this.#sets.next().value;
  }

  async start(): Promise<void> {
    await this.release.ground.write('foreign', { theirs: '1' });
    await this.release.noteForeign('foreign');
    this.now = this.next();
    await this.release.reach(this.now);
  }

  /** The way to the server, on which the call of a number goes wrong, of those that count; 0 for none. */
  async wire(
    kind: (call: number) => Fault,
    deadlineMs: number,
    // Asked before anything is written, many times: a fault there says little.
    counts = ({ path }: Seen) => !path.includes('selfsubjectaccessreviews'),
    /** Whether those after it go wrong too. */
    goesOn = () => false,
  ): Promise<Wire> {
    const { calls: agent, headers } = await this.connection.credentials();
    let [at, calls] = [0, 0];
    let atFault: () => void = () => {};
    const upstream = { url: this.connection.server.href, agent, headers };
    const proxy = await faultProxy(upstream, (seen) => {
      if (!counts(seen)) return { kind: 'none' };
      calls += 1;
      if (calls !== at && !(calls > at && goesOn())) return { kind: 'none' };
      atFault();
      return kind(calls);
    });
    this.#open.push(proxy);
    const { namespace } = this.place;
    return {
      proxy,
      connection: proxy.connect({ namespace, deadlineMs }),
      arm: (call, then = () => {}) => {
        [at, calls, atFault] = [call, 0, then];
      },
      isMet: () => calls >= at,
    };
  }

  /**
   * A run that goes wrong; then one that does not, which reaches the same set.
   *
   * @param isSetAlone false where others have changed what the set says too, so that the first run may leave it so
   */
  async turn(set: Objects, says: Promise<string>, isSetAlone = true): Promise<void> {
    const { release, tally } = this;
    const said = await says;
    const isReached = isSetAlone && said === WELL;
    tally.cases += 1;
    count(tally, said);
    if (isReached) await release.expectReached(set);
    await release.expectNothingLost();
    await release.ground.silence();
    await release.reach(set);
    if (!isReached) await release.settle(set);
    await release.expectStill(set);
    this.now = set;
  }

  async close(): Promise<void> {
    for (const one of this.#open) await one.close();
  }
}

export interface Wire {
  readonly proxy: ScriptedServer;
  readonly connection: Connection;
  /** The call of this number goes wrong, counted from now. */
  arm(call: number, then?: () => void): void;
  isMet(): boolean;
}

/** Goes through the calls of a run, again and again with other sets, until there were so many cases. */
export async function eachCall(
  scene: Scene,
  cases: number,
  step: number,
  one: (call: number, set: Objects) => Promise<boolean>,
): Promise<void> {
  const { tally } = scene;
  for (let call = 1; tally.cases < cases; ) {
    const before = { ...tally, said: { ...tally.said } };
    const set = scene.next();
    await scene.release.begin(set);
    const isMet = await one(call, set);
    if (isMet) {
      call += step;
      continue;
    }
    if (call === 1) throw new Error('a run without a call');
    // The run had fewer calls than that. The next round begins at another one.
    Object.assign(tally, before);
    call = 1 + (tally.cases % step);
  }
}
