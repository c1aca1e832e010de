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
const SIDE_BY_SIDE = [1, 5, 20] as const;
/** It prints, and lives a little longer, as a program does that has work to do. */
const COMMAND = ['sh', '-c', 'echo ready; exec sleep 5'];
const TTL = 600;

export interface ColdResult {
  readonly text: string;
  readonly lines: readonly Line[];
}

/** From nothing to the first byte: in turn, so that a busy moment meets all of them. */
export async function cold(place: BenchPlace, rounds: number): Promise<ColdResult> {
  const bench = new ColdBench(place);
  const single = new Map([JOB, RAW, CLAIM].map((name) => [name, new Samples()]));
  await bench.warmUp();
  const oneIsDone = progressOf('cold starts, one at a time', rounds);
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, samples] of single) await bench.one(name, samples);
    oneIsDone();
  }
  // Twenty of them have to fit on a node of two cores.
  bench.cpu = '90m';
  const beside = new Map<string, Map<number, Samples>>([JOB, RAW, CLAIM].map((name) => [name, new Map()]));
  const roundsBeside = Math.max(1, Math.round(rounds / 20));
  const someAreDone = progressOf('cold starts at once', SIDE_BY_SIDE.length * roundsBeside);
  for (const count of SIDE_BY_SIDE) {
    for (let round = 0; round < roundsBeside; round += 1) {
      for (const [name, by] of beside) {
        const samples = by.get(count) ?? new Samples();
        by.set(count, samples);
        await Promise.all(Array.from({ length: count }, () => bench.one(name, samples)));
      }
      someAreDone();
    }
  }
  bench.close();
  const ratio = single.get(JOB)!.quantile(0.5) / single.get(RAW)!.quantile(0.5);
  const text = [
    `From the call to the first byte of output, image present, ${rounds} times each in turn with half a core (those at once with 90m), ms:`,
    '',
    table(
      ['', 'p50 / p95', ...SIDE_BY_SIDE.slice(1).map((count) => `${count} at once, p50 / p95`)],
      [...single].map(([name, samples]) => [
        name,
        samples.pair(0.5, 0.95, 0),
        ...SIDE_BY_SIDE.slice(1).map((count) => beside.get(name)!.get(count)!.pair(0.5, 0.95, 0)),
      ]),
    ),
    '',
    verdict('A one-shot Job against the raw one, p50', ratio, 1.15, 'x'),
    '',
    'What the specification asks for, the longest of all:',
    '',
    verdict('Spawn, to the first command', bench.spawned.most / 1000, 10, ' s'),
    verdict('First command on a new sandbox', bench.commands.most / 1000, 2, ' s'),
    verdict('Cleanup, until no pod is there', bench.closed.most / 1000, 5, ' s'),
    verdict('Pod start, raw, 20 at once', beside.get(RAW)!.get(20)!.most / 1000, 30, ' s'),
  ].join('\n');
  const lines = [JOB, RAW, CLAIM].map((name) => ({
    name,
    points: SIDE_BY_SIDE.map((count) => [count, beside.get(name)!.get(count)!.quantile(0.5)] as const),
  }));
  return { text, lines };
}

class ColdBench {
  /** Of claims alone, one at a time or many. */
  readonly spawned = new Samples();
  readonly commands = new Samples();
  readonly closed = new Samples();
  /** The runtime's own start counts against it: with little of it that is all there is to measure. */
  cpu = '500m';
  readonly #raw: RawJobs;
  #count = 0;

  constructor(private readonly place: BenchPlace) {
    this.#raw = new RawJobs(rawTarget(place.cluster, place.namespace));
  }

  async warmUp(): Promise<void> {
    for (const name of [JOB, RAW, CLAIM]) await this.one(name, new Samples());
  }

  async one(name: string, samples: Samples): Promise<void> {
    if (name === JOB) await this.#job(samples);
    else if (name === RAW) await this.#rawJob(samples);
    else await this.#claim(samples);
  }

  close(): void {
    this.#raw.close();
  }

  get #values(): JsonObject {
    return this.place.installation.run({ cpu: this.cpu, memory: '32Mi' });
  }

  async #job(samples: Samples): Promise<void> {
    const job = await samples.time(async () => {
      const started = await this.place.sandboxes.job({ values: this.#values, command: COMMAND, ttl: TTL });
      for await (const _ of started.log) break;
      return started;
    });
    await job.close();
    await this.#gone(job.id);
  }

  async #rawJob(samples: Samples): Promise<void> {
    this.#count += 1;
    const name = `raw-${this.#count}`;
    const values = { ...this.#values, name, command: COMMAND, deadlineSeconds: TTL };
    const job = readTemplate(this.place.installation.template).job(values);
    await samples.time(() => this.#raw.untilFirstByte(job));
    await this.#raw.remove(name);
    await this.#gone(name);
  }

  async #claim(samples: Samples): Promise<void> {
    const sandbox = await samples.time(async () => {
      const claimed = await this.spawned.time(() =>
        this.place.sandboxes.claim({ values: this.#values, ttl: TTL }),
      );
      const { stdout } = await this.commands.time(() => claimed.commands.run(['echo', 'ready']));
      if (stdout.text !== 'ready\n') throw new Error(`a command said ${stdout.text}`);
      return claimed;
    });
    await this.closed.time(() => sandbox.close({ wait: true }));
  }

  /** So that nothing of one is under way while the next is measured. */
  async #gone(job: string): Promise<void> {
    const { cluster, namespace } = this.place;
    const wait = ['wait', '--for=delete', 'pod', '-l', `job-name=${job}`, '--timeout=60s'];
    await cluster.kubectl(['-n', namespace, ...wait]);
  }
}

function rawTarget({ kubeconfig }: Cluster, namespace: string): RawTarget {
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
