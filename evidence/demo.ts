/**
 * Runs `make demo` and `make demo-down` twice in a clean clone, with no image built before and then with all of them, and
 * writes how long each step took, what was left on the machine and what it showed to docs/evidence/demo.md. Fails where a
 * bound does not hold. Tools are those of this machine; images are kept in a folder of its own, so none is there.
 *
 *     npx tsx evidence/demo.ts
 */
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { compareSnapshots, leftovers, RUN_MARK, settledChanges } from '../cluster/machine/leaks';
import { entryKinds, takeSnapshot } from '../cluster/machine/snapshot';
import { cacheDirectory } from '../cluster/tools/tool';

const repository = join(__dirname, '..');
const docs = join(repository, 'docs', 'evidence');
const PICTURES = { 'todo.png': 'demo-todo.png', 'ci-fixer.png': 'demo-ci-fixer.png' };
/** In seconds. */
const WAYS = [
  { name: 'no image built before', most: 600 },
  { name: 'images built before', most: 120 },
] as const;
/** The seconds of a step stand alone on a line below its title, or below what it said. */
const STEP = /^== (?<title>.+)$|^ {3}(?<seconds>\d+) s$/gm;

interface Made {
  readonly seconds: number;
  readonly output: string;
}

function make(target: string, cwd: string, env: NodeJS.ProcessEnv): Promise<Made> {
  return new Promise((resolve, reject) => {
    const started = Date.now();
    const child = spawn('make', [target], { cwd, env, stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      process.stdout.write(chunk);
      output += chunk.toString();
    });
    child.on('error', reject);
    child.on('close', (status) => {
      if (status === 0) resolve({ seconds: (Date.now() - started) / 1000, output });
      else reject(new Error(`make ${target} ended with ${status}: nothing is written`));
    });
  });
}

interface Shown {
  readonly demo: Made;
  readonly down: Made;
  /** How much there was of each kind while it ran. */
  readonly during: string;
}

/** Up and down again. Whatever it left is an error. */
async function show(clone: string, env: NodeJS.ProcessEnv): Promise<Shown> {
  const mark = randomBytes(8).toString('hex');
  const marked = { ...env, [RUN_MARK]: mark };
  const before = takeSnapshot();
  try {
    const demo = await make('demo', clone, marked);
    const [, pictures = ''] = /^Pictures +(\S+)$/m.exec(demo.output) ?? [];
    for (const [from, to] of Object.entries(PICTURES))
      copyFileSync(join(pictures, from), join(docs, 'pictures', to));
    const changes = compareSnapshots(before, takeSnapshot(), mark);
    const during = entryKinds
      .filter((kind) => changes[kind].left.length > 0)
      .map((kind) => `${changes[kind].left.length} ${kind}`);
    const down = await make('demo-down', clone, marked);
    const left = leftovers(await settledChanges(before, mark));
    if (left.length > 0) throw new Error(`make demo-down left:\n${left.join('\n')}`);
    return { demo, down, during: during.join(', ') };
  } catch (error) {
    spawnSync('make', ['demo-down'], { cwd: clone, env: marked });
    throw error;
  }
}

function git(...args: string[]): string {
  const { status, stdout, stderr } = spawnSync('git', args, { cwd: repository, encoding: 'utf8' });
  if (status !== 0) throw new Error(`git ${args.join(' ')}: ${stderr}`);
  return stdout.trim();
}

/** A cache with the tools of this machine and no image that was built. */
function ownCache(folder: string): string {
  const cache = join(folder, 'cache');
  mkdirSync(cache);
  for (const name of ['tools', 'images']) symlinkSync(join(cacheDirectory(), name), join(cache, name));
  return cache;
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'drydock-evidence-demo-'));
  try {
    const clone = join(folder, 'clone');
    git('clone', '--quiet', repository, clone);
    const env = { ...process.env, DRYDOCK_CACHE: ownCache(folder) };
    // What is there before: packages of npm, and the base image, which is one of the tools.
    for (const target of ['workloads', 'tools']) await make(target, clone, env);
    const load = loadavg()[0]?.toFixed(1);
    const shown: Shown[] = [];
    for (const { name, most } of WAYS) {
      const one = await show(clone, env);
      if (one.demo.seconds >= most) throw new Error(`${name}: ${one.demo.seconds} s, at most ${most}`);
      shown.push(one);
    }
    const where = `Commit ${git('rev-parse', '--short', 'HEAD')}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, load ${load} at the start, ${new Date().toISOString().slice(0, 10)}.`;
    writeFileSync(join(docs, 'demo.md'), pageOf(where, shown));
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
  }
}

function stepsOf({ output }: Made): Map<string, string> {
  const steps = new Map<string, string>();
  let title = '';
  for (const { groups } of output.matchAll(STEP)) {
    if (groups?.title) title = groups.title;
    else if (groups?.seconds) steps.set(title, `${groups.seconds} s`);
  }
  return steps;
}

function duration(seconds: number): string {
  return seconds < 120
    ? `${seconds.toFixed(0)} s`
    : `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

function pageOf(where: string, shown: readonly Shown[]): string {
  const steps = shown.map(({ demo }) => stepsOf(demo));
  const titles = [...(steps[0]?.keys() ?? [])];
  const row = (title: string, cells: readonly (string | undefined)[]) =>
    `| ${[title, ...cells.map((cell) => cell ?? '')].join(' | ')} |`;
  const said = shown.at(-1)?.demo.output ?? '';
  return `# The demo

<!-- Written by \`npx tsx evidence/demo.ts\`; do not edit. -->

\`make demo\` in a clean clone with the tools built, and \`make demo-down\` after it. ${where}

| | ${WAYS.map(({ name }) => name).join(' | ')} |
|---|---|---|
${row(
  '**`make demo`**',
  shown.map(({ demo }) => `**${duration(demo.seconds)}**`),
)}
${row(
  'at most',
  WAYS.map(({ most }) => duration(most)),
)}
${titles
  .map((title) =>
    row(
      title,
      steps.map((one) => one.get(title)),
    ),
  )
  .join('\n')}
${row(
  '`make demo-down`',
  shown.map(({ down }) => duration(down.seconds)),
)}
${row(
  'the machine while it ran, beside what was there before',
  shown.map(({ during }) => during),
)}
${row(
  'left after `make demo-down`',
  shown.map(() => 'nothing'),
)}

What Ann sees, and what a tenant of CI-fixer does:

![A todo, and a chat beside it in which the stand-in has answered](pictures/demo-todo.png)

![The runs on the left, and the verdict, the patch and the output of one of them](pictures/demo-ci-fixer.png)

What it says, the second time:

\`\`\`
${said.slice(said.indexOf('==')).trim()}
\`\`\`
`;
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
