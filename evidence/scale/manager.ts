import { readFileSync } from 'node:fs';
import type { JsonObject } from '../../core/template';
import type { KubeEvent } from '../../kube';
import { type Sandbox, Sandboxes } from '../../sandbox';

/**
 * The program whose memory and processor time are measured: it has sandboxes and nothing else. A process of its own,
 * which is told over its channel what to do.
 */
export interface Setup {
  readonly template: string;
  readonly namespace: string;
  readonly kubeconfig: string;
  readonly values: JsonObject;
}

export type Order =
  | { readonly do: 'grow'; readonly to: number; readonly parallel: number; readonly withinMs: number }
  | { readonly do: 'close' }
  | { readonly do: 'rest'; readonly ms: number };

export interface Grown {
  readonly sandboxes: number;
  readonly ms: number;
  readonly claimMs: readonly number[];
  readonly failures: readonly string[];
  /** Requests of this program since its start, by what was asked. */
  readonly calls: Readonly<Record<string, number>>;
}

export interface Rested {
  readonly cpuShare: number;
  readonly residentBytes: number;
  readonly heapBytes: number;
}

const calls: Record<string, number> = {};
const claimed: Sandbox[] = [];

function count(event: KubeEvent): void {
  const add = (what: string, times = 1) => {
    calls[what] = (calls[what] ?? 0) + times;
  };
  if (event.type === 'call') add(`${event.method} ${event.resource}`, event.attempts);
  if (event.type === 'watch' && event.what === 'watching') add(`WATCH ${event.resource}`);
  if (event.type === 'stream' && event.what === 'opened') add(`STREAM ${event.resource}`);
}

async function grow(
  sandboxes: Sandboxes,
  values: JsonObject,
  order: Extract<Order, { do: 'grow' }>,
): Promise<Grown> {
  const began = performance.now();
  const claimMs: number[] = [];
  const failures: string[] = [];
  let missing = order.to - claimed.length;
  const claimOneByOne = async () => {
    while (missing > 0 && performance.now() - began < order.withinMs) {
      missing -= 1;
      const started = performance.now();
      try {
        const sandbox = await sandboxes.claim({ values, ttl: 3600 });
        const { stdout } = await sandbox.commands.run(['echo', 'hello']);
        if (stdout.text !== 'hello\n') throw new Error(`printed ${JSON.stringify(stdout.text)}`);
        claimMs.push(performance.now() - started);
        claimed.push(sandbox);
      } catch (error) {
        failures.push((error as Error).message);
      }
    }
  };
  await Promise.all(Array.from({ length: order.parallel }, claimOneByOne));
  const ms = performance.now() - began;
  return { sandboxes: claimed.length, ms, claimMs, failures, calls };
}

async function rest(ms: number): Promise<Rested> {
  // What the garbage collector has not found yet is no need of an idle program.
  globalThis.gc?.();
  const [before, began] = [process.cpuUsage(), performance.now()];
  await new Promise((resolve) => setTimeout(resolve, ms));
  const { user, system } = process.cpuUsage(before);
  const { rss, heapUsed } = process.memoryUsage();
  return {
    cpuShare: (user + system) / 1000 / (performance.now() - began),
    residentBytes: rss,
    heapBytes: heapUsed,
  };
}

function main(file: string): void {
  const { values, ...options } = JSON.parse(readFileSync(file, 'utf8')) as Setup;
  const sandboxes = new Sandboxes({ ...options, startTimeoutMs: 120_000, hooks: { onEvent: count } });
  const obey = async (order: Order): Promise<unknown> => {
    if (order.do === 'grow') return grow(sandboxes, values, order);
    if (order.do === 'rest') return rest(order.ms);
    await Promise.all(claimed.splice(0).map((sandbox) => sandbox.close()));
    return { calls };
  };
  process.on('message', (order: Order) => {
    void obey(order).then(
      (answer) => process.send!({ answer }),
      (error) => process.send!({ error: String(error) }),
    );
  });
  process.on('disconnect', () => process.exit(0));
}

main(process.argv[2]!);
