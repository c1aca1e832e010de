import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { createReadStream, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import type { Sandbox } from '../../sandbox';
import type { BenchPlace } from './place';
import { progressOf } from './progress';
import type { PublishedCopy } from './published-copy';
import { Samples, table, verdict } from './samples';

const run = promisify(execFile);
const MEGABYTES = 100;
/** A copy takes seconds, but the published client may never end. */
const COPY_MS = 60_000;
/** A folder in the sandbox with the file that is downloaded. */
const KEPT = '/workspace/kept';
const INTO = '/workspace/into';

interface Way {
  readonly name: string;
  /** Whether this way checks by itself that the bytes are the same. */
  readonly verified: string;
  /** Copies a folder into `INTO`; how many milliseconds it took. */
  up(from: string): Promise<number>;
  /** Copies `KEPT` into a new folder; how many milliseconds it took. */
  down(to: string): Promise<number>;
}

/** Copies 100 MB of noise into a sandbox and out again, each way in turn. We compare what arrived. */
export async function copy(place: BenchPlace, rounds: number): Promise<string> {
  const values = place.installation.run({ cpu: '1', memory: '512Mi', ephemeralStorage: '2Gi' });
  const sandbox = await place.sandboxes.claim({ values, ttl: 3600 });
  const bench = new CopyBench(sandbox);
  try {
    await bench.prepare();
    const results = [ours(sandbox), kubectlCp(place, sandbox), published(place, sandbox)].map((way) => ({
      way,
      up: new Samples(),
      down: new Samples(),
      failures: new Set<string>(),
    }));
    const roundIsDone = progressOf('rounds of copies', rounds);
    for (let round = 0; round < rounds; round += 1) {
      for (const { way, up, down, failures } of results) {
        await noted(failures, 'upload', () => bench.up(way, up));
        await noted(failures, 'download', () => bench.down(way, down));
      }
      roundIsDone();
    }
    const [mine, peer] = results;
    const ratio = (what: 'up' | 'down') => mine![what].quantile(0.5) / peer![what].quantile(0.5);
    return [
      `A file of ${MEGABYTES} MB of noise in a folder, ${rounds} times each in turn, p50:`,
      '',
      table(
        ['', 'upload', 'download', 'verified', 'failures'],
        results.map(({ way, up, down, failures }) => [
          way.name,
          speed(up),
          speed(down),
          way.verified,
          [...failures].join('; ') || 'none',
        ]),
      ),
      '',
      verdict('Upload against kubectl cp', ratio('up'), 1, 'x'),
      verdict('Download against kubectl cp', ratio('down'), 1, 'x'),
    ].join('\n');
  } finally {
    bench.close();
    await sandbox.close();
  }
}

/** Copies, and checks that the copy equals the original. */
class CopyBench {
  readonly #folder = mkdtempSync(path.join(os.tmpdir(), 'drydock-copy-'));
  readonly #source = path.join(this.#folder, 'source');
  #sum = '';

  constructor(private readonly sandbox: Sandbox) {}

  async prepare(): Promise<void> {
    mkdirSync(this.#source);
    const file = path.join(this.#source, 'noise');
    writeFileSync(file, randomBytes(MEGABYTES << 20));
    this.#sum = await sumOf(file);
    await this.sandbox.files.upload(this.#source, KEPT);
  }

  async up(way: Way, samples: Samples): Promise<void> {
    const { commands } = this.sandbox;
    (await commands.run(['sh', '-c', 'rm -rf "$1" && mkdir "$1"', 'sh', INTO])).orThrow();
    const ms = await way.up(this.#source);
    const { stdout } = await commands.run(['find', INTO, '-type', 'f', '-exec', 'sha256sum', '{}', ';']);
    if (stdout.text.split(' ')[0] !== this.#sum) throw new Error('error: other bytes arrived');
    samples.add(ms);
  }

  async down(way: Way, samples: Samples): Promise<void> {
    const to = path.join(this.#folder, 'back');
    rmSync(to, { recursive: true, force: true });
    const ms = await way.down(to);
    const found = ['noise', 'kept/noise'].map((name) => path.join(to, name)).find(existsSync);
    if (!found || (await sumOf(found)) !== this.#sum) throw new Error('error: other bytes arrived');
    samples.add(ms);
  }

  close(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function ours({ files }: Sandbox): Way {
  return {
    name: 'sandbox.files',
    verified: 'SHA-256, both ends',
    up: (from) => timed(files.upload(from, `${INTO}/whole`)),
    down: (to) => timed(files.download(KEPT, to)),
  };
}

function kubectlCp({ kubectl, cluster, namespace }: BenchPlace, { podName }: Sandbox): Way {
  const cp = (from: string, to: string) =>
    timed(run(kubectl, ['--kubeconfig', cluster.kubeconfig, 'cp', from, to], { timeout: COPY_MS }));
  const remote = (folder: string) => `${namespace}/${podName}:${folder}`;
  return {
    name: 'kubectl cp',
    verified: 'no',
    up: (from) => cp(from, remote(INTO)),
    down: (to) => cp(remote(KEPT), to),
  };
}

function published({ cluster: { kubeconfig }, namespace }: BenchPlace, { podName: pod }: Sandbox): Way {
  // It reports its own time, without the start of its process.
  const copyBy = async (direction: string, from: string, to: string) => {
    const text = JSON.stringify({ kubeconfig, namespace, pod, from, to } satisfies PublishedCopy);
    const program = path.join(__dirname, 'published-copy.ts');
    const args = ['--import', 'tsx', program, direction, text];
    return Number((await run(process.execPath, args, { timeout: COPY_MS })).stdout);
  };
  return {
    name: 'client-node 1.4 Cp',
    verified: 'no',
    up: (from) => copyBy('UP', from, INTO),
    down: (to) => copyBy('DOWN', KEPT, to),
  };
}

async function timed(copying: Promise<unknown>): Promise<number> {
  const started = performance.now();
  await copying;
  return performance.now() - started;
}

/** A way that fails becomes a row of the table; the benchmark goes on. */
async function noted(failures: Set<string>, what: string, act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    const { stderr, message, killed } = error as Error & {
      readonly stderr?: string;
      readonly killed?: boolean;
    };
    const lines = (stderr || message).trim().split('\n');
    const said = killed ? `no end after ${COPY_MS / 1000} s` : lines.find((line) => /error/i.test(line));
    failures.add(`${what}: ${(said ?? lines[0] ?? '').trim().slice(0, 80).replaceAll('|', '/')}`);
  }
}

function speed(samples: Samples): string {
  if (samples.count === 0) return '-';
  const ms = samples.quantile(0.5);
  return `${ms.toFixed(0)} ms, ${((MEGABYTES * 1000) / ms).toFixed(0)} MB/s`;
}

async function sumOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
