import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { Cluster } from '../../cluster';
import type { JsonObject } from '../../core/template';
import { readTemplate } from '../../sandbox';
import type { Line } from '../synth/plot';
import type { BenchPlace } from './place';
import { progressOf } from './progress';
import { RawJobs, type RawTarget } from './raw-job';
import { Samples, table, verdict } from './samples';

const JOB = 'one-shot Job';
const RAW = 'the same Job, raw';
const CLAIM = 'claim, and a first command';
const NAMES = [JOB, RAW, CLAIM] as const;
const SIDE_BY_SIDE = [1, 5, 20] as const;
/** Prints first and lives on for a moment, as a program with work to do would. */
const COMMAND = ['sh', '-c', 'echo ready; exec sleep 5'];
const TTL = 600;
/** Starting the runtime counts against this limit: with less, only that start would be measured. */
const ALONE = '500m';
/** Twenty must fit on a node with two cores. */
const AMONG_OTHERS = '90m';

export interface ColdResult {
  readonly text: string;
  readonly lines: readonly Line[];
}

/** From nothing to the first byte. The ways take turns, so that a busy moment hits all of them. */
export async function cold(place: BenchPlace, rounds: number): Promise<ColdResult> {
  const bench = new ColdBench(place);
  await bench.measure(1, 1, ALONE);
  const alone = await bench.measure(1, rounds, ALONE);
  const beside: Times[] = [];
  for (const count of SIDE_BY_SIDE)
    beside.push(await bench.measure(count, Math.max(1, Math.round(rounds / 20)), AMONG_OTHERS));
  bench.close();
  const several = beside.slice(1);
  const columns = SIDE_BY_SIDE.slice(1).map((count) => `${count} at once`);
  const against = ({ firstByte }: Times, name: string) =>
    firstByte[name]!.quantile(0.5) / firstByte[RAW]!.quantile(0.5);
  const text = [
    `From the call to the first byte of output, image present, ${rounds} times each in turn with half a core (those at once with ${AMONG_OTHERS}), ms, p50 / p95, and p50 against the raw Job:`,
    '',
    table(
      ['', 'one at a time', ...columns],
      NAMES.map((name) => [
        name,
        ...[alone, ...several].map(
          (times) => `${times.firstByte[name]!.pair(0.5, 0.95, 0)} (${against(times, name).toFixed(2)}x)`,
        ),
      ]),
    ),
    '',
    verdict('A one-shot Job against the raw one, p50', against(alone, JOB), 1.15, 'x'),
    '',
    'The longest of all, in seconds. The specification says what one may take; how long twenty take on two cores is mostly how long',
    'twenty raw pods take there:',
    '',
    table(
      ['', 'one at a time', ...columns, 'specification'],
      SPECIFIED.map(({ what, of, target }) => [
        what,
        ...[alone, ...several].map((times) => longest(of(times))),
        target,
      ]),
    ),
    '',
    ...SPECIFIED.map(({ what, of, target }) => verdict(what, of(alone).most / 1000, target, ' s')),
  ].join('\n');
  const lines = NAMES.map((name) => ({
    name,
    points: SIDE_BY_SIDE.map((count, at) => [count, beside[at]!.firstByte[name]!.quantile(0.5)] as const),
  }));
  return { text, lines };
}

/** The measurements for one number of starts at once. */
class Times {
  readonly firstByte: Readonly<Record<string, Samples>> = Object.fromEntries(
    NAMES.map((name) => [name, new Samples()]),
  );
  readonly claim = new Samples();
  readonly command = new Samples();
  readonly cleanup = new Samples();
}

const SPECIFIED: readonly {
  readonly what: string;
  readonly of: (times: Times) => Samples;
  readonly target: number;
}[] = [
  { what: 'Spawn, until it takes commands', of: ({ claim }) => claim, target: 10 },
  { what: 'First command on a new sandbox', of: ({ command }) => command, target: 2 },
  { what: 'Cleanup, until no pod is there', of: ({ cleanup }) => cleanup, target: 5 },
  { what: 'Pod start, raw', of: ({ firstByte }) => firstByte[RAW]!, target: 30 },
];

function longest(samples: Samples): string {
  return (samples.most / 1000).toFixed(2);
}

class ColdBench {
  readonly #raw: RawJobs;
  #count = 0;

  constructor(private readonly place: BenchPlace) {
    this.#raw = new RawJobs(rawTarget(place.cluster, place.namespace));
  }

  /** Starts this many at once, round after round. */
  async measure(count: number, rounds: number, cpu: string): Promise<Times> {
    const times = new Times();
    const values = this.place.installation.run({ cpu, memory: '32Mi' });
    const roundIsDone = progressOf(`rounds of cold starts, ${count} at once`, rounds);
    for (let round = 0; round < rounds; round += 1) {
      for (const act of [this.#job, this.#rawJob, this.#claim]) {
        await Promise.all(Array.from({ length: count }, () => act.call(this, values, times)));
      }
      roundIsDone();
    }
    return times;
  }

  close(): void {
    this.#raw.close();
  }

  async #job(values: JsonObject, { firstByte }: Times): Promise<void> {
    const job = await firstByte[JOB]!.time(async () => {
      const started = await this.place.sandboxes.job({ values, command: COMMAND, ttl: TTL });
      for await (const _ of started.log) break;
      return started;
    });
    await job.close();
    await this.#gone(job.id);
  }

  async #rawJob(values: JsonObject, { firstByte }: Times): Promise<void> {
    this.#count += 1;
    const name = `raw-${this.#count}`;
    const job = readTemplate(this.place.installation.template).job({
      ...values,
      name,
      command: COMMAND,
      deadlineSeconds: TTL,
    });
    await firstByte[RAW]!.time(() => this.#raw.untilFirstByte(job));
    await this.#raw.remove(name);
    await this.#gone(name);
  }

  async #claim(values: JsonObject, { firstByte, claim, command, cleanup }: Times): Promise<void> {
    const sandbox = await firstByte[CLAIM]!.time(async () => {
      const claimed = await claim.time(() => this.place.sandboxes.claim({ values, ttl: TTL }));
      const { stdout } = await command.time(() => claimed.commands.run(['echo', 'ready']));
      if (stdout.text !== 'ready\n') throw new Error(`a command said ${stdout.text}`);
      return claimed;
    });
    await cleanup.time(() => sandbox.close({ wait: true }));
  }

  /** Waits, so that nothing of one is still under way while the next is measured. */
  async #gone(job: string): Promise<void> {
    const { cluster, namespace } = this.place;
    const wait = ['wait', '--for=delete', 'pod', '-l', `job-name=${job}`, '--timeout=60s'];
    await cluster.kubectl(['-n', namespace, ...wait]);
  }
}

export function rawTarget({ kubeconfig }: Cluster, namespace: string): RawTarget {
  const { clusters, users } = parse(readFileSync(kubeconfig, 'utf8'));
  const { cluster } = clusters[0];
  const { user } = users[0];
  const bytes = (data: string | undefined, file: string) =>
    data ? Buffer.from(data, 'base64') : readFileSync(file);
  return {
    server: cluster.server,
    ca: bytes(cluster['certificate-authority-data'], cluster['certificate-authority']),
    cert: bytes(user['client-certificate-data'], user['client-certificate']),
    key: bytes(user['client-key-data'], user['client-key']),
    namespace,
  };
}
