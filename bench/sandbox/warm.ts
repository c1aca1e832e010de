import { setTimeout as sleep } from 'node:timers/promises';
import type { JsonObject } from '../../core/template';
import type { Job } from '../../imports/k8s';
import { patch, resource } from '../../kube';
import { readTemplate, type Sandbox, type Sandboxes } from '../../sandbox';
import type { Line } from '../synth/plot';
import { rawTarget } from './cold';
import type { BenchPlace } from './place';
import { progressOf } from './progress';
import { RawJobs } from './raw-job';
import { Samples, table, verdict } from './samples';

const jobs = resource<Job>('batch/v1', 'Job');
const WARM = 'warm claim, and a first command';
const COLD = 'cold claim, and a first command';
const FLOOR = 'floor: a patch of the Job, and a command';
const NAMES = [WARM, FLOOR, COLD] as const;
const TTL = 600;
const FILL_MS = 900_000;
const REST_MS = 1_000;
/** At least so many for a number: they are slow. */
const COLD_CLAIMS = 5;

/** Each fits on a node with two cores, where the pool and the cold ones beside it wait for each other. */
const SETTINGS = [
  { count: 1, warm: 5, cpu: '150m', share: 2.5 },
  { count: 20, warm: 20, cpu: '45m', share: 0.1 },
  { count: 50, warm: 50, cpu: '30m', share: 0.05 },
] as const;

export interface WarmResult {
  readonly text: string;
  readonly lines: readonly Line[];
}

interface Times {
  readonly firstByte: Readonly<Record<string, Samples>>;
  readonly rounds: number;
  /** Claims that were to be warm, and were. */
  warm: number;
  /** From none to all of them warm, and the same number of raw Jobs until each has printed, in ms. */
  readonly filledMs: number;
  rawMs: number;
}

/** A claim from a pool, from the call to the first byte of a command, beside what it cannot be faster than. */
export async function warm(place: BenchPlace, rounds: number): Promise<WarmResult> {
  const all: Times[] = [];
  for (const setting of SETTINGS)
    all.push(await measured(place, setting, Math.max(2, Math.round(rounds * setting.share))));
  const columns = SETTINGS.map(({ count }) => (count === 1 ? 'one at a time' : `${count} at once`));
  const text = [
    'From the call to the first byte of output, ms, p50 / p95 / p99. The floor is a JSON patch of a Job by the same program, then `true` over a stream that is open.',
    'The pool is full before each round, and has been for a second: what has just started still takes of the node. Cold claims are made in the same run, with the pool closed:',
    '',
    table(
      ['', ...columns],
      [
        ...NAMES.map((name) => [name, ...all.map(({ firstByte }) => threeOf(firstByte[name]!))]),
        ['rounds', ...all.map(({ rounds: made }) => made)],
        [
          'claims that were warm',
          ...all.map(({ warm: found, firstByte }) => `${found} of ${firstByte[WARM]!.count}`),
        ],
        [
          'pool filled from nothing, a second',
          ...all.map(({ filledMs }, at) => rate(SETTINGS[at]!.warm, filledMs)),
        ],
        [
          'raw Jobs until they print, a second',
          ...all.map(({ rawMs }, at) => rate(SETTINGS[at]!.warm, rawMs)),
        ],
      ],
    ),
    '',
    ...verdicts(all),
    '',
    'agent-sandbox, built here and measured in one run with ours, is [a page of its own](evidence/agent-sandbox.md). Of others, as they publish it: agent-sandbox, measured on a machine like this in August 2026, first byte 137 / 215 ms (p50 / p95) alone, and 92 / 182 ms (p50 / p90) at 45 claims a second on twelve nodes (its #1251);',
    'medians to a first command, ComputeSDK, July 2026: Daytona 140, E2B 370, Vercel 390, Modal 470, Cloudflare 1,760 ms.',
  ].join('\n');
  const lines = NAMES.map((name) => ({
    name,
    points: SETTINGS.map(({ count }, at) => [count, all[at]!.firstByte[name]!.quantile(0.5)] as const),
  }));
  return { text, lines };
}

function verdicts([alone, twenty, fifty]: readonly Times[]): string[] {
  const at = (times: Times | undefined, name: string, quantile: number) =>
    times!.firstByte[name]!.quantile(quantile);
  return [
    verdict('Alone, p50', at(alone, WARM, 0.5), 12, ' ms'),
    verdict('Alone, p99', at(alone, WARM, 0.99), 40, ' ms'),
    verdict('20 at once against the floor, p50', at(twenty, WARM, 0.5) / at(twenty, FLOOR, 0.5), 2, 'x'),
    verdict('50 at once, p50', at(fifty, WARM, 0.5), 200, ' ms'),
    `- Pool of 20 filled at ${(twenty!.rawMs / twenty!.filledMs).toFixed(2)}x the rate of raw Jobs, target 0.9x.`,
  ];
}

const threeOf = (samples: Samples) =>
  [0.5, 0.95, 0.99].map((at) => samples.quantile(at).toFixed(1)).join(' / ');
const rate = (count: number, ms: number) => ((count / ms) * 1000).toFixed(2);

async function measured(
  place: BenchPlace,
  { count, warm: share, cpu }: (typeof SETTINGS)[number],
  rounds: number,
): Promise<Times> {
  const values = place.installation.run({ cpu, memory: '32Mi' });
  const rawMs = await rawRate(place, values, share);
  const pooled = place.installation.sandboxes({ pool: { warm: share, values } });
  try {
    const began = performance.now();
    await pooled.warmUp(FILL_MS);
    const filledMs = performance.now() - began;
    const firstByte = Object.fromEntries(NAMES.map((name) => [name, new Samples()]));
    const times: Times = { firstByte, rounds, warm: 0, filledMs, rawMs };
    const roundIsDone = progressOf(`rounds of warm claims, ${count} at once`, rounds);
    for (let round = 0; round < rounds; round += 1) {
      await pooled.warmUp(FILL_MS);
      await sleep(REST_MS);
      const sandboxes = await claims(pooled, values, count, firstByte[WARM]!);
      times.warm += sandboxes.filter(({ info }) => info.way === 'warm').length;
      await Promise.all(sandboxes.map((sandbox) => firstByte[FLOOR]!.time(() => floor(place, sandbox))));
      await Promise.all(sandboxes.map((sandbox) => sandbox.close({ wait: true })));
      roundIsDone();
    }
    await pooled.close();
    await untilNoPod(place);
    for (let made = 0; made < Math.max(count, COLD_CLAIMS); made += count) {
      const cold = await claims(place.sandboxes, values, count, firstByte[COLD]!);
      await Promise.all(cold.map((sandbox) => sandbox.close({ wait: true })));
    }
    return times;
  } finally {
    await pooled.close();
  }
}

function claims(from: Sandboxes, values: JsonObject, count: number, into: Samples): Promise<Sandbox[]> {
  return Promise.all(
    Array.from({ length: count }, () =>
      into.time(async () => {
        const sandbox = await from.claim({ values, ttl: TTL });
        (await sandbox.commands.run(['true'])).orThrow();
        return sandbox;
      }),
    ),
  );
}

async function floor({ connection, namespace }: BenchPlace, sandbox: Sandbox): Promise<void> {
  const json = [{ op: 'replace', path: '/spec/activeDeadlineSeconds', value: TTL + 1 }] as const;
  await patch(connection, jobs, { namespace, name: sandbox.id }, { json });
  (await sandbox.commands.run(['true'])).orThrow();
}

/** As many Jobs of the same template with nothing of the runtime, from the first POST until each has printed. */
async function rawRate(place: BenchPlace, values: JsonObject, count: number): Promise<number> {
  const raw = new RawJobs(rawTarget(place.cluster, place.namespace));
  const names = Array.from({ length: count }, (_, index) => `raw-${count}-${index}`);
  const template = readTemplate(place.installation.template);
  const command = ['sh', '-c', 'echo ready; exec sleep 600'];
  const began = performance.now();
  await Promise.all(
    names.map((name) => raw.untilFirstByte(template.job({ ...values, name, command, deadlineSeconds: TTL }))),
  );
  const ms = performance.now() - began;
  await Promise.all(names.map((name) => raw.remove(name)));
  await untilNoPod(place);
  raw.close();
  return ms;
}

/** What is ending takes of the node until it is gone. */
async function untilNoPod({ cluster, namespace }: BenchPlace): Promise<void> {
  await cluster.kubectl(['-n', namespace, 'wait', '--for=delete', 'pod', '--all', '--timeout=300s']);
}
