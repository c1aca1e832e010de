import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { until } from '../../cluster';
import type { Job } from '../../imports/k8s';
import { Connection, resource, type Stored, watch } from '../../kube';
import { POOL_MARKS } from '../../sandbox/spec';
import { bundled } from '../support/bundled';
import type { ManagerOptions, Told } from './pool-manager';
import type { RuntimeInstallation } from './runtime';

const jobs = resource<Job>('batch/v1', 'Job');

/** What was seen while managers were killed and started again. */
export interface KilledManagers {
  readonly kills: number;
  /** What all managers told, by kind. */
  readonly told: Readonly<Record<Told, number>>;
  /** Sandboxes that two managers were given, or one twice. */
  readonly givenTwice: readonly string[];
  /** Jobs whose owner or claim changed, as a watch saw it. */
  readonly changedHands: readonly string[];
  /** What the callers of managers were told of failures. */
  readonly failures: readonly string[];
  /** Until nothing of a killed manager was left, after the last was killed. */
  readonly emptyAfterMs: number;
}

/** A number from 0 to below 1 at each call, the same for the same seed. */
export function drawn(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

export interface KillOptions {
  readonly managers: number;
  readonly kills: number;
  readonly seed: number;
  readonly warm: number;
  readonly callers: number;
  /** The longest that one lives before it is killed. */
  readonly longestMs: number;
}

/** Managers that share a pool; one after the other is killed at a drawn moment, and another takes its place. */
export async function killManagers(
  installation: RuntimeInstallation,
  { managers, kills, seed, longestMs, ...how }: KillOptions,
): Promise<KilledManagers> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'drydock-managers-'));
  const options: ManagerOptions = {
    template: installation.template,
    namespace: installation.sandboxNamespace,
    kubeconfig: installation.kubeconfig,
    values: installation.run() as ManagerOptions['values'],
    ...how,
  };
  const random = drawn(seed);
  const seen = new Seen();
  const witness = new Witness(installation);
  const program = bundled('test/sandbox-runtime/pool-manager.ts', folder);
  const start = () =>
    seen.follow(
      spawn(process.execPath, [program, JSON.stringify(options)], { stdio: ['ignore', 'pipe', 'inherit'] }),
    );
  const living: ChildProcess[] = [];
  try {
    for (let count = 0; count < managers; count += 1) living.push(start());
    await until(
      'all managers have claimed, and a claim was warm',
      async () => {
        if (seen.claims < managers || seen.result.told.warm === 0)
          throw new Error(JSON.stringify(seen.result));
        return true;
      },
      { withinMs: 400_000 },
    );
    for (let count = 0; count < kills; count += 1) {
      await pause(500 + random() * longestMs);
      await kill(living.splice(Math.floor(random() * living.length), 1)[0]!);
      living.push(start());
    }
    await pause(longestMs);
  } finally {
    await Promise.all(living.map(kill));
    rmSync(folder, { recursive: true, force: true });
  }
  const killedAt = performance.now();
  const sandboxes = installation.sandboxes();
  try {
    await until(
      'nothing of the killed managers is left',
      async () => {
        const left = (await sandboxes.list()).filter(({ state }) => state !== 'finished');
        if (left.length > 0)
          throw new Error(`${left.length} sandboxes: ${left.map(({ id }) => id).join(', ')}`);
        return true;
      },
      { withinMs: 400_000 },
    );
    const emptyAfterMs = Math.round(performance.now() - killedAt);
    await sandboxes.collect();
    return { kills: kills + managers, ...seen.result, changedHands: witness.changedHands, emptyAfterMs };
  } finally {
    witness.close();
    await sandboxes.close();
  }
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null)
    throw new Error(`a manager ended by itself: ${child.exitCode}`);
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

/** What managers tell. */
export class Seen {
  readonly #told: Record<Told, number> = { warm: 0, cold: 0, ran: 0, used: 0, odd: 0, closed: 0, failed: 0 };
  readonly #given = new Set<string>();
  readonly #givenTwice: string[] = [];
  readonly #failures: string[] = [];

  follow(child: ChildProcess): ChildProcess {
    createInterface(child.stdout!).on('line', (line) => {
      const [what, ...rest] = line.split(' ');
      const about = rest.join(' ');
      this.#told[what as Told] += 1;
      if (what === 'failed' || what === 'odd') this.#failures.push(about);
      if (what !== 'warm' && what !== 'cold') return;
      if (this.#given.has(about)) this.#givenTwice.push(about);
      this.#given.add(about);
    });
    return child;
  }

  get claims(): number {
    return this.#given.size;
  }

  get result(): Pick<KilledManagers, 'told' | 'givenTwice' | 'failures'> {
    return { told: this.#told, givenTwice: this.#givenTwice, failures: this.#failures };
  }
}

/** Sees each claim as the API server has it: an owner and a nonce that never change. */
export class Witness {
  readonly changedHands: string[] = [];
  readonly #connection: Connection;
  readonly #owners = new Map<string, string>();

  constructor({ kubeconfig, sandboxNamespace: namespace }: RuntimeInstallation) {
    this.#connection = new Connection({ kubeconfig, namespace });
    void this.#follow(namespace);
  }

  async #follow(namespace: string): Promise<void> {
    for await (const change of watch(this.#connection, jobs, { namespace })) {
      if (change.type !== 'synced') this.#look(change.object);
    }
  }

  #look({ metadata: { uid, name, labels = {} } }: Stored<Job>): void {
    const owner = labels[POOL_MARKS.owner];
    if (owner === undefined) return;
    const claim = `${owner}/${labels[POOL_MARKS.nonce]}`;
    const before = this.#owners.get(uid) ?? claim;
    if (before !== claim) this.changedHands.push(`${name}: ${before}, then ${claim}`);
    this.#owners.set(uid, before);
  }

  close(): void {
    this.#connection.close();
  }
}
