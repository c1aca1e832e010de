import { exec } from '../../kube';
import { DirectCommands } from '../../sandbox/commands';
import { contenders } from '../kube/contenders';
import type { Line } from '../synth/plot';
import type { BenchPlace } from './place';
import { progressOf } from './progress';
import { Samples, table, verdict } from './samples';

export const SUPERVISED = 'sandbox, with supervisor';
export const DIRECT = 'sandbox, without';
const BARE = 'bare WebSocket exec';
/** Each of these is a whole process, so fewer of them are enough. */
const KUBECTL = 'kubectl exec';
const KUBECTL_ROUNDS = 50;
/** Cleaning up after one call slows the next, so most calls follow a call of the same kind. */
const IN_A_ROW = 10;
const SIDE_BY_SIDE = [1, 5, 20] as const;

export interface FastResult {
  readonly text: string;
  readonly lines: readonly Line[];
}

type Runs = Readonly<Record<string, () => Promise<unknown>>>;

/** Runs `true` in one claimed sandbox. The ways take turns, so that a busy moment hits all of them. */
export async function fast(place: BenchPlace, rounds: number): Promise<FastResult> {
  const { sandboxes, installation } = place;
  const sandbox = await sandboxes.claim({
    values: installation.run({ cpu: '1', memory: '256Mi' }),
    ttl: 3600,
  });
  const { runs, close } = await waysInto(place, sandbox.podName, async () => {
    (await sandbox.commands.run(['true'])).orThrow();
  });
  const names = Object.keys(runs);
  const roundsOf = (name: string) => (name === KUBECTL ? Math.min(rounds, KUBECTL_ROUNDS) : rounds);
  const single = new Map(names.map((name) => [name, new Samples()]));
  for (const run of Object.values(runs)) for (let index = 0; index < 3; index += 1) await run();
  const turnIsDone = progressOf('turns of commands', Math.ceil(rounds / IN_A_ROW));
  for (let done = 0; done < rounds; done += IN_A_ROW) {
    for (const [name, run] of Object.entries(runs)) {
      const most = Math.min(IN_A_ROW, roundsOf(name) - done);
      for (let index = 0; index < most; index += 1) await single.get(name)!.time(run);
    }
    turnIsDone();
  }
  const beside = await sideBySide(runs, Math.max(3, Math.round(rounds / 100)));
  await close();
  await sandbox.close();
  const p50 = (name: string) => single.get(name)!.quantile(0.5);
  const text = [
    `\`true\` in one claimed sandbox, ${rounds} times each, ${IN_A_ROW} in turn (kubectl: ${roundsOf(KUBECTL)}), ms:`,
    '',
    table(
      [
        '',
        'p50 / p99',
        'against bare',
        ...SIDE_BY_SIDE.slice(1).map((count) => `${count} at once, p50 / p99`),
      ],
      names.map((name) => [
        name,
        single.get(name)!.pair(0.5, 0.99),
        `${(p50(name) / p50(BARE)).toFixed(2)}x`,
        ...SIDE_BY_SIDE.slice(1).map((count) => beside.get(name)!.get(count)!.pair(0.5, 0.99)),
      ]),
    ),
    '',
    verdict('With supervisor, p50', p50(SUPERVISED), 3, ' ms'),
    verdict('Without, p50 against a bare exec', p50(DIRECT) / p50(BARE), 1.1, 'x'),
  ].join('\n');
  const lines = names.map((name) => ({
    name,
    points: SIDE_BY_SIDE.map((count) => [count, beside.get(name)!.get(count)!.quantile(0.5)] as const),
  }));
  return { text, lines };
}

async function waysInto(
  { connection, namespace, cluster, kubectl }: BenchPlace,
  pod: string,
  supervised: () => Promise<void>,
): Promise<{ readonly runs: Runs; close(): Promise<void> }> {
  const target = { kubeconfig: cluster.kubeconfig, namespace, name: '', pod, kubectl };
  const [bare, clientNode, process] = await Promise.all([
    contenders['bare https / ws']!(target),
    contenders['client-node 1.4']!(target),
    contenders['kubectl process']!(target),
  ]);
  const host = { id: pod, fate: async () => undefined, destroy: async () => {} };
  const direct = new DirectCommands((request) => exec(connection, { namespace, pod, ...request }), host);
  return {
    runs: {
      [SUPERVISED]: supervised,
      [DIRECT]: async () => (await direct.run(['true'])).orThrow(),
      [BARE]: () => bare.execTrue(),
      'client-node 1.4 Exec': () => clientNode.execTrue(),
      [KUBECTL]: () => process.execTrue(),
    },
    close: async () => {
      for (const contender of [bare, clientNode, process]) contender.close();
    },
  };
}

/** How long one takes while others do the same. */
async function sideBySide(runs: Runs, rounds: number): Promise<Map<string, Map<number, Samples>>> {
  const all = new Map(
    Object.keys(runs).map((name) => [name, new Map(SIDE_BY_SIDE.map((count) => [count, new Samples()]))]),
  );
  for (const count of SIDE_BY_SIDE) {
    for (let round = 0; round < rounds; round += 1) {
      for (const [name, run] of Object.entries(runs)) {
        if (name === KUBECTL && round >= 3) continue;
        const samples = all.get(name)!.get(count)!;
        await Promise.all(Array.from({ length: count }, () => samples.time(run)));
      }
    }
  }
  return all as Map<string, Map<number, Samples>>;
}
