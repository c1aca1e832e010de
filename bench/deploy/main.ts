/**
 * Measures `drydock apply` against what people use today, each as a whole process, on one control plane in one run, in turns.
 * Writes the tables in docs/benchmarks.md and the plot beside it:
 *
 *     npx tsx bench/deploy/main.ts [objects ...] [--rounds N] [--minutes N] [--patient]
 *
 * With a limit of minutes no step is begun after it, and its cell is empty. More than 1,000 objects alone are a table of their own.
 * Who is patient measures also what takes more than minutes: an ApplySet deletes five objects in a second.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { type Cluster, startCluster } from '../../cluster';
import { withBlock } from '../../scripts/generated-block';
import { measure } from '../synth/processes';
import { Calls } from './calls';
import { type Contender, contenders, OURS, STEPS, type Step, type Where, writeSets } from './contenders';
import { type Measured, picture, type Size, text, type Unfinished } from './page';

const documents = path.join(__dirname, '..', '..', 'docs');
const LIMIT_CPU_SECONDS = 600;
/** A diff of more takes kubectl a minute and tells nothing new. */
const MOST_COMPARED = 1_000;
/** What else runs on a machine only makes a step slower, so that the best of some rounds counts. */
const ROUNDS = 2;
/** What changes nothing can be asked again at once. */
const AGAIN: Partial<Record<Step, number>> = { 'apply without a change': 3, 'diff without a change': 3 };

/** The commands of a contender in their order, with those that are asked again. */
function asksOf(contender: Contender, where: Where): Array<readonly [Step, readonly string[]]> {
  const isLarge = where.objects > MOST_COMPARED;
  return STEPS.flatMap((step) => {
    const isLeftOut = isLarge && step === 'diff without a change' && contender.name !== OURS;
    const command = isLeftOut ? undefined : contender.command(step, where);
    if (command === undefined) return [];
    return Array(isLarge ? 1 : (AGAIN[step] ?? 1)).fill([step, command]);
  });
}

class Bench {
  readonly #calls: Calls;
  #inventoryBytes: number | undefined;

  constructor(
    readonly cluster: Cluster,
    readonly contenders: readonly Contender[],
    readonly folder: string,
    readonly most: { readonly rounds: number; readonly until: number },
  ) {
    this.#calls = new Calls(cluster);
  }

  async ofSize(objects: number): Promise<Size> {
    const files = path.join(this.folder, String(objects));
    mkdirSync(files);
    const sets = writeSets(files, objects);
    const best = new Map<string, Map<Step, Measured>>();
    const unfinished: Unfinished[] = [];
    this.#inventoryBytes = undefined;
    const rounds = objects > MOST_COMPARED ? 1 : this.most.rounds;
    for (let round = 1; round <= rounds; round += 1) {
      for (const contender of this.contenders.filter(({ upTo }) => objects <= upTo)) {
        if (this.#isOver()) continue;
        const { name } = contender;
        const took = best.get(name) ?? new Map<Step, Measured>();
        best.set(name, took);
        const namespace = `${name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}-${objects}-${round}`;
        await this.cluster.kubectl(['create', 'namespace', namespace]);
        const where = {
          ...{ kubeconfig: this.cluster.kubeconfig, namespace, sets, objects },
          memory: path.join(files, `${namespace}.json`),
        };
        const ended = await this.#steps(contender, took, where);
        if (ended) unfinished.push(ended);
      }
    }
    return { objects, rounds, took: best, unfinished, inventoryBytes: this.#inventoryBytes };
  }

  #isOver(): boolean {
    return Date.now() > this.most.until;
  }

  /** The step that a contender did not come to the end of, after which there is nothing more to ask it. */
  async #steps(
    contender: Contender,
    took: Map<Step, Measured>,
    where: Where,
  ): Promise<Unfinished | undefined> {
    for (const [step, command] of asksOf(contender, where)) {
      if (this.#isOver()) break;
      const measured = await this.#measured(command);
      const told = 'why' in measured ? measured.why : JSON.stringify(measured);
      process.stderr.write(`${where.objects} ${contender.name}, ${step}: ${told}\n`);
      if ('why' in measured) return { name: contender.name, step, why: measured.why };
      const known = took.get(step);
      if (!known || measured.seconds < known.seconds) took.set(step, measured);
      if (contender.name === OURS && step === 'apply of one change')
        this.#inventoryBytes = await remembered(this.cluster, where.namespace);
    }
    return undefined;
  }

  async #measured(command: readonly string[]): Promise<Measured | Pick<Unfinished, 'why'>> {
    const [program = '', ...args] = command;
    this.#calls.since();
    const ended = await measure(program, args, LIMIT_CPU_SECONDS).catch((error: Error) => error);
    if (!ended) return { why: `it had not ended after ${LIMIT_CPU_SECONDS} s of processor time` };
    // What it says last is why.
    if (ended instanceof Error) return { why: ended.message.trim().split('\n').at(-1) ?? '' };
    const { stdout: _stdout, ...rest } = ended;
    return { ...rest, calls: this.#calls.since() };
  }
}

/** The content of all that drydock keeps of a release, in bytes. */
async function remembered(cluster: Cluster, namespace: string): Promise<number> {
  const { stdout } = await cluster.kubectl(['-n', namespace, 'get', 'secrets', '-o', 'json']);
  const { items } = JSON.parse(stdout) as { items: Array<{ data?: Readonly<Record<string, string>> }> };
  const pieces = items.flatMap(({ data = {} }) => Object.values(data));
  return pieces.reduce((sum, piece) => sum + Buffer.from(piece, 'base64').length, 0);
}

async function main(given: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...given],
    options: { minutes: { type: 'string' }, rounds: { type: 'string' }, patient: { type: 'boolean' } },
    allowPositionals: true,
  });
  const counts = positionals.length > 0 ? positionals.map(Number) : [100, 1_000, 10_000];
  const minutes = values.minutes === undefined ? Number.POSITIVE_INFINITY : Number(values.minutes);
  const folder = mkdtempSync(path.join(tmpdir(), 'drydock-bench-deploy-'));
  const all = await contenders(folder, values.patient === true);
  const until = Date.now() + minutes * 60_000;
  const load = loadavg()[0]?.toFixed(1);
  // Calls are counted in the audit log, which must not begin anew in the middle.
  const cluster = await startCluster({ controlPlaneOnly: true, apiserverArgs: ['--audit-log-maxsize=4000'] });
  try {
    const rounds = Number(values.rounds ?? ROUNDS);
    const bench = new Bench(cluster, all, folder, { rounds, until });
    const sizes: Size[] = [];
    // In the order that was asked for: what comes last is what a limit leaves out.
    for (const objects of counts) {
      const size = await bench.ofSize(objects);
      if (size.took.size > 0) sizes.push(size);
    }
    sizes.sort((one, other) => one.objects - other.objects);
    const bounded =
      Date.now() > until
        ? ` No step was begun after ${minutes} minutes: what is empty was not measured.`
        : '';
    const about = `\`npx tsx bench/deploy/main.ts ${given.join(' ')}\`, Node ${process.version}, ${cpus().length} CPUs, load ${load} at the start and ${loadavg()[0]?.toFixed(1)} at the end, ${new Date().toISOString().slice(0, 10)}. ConfigMaps, one contender after the other on one API server without nodes; the best of each step, of which those that change nothing are asked three times. Where the load is above the CPUs other programs were at work, and the ratios say more than the seconds.${bounded}`;
    const block = text(sizes, about);
    process.stdout.write(`${block}\n`);
    const page = path.join(documents, 'benchmarks.md');
    // Ten thousand alone take half an hour, and have a table of their own.
    const isLarge = sizes.every(({ objects }) => objects > MOST_COMPARED);
    const name = isLarge ? 'deploy-large' : 'deploy';
    writeFileSync(page, withBlock(readFileSync(page, 'utf8'), name, block));
    if (!isLarge) writeFileSync(path.join(documents, 'benchmarks-deploy.svg'), picture(sizes));
  } finally {
    await cluster.stop();
    rmSync(folder, { recursive: true });
  }
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
