import { pause } from '../../../kube';
import type { Fault } from './faults';
import type { Ground } from './ground';
import { BREACHES, type Breach } from './witness';

/** What became of all injections of a fault. */
export interface Row {
  readonly fault: string;
  readonly injections: number;
  /** By what an Application said, in how many injections of how many Applications. */
  readonly said: ReadonlyMap<string, number>;
  /** Seconds until each Application that has to tell has told. */
  readonly told: readonly number[];
  /** Seconds from the end of the fault until all are well. */
  readonly well: readonly number[];
  readonly breaches: Readonly<Record<Breach, number>>;
  readonly found: readonly string[];
}

/** For what is never told, not for what is slow on a busy machine. */
const TOLD_MS = 120_000;

export async function runFault(ground: Ground, fault: Fault, injections = fault.injections): Promise<Row> {
  const said = new Map<string, number>();
  const told: number[] = [];
  const well: number[] = [];
  ground.witness.found.clear();
  for (let nth = 0; nth < injections; nth += 1) {
    const { witness } = ground;
    witness.listen();
    const from = performance.now();
    const { end, after } = await fault.begin(ground, nth);
    const tellers = ground.apps.filter(fault.tells);
    const deadline = from + TOLD_MS;
    while (witness.found.size === 0 && tellers.some((one) => witness.unusual(one).length === 0)) {
      if (performance.now() > deadline)
        throw new Error(`${fault.name}: not told. ${ground.controllers.said}`);
      await pause(20);
    }
    await pause(Math.max(0, (fault.lastsMs ?? 0) - (performance.now() - from)));
    for (const one of tellers) told.push(((witness.unusual(one)[0]?.[1] ?? from) - from) / 1_000);
    await end?.();
    well.push(await ground.untilWell());
    for (const one of ground.apps)
      for (const [reason] of witness.unusual(one)) said.set(reason, (said.get(reason) ?? 0) + 1);
    await witness.expectWhole();
    await after?.();
    if (after) await witness.expectWhole();
  }
  const breaches = Object.fromEntries(
    BREACHES.map((kind) => [kind, [...ground.witness.found.values()].filter((one) => one === kind).length]),
  ) as Record<Breach, number>;
  return {
    fault: fault.name,
    ...{ injections, said, told, well, breaches, found: [...ground.witness.found.keys()] },
  };
}
