import { spawn } from 'node:child_process';
import type { ClusterApi, Live } from '../../../deploy/cluster/cluster-api';
import { kubeApi } from '../../../deploy/cluster/kube-api';
import { collect } from '../../../deploy/objects/collect';
import { applySet } from '../../../deploy/run/apply-set';
import { type Fault, FaultyApi } from '../../../deploy/testing-only/faulty-api';
import { Connection, type KubeObject, pause } from '../../../kube';
import type { Fault as WireFault } from '../../../kube/testing-only/fault-proxy';
import type { Seen } from '../../../kube/testing-only/scripted-server';
import { configMaps } from './ground';
import { count, newTally, type Place, type Tally } from './place';
import { eachCall, type Objects, Scene } from './scene';
import { Breach, everything, type WatchedRelease, WELL } from './watched-release';

const CODES = [409, 422, 429, 500] as const;

/** In this process: the calls of `FaultyApi`. */
async function faultyCalls(scene: Scene, cases: number, faultAt: (call: number) => Fault): Promise<void> {
  await eachCall(scene, cases, 2, async (call, set) => {
    const fault = faultAt(call);
    const faulty = new FaultyApi(scene.api, fault);
    // One that was killed says nothing more, whatever its code would have made of it.
    const says = scene.release
      .says(faulty.api, set)
      .then((said) => (fault.what === 'die' && said !== WELL ? 'killed' : said));
    await scene.turn(set, says);
    return faulty.calls >= call;
  });
}

async function killed(scene: Scene, cases: number): Promise<void> {
  await faultyCalls(scene, cases, (at) => ({ at, what: 'die', acted: scene.tally.cases % 2 === 0 }));
}

async function answeredBadly(scene: Scene, cases: number): Promise<void> {
  await faultyCalls(scene, cases, (at) => {
    const { cases: number } = scene.tally;
    return { at, what: CODES[number % CODES.length]!, acted: number % 8 < 4 };
  });
}

/** On the wire, below all that `kube/` does about it. */
async function onTheWire(
  scene: Scene,
  cases: number,
  step: number,
  kind: (call: number) => WireFault,
): Promise<void> {
  const wire = await scene.wire(kind, 1_500);
  const { may, served } = scene.api;
  const api = { ...kubeApi(wire.connection), may, served };
  await eachCall(scene, cases, step, async (call, set) => {
    wire.arm(call);
    await scene.turn(set, scene.release.says(api, set));
    return wire.isMet();
  });
}

/** The watch by which a run waits is refused, or ends on its way: once, or as often as it is opened. */
const ENDS: readonly WireFault[] = [
  { kind: 'status', code: 410 },
  { kind: 'expired', after: 0 },
  { kind: 'expired', after: 1 },
  { kind: 'end', after: 1 },
  { kind: 'cut', after: 1 },
];

async function watchExpired(scene: Scene, cases: number): Promise<void> {
  const { release, tally } = scene;
  const [isAlways, end] = [() => tally.cases % 2 === 1, () => ENDS[tally.cases % ENDS.length]!];
  const isWatch = ({ query }: Seen) => query.has('watch');
  const wire = await scene.wire(end, 5_000, isWatch, isAlways);
  const { may, served } = scene.api;
  const api = { ...kubeApi(wire.connection), may, served };
  while (tally.cases < cases) {
    const set = [...scene.next(), awaited(tally.cases)];
    await release.begin(set);
    wire.arm(1);
    const said = await release.says(api, set);
    // A watch only saves looks: without one a run goes as well.
    if (said !== WELL) throw new Breach('unreached', `a run whose watch has ended said ${said}`);
    await scene.turn(set, Promise.resolve(said));
    if (!wire.isMet()) throw new Error('a run that watched nothing');
  }
}

/** Has to be waited for, in each set: a controller has yet to see that it is another one. */
function awaited(number: number): KubeObject & { readonly spec: object } {
  const labels = { app: 'awaited' };
  const containers = [{ name: 'main', image: 'localhost/none:0' }];
  return {
    ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'awaited' } },
    spec: {
      ...{ replicas: 0, minReadySeconds: number + 1, selector: { matchLabels: labels } },
      template: { metadata: { labels }, spec: { containers } },
    },
  };
}

/** A process of its own, killed when the server is about to hear its call, or has heard it and has not answered. */
async function processKilled(scene: Scene, cases: number): Promise<void> {
  const { program, namespace } = scene.place;
  const wire = await scene.wire(
    (call) => (call % 2 === 0 ? { kind: 'half-open', after: 0 } : { kind: 'status', code: 500 }),
    60_000,
  );
  await eachCall(scene, cases, 3, async (call, set) => {
    const child = spawn(
      process.execPath,
      [program, JSON.stringify({ url: wire.proxy.url, namespace, set })],
      {
        stdio: ['ignore', 'ignore', 'inherit'],
      },
    );
    const ended = new Promise<string>((resolve, reject) => {
      child.on('error', reject);
      child.on('exit', (code, signal) => resolve(signal ? 'killed' : code === 0 ? WELL : 'failed'));
    });
    wire.arm(call, () => child.kill('SIGKILL'));
    await scene.turn(set, ended);
    return wire.isMet();
  });
}

/** Calls that the server hears only after their caller has given up: they come late, or never. */
async function serverPaused(scene: Scene, cases: number): Promise<void> {
  const { server, namespace, kubeconfig } = scene.place;
  const hasty = new Connection({ kubeconfig, namespace, deadlineMs: 700 });
  // The answers are those of the patient one.
  const { may, served } = scene.api;
  try {
    await eachCall(scene, cases, 3, async (call, set) => {
      let resumed: Promise<void> | undefined;
      const faulty = new FaultyApi({ ...kubeApi(hasty), may, served }, undefined, async (number) => {
        if (number !== call) return;
        await server.pause();
        resumed = pause(1_500).then(() => server.resume());
      });
      const says = scene.release.says(faulty.api, set).then(async (said) => {
        await resumed;
        // What lies in its sockets is heard now.
        await pause(300);
        return said;
      });
      await scene.turn(set, says);
      return faulty.calls >= call;
    });
  } finally {
    hasty.close();
  }
}

async function serverRestarted(scene: Scene, cases: number): Promise<void> {
  const { server } = scene.place;
  await eachCall(scene, cases, 4, async (call, set) => {
    let restarted: Promise<void> | undefined;
    const faulty = new FaultyApi(scene.api, undefined, (number) => {
      if (number === call) restarted = server.restart();
    });
    const says = scene.release.says(faulty.api, set).then(async (well) => {
      await restarted;
      return well;
    });
    await scene.turn(set, says);
    return faulty.calls >= call;
  });
}

/** What somebody else does to a ConfigMap in the middle of a run is not undone by that run. */
async function othersAtWork(scene: Scene, cases: number): Promise<void> {
  const { release } = scene;
  const { ground } = release;
  const polite = { ...everything, adopt: false, forceConflicts: false };
  await eachCall(scene, cases, 2, async (call, set) => {
    const target = targetOf(scene.now, set, scene.tally.cases);
    const touched = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: target.name } };
    await release.begin(set, [touched]);
    let theirs: Live | undefined;
    const faulty = new FaultyApi(scene.api, undefined, async (number) => {
      if (number !== call) return;
      if (target.what === 'replace') await ground.drop(target.name);
      theirs = await ground.write(target.name, target.data);
    });
    const said = await release.says(faulty.api, set, polite);
    if (theirs) await expectTheirs(scene, target, theirs);
    // Their change is no part of the set: what it says is asked of the next run.
    await scene.turn(set, Promise.resolve(said), false);
    if (theirs && !configMapsIn(set).includes(target.name)) {
      await expectTheirs(scene, target, theirs);
      await ground.drop(target.name);
    }
    return theirs !== undefined;
  });
}

interface Target {
  readonly what: 'replace' | 'edit' | 'make';
  readonly name: string;
  readonly data: Readonly<Record<string, string>>;
}

/** What others may do between two sets, one after the other. */
function targetOf(before: Objects, after: Objects, number: number): Target {
  const [old, wanted] = [configMapsIn(before), configMapsIn(after)];
  const replaced = old.map((name): Target => ({ what: 'replace', name, data: { theirs: '1' } }));
  const edited = old
    .filter((name) => wanted.includes(name))
    .map((name): Target => ({ what: 'edit', name, data: { value: 'theirs' } }));
  const data: Target['data'] = number % 2 ? { theirs: '1' } : { value: 'theirs' };
  const made = wanted
    .filter((name) => !old.includes(name))
    .map((name): Target => ({ what: 'make', name, data }));
  const all = [...replaced, ...edited, ...made];
  return all[number % Math.max(1, all.length)] ?? { what: 'make', name: 'other', data };
}

function configMapsIn(set: Objects): string[] {
  return set.filter(({ kind }) => kind === 'ConfigMap').map(({ metadata }) => metadata?.name ?? '');
}

async function expectTheirs(scene: Scene, { what, name, data }: Target, theirs: Live): Promise<void> {
  const { namespace } = scene.place;
  const now = await scene.api.get(configMaps, { namespace, name });
  const has = (now?.data ?? {}) as Readonly<Record<string, string>>;
  const isThere = Object.entries(data).every(([key, value]) => has[key] === value);
  if (now?.metadata.uid === theirs.metadata.uid && isThere) return;
  throw new Breach(
    'touched',
    `ConfigMap ${name}, ${what} by somebody else in the middle of a run, was ${now ? 'overwritten' : 'deleted'}`,
  );
}

/** Two runs with different sets at once: one waits, both say that all went well, and the end is one of the two sets. */
async function twoAtOnce(scene: Scene, cases: number): Promise<void> {
  const { release, place, tally } = scene;
  const other = new Connection({ kubeconfig: place.kubeconfig, namespace: place.namespace });
  const { may, served } = scene.api;
  const others = { ...kubeApi(other), may, served };
  try {
    await eachCall(scene, cases, 3, async (call, set) => {
      const second = scene.next();
      await release.begin(set, second);
      let started: Promise<Error | undefined> | undefined;
      const faulty = new FaultyApi(scene.api, undefined, (number) => {
        if (number === call) started = failureOf(release, others, second);
      });
      const failure = (await failureOf(release, faulty.api, set)) ?? (await started);
      if (failure) throw new Breach('unreached', `of two runs one was disturbed: ${failure.message}`);
      tally.cases += 1;
      // Both of them.
      count(tally, WELL);
      count(tally, WELL);
      await release.expectNothingLost();
      const isEither = await Promise.any([release.expectReached(set), release.expectReached(second)]).then(
        () => true,
        () => false,
      );
      if (!isEither) throw new Breach('unreached', 'the end is a mixture of two sets');
      return started !== undefined;
    });
  } finally {
    other.close();
  }
}

function failureOf(release: WatchedRelease, api: ClusterApi, set: Objects): Promise<Error | undefined> {
  return applySet(release.engine(api, 60_000), collect(set), everything).then(
    () => undefined,
    (error: Error) => error,
  );
}

/** A run that sleeps with a call on its lips, which comes when another has taken over and is done. */
async function asleep(scene: Scene, cases: number): Promise<void> {
  const { release, tally } = scene;
  await eachCall(scene, cases, 2, async (call, tried) => {
    const faulty = new FaultyApi(scene.api, { at: call, what: 'pause', acted: false });
    const said = await release.says(faulty.api, tried);
    if (!faulty.late) return false;
    // What it heard when it was asleep it could not say.
    count(tally, said === WELL ? WELL : 'asleep');
    await release.ground.silence();
    const set = scene.next();
    await release.begin(set);
    await release.reach(set);
    await faulty.late.say();
    await release.ground.silence();
    await release.expectNothingLost();
    // A server takes no condition that an object must not be there: what is made late is put right by the next run.
    if (!faulty.late.isCreation) await release.expectEach(set);
    tally.cases += 1;
    await release.settle(set);
    await release.settle(set);
    await release.expectReached(set);
    await release.expectStill(set);
    return true;
  });
}

/** What goes wrong, and how it is brought about. */
export const families = {
  killed,
  processKilled,
  answerLost: (scene: Scene, cases: number) => onTheWire(scene, cases, 2, () => ({ kind: 'cut', after: 0 })),
  silent: (scene: Scene, cases: number) =>
    onTheWire(scene, cases, 5, () => ({ kind: 'half-open', after: 0 })),
  answeredBadly,
  watchExpired,
  serverPaused,
  serverRestarted,
  othersAtWork,
  twoAtOnce,
  asleep,
} as const;

export type FamilyName = keyof typeof families;

/** So many runs with faults of one kind. Throws a Breach at the first thing that a deployer must never do. */
export async function runFamily(
  name: FamilyName,
  place: Place,
  cases: number,
  seed: number,
  tally: Tally = newTally(),
): Promise<Tally> {
  const { kubeconfig, namespace } = place;
  const connection = new Connection({ kubeconfig, namespace });
  const scene = new Scene(place, connection, tally, seed);
  try {
    await scene.start();
    await families[name](scene, cases);
    return tally;
  } finally {
    await scene.close();
    connection.close();
  }
}
