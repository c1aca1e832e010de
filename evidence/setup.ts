/**
 * Runs README's two commands, and the build of the tools by itself, as a newcomer would, from a clean clone in a clean
 * home folder, and writes what it saw to docs/evidence/setup.md. `tools` and `cold` use no cache of this user, so that
 * the tools are downloaded and built: expect half an hour and an hour.
 *
 *     npx tsx evidence/setup.ts [--only synth|tools|cold|warm]
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { cacheDirectory } from '../cluster/tools/tool';
import { withBlock } from '../scripts/generated-block';

const repository = join(__dirname, '..');
const document = join(repository, 'docs', 'evidence', 'setup.md');
/** What is run, and whether the tools are there before it. */
const parts = {
  synth: { target: 'synth', states: ['first run, empty caches', 'again'], tools: false },
  tools: { target: 'tools', states: ['nothing built before'], tools: false },
  cold: { target: 'test', states: ['nothing built before'], tools: false },
  warm: { target: 'test', states: ['tools built before'], tools: true },
} as const;
type Part = keyof typeof parts;

interface Run {
  readonly command: string;
  readonly kind: string;
  readonly seconds: number;
  readonly status: number | null;
  readonly lastLine: string;
  /** How long `make test` took to have its tools. */
  readonly toolSeconds: string | undefined;
  /** The groups of tools that it built, each with its seconds. */
  readonly built: readonly (readonly [group: string, seconds: string])[];
}

/** Runs `make ...` in the clone; passes its output on and keeps the last line. */
function make(target: string, kind: string, clone: string, env: NodeJS.ProcessEnv): Promise<Run> {
  return new Promise((resolve, reject) => {
    const started = Date.now();
    const child = spawn('make', [target], {
      cwd: clone,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const said = { stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr'] as const)
      child[stream].on('data', (chunk: Buffer) => {
        process[stream].write(chunk);
        said[stream] += chunk.toString();
      });
    child.on('error', reject);
    child.on('close', (status) => {
      const lastLine = said.stdout.trimEnd().split('\n').at(-1) ?? '';
      const toolSeconds = /^== tools: passed after ([\d.]+) s$/m.exec(said.stdout)?.[1];
      const seconds = (Date.now() - started) / 1000;
      const built = [...said.stderr.matchAll(/\] (\S+) ready after (\d+) s$/gm)].map(
        ([, group, time]) => [group!, time!] as const,
      );
      resolve({ command: `make ${target}`, kind, seconds, status, lastLine, toolSeconds, built });
    });
  });
}

/** Nothing of this user but PATH and the certificates that the machine trusts. CI makes a skipped test fail. */
function cleanEnvironment(home: string): NodeJS.ProcessEnv {
  const kept = ['PATH', 'LANG', 'TERM', 'NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE', 'SSL_CERT_DIR'];
  return { HOME: home, CI: 'true', ...Object.fromEntries(kept.map((name) => [name, process.env[name]])) };
}

function git(...args: string[]): string {
  const run = spawnSync('git', args, { cwd: repository, encoding: 'utf8' });
  if (run.status !== 0) {
    throw new Error(`git ${args.join(' ')} failed: ${run.stderr}`);
  }
  return run.stdout.trim();
}

function inMarkdown(runs: readonly Run[], commit: string): string {
  const go = spawnSync('go', ['env', 'GOVERSION'], { encoding: 'utf8' }).stdout?.trim() || 'no Go';
  const gibibytes = Math.round(totalmem() / 2 ** 30);
  return [
    `Commit ${commit}, ${cpus().length} cores, ${gibibytes} GiB, Node ${process.versions.node}, ${go}, on ${new Date().toISOString().slice(0, 10)}.`,
    '',
    '| command | state | time | of that tools | exit code | last line |',
    '|---|---|---|---|---|---|',
    ...runs.map(
      (run) =>
        `| \`${run.command}\` | ${run.kind} | ${duration(run.seconds)} | ${run.toolSeconds ? duration(Number(run.toolSeconds)) : ''} | ${run.status} | ${run.lastLine} |`,
    ),
    ...toolTable(runs.flatMap(({ built }) => built)),
  ].join('\n');
}

function toolTable(built: Run['built']): string[] {
  return built.length === 0
    ? []
    : [
        '',
        '| group of tools, built one after the other | time |',
        '|---|---|',
        ...built.map(([group, seconds]) => `| ${group} | ${duration(Number(seconds))} |`),
      ];
}

function duration(seconds: number): string {
  return seconds < 120
    ? `${Math.round(seconds)} s`
    : `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

/** One part, in a clone and a home folder of its own. */
async function run(part: Part): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), 'drydock-setup-'));
  const home = join(folder, 'home');
  const clone = join(folder, 'clone');
  mkdirSync(home);
  try {
    git('clone', '--quiet', repository, clone);
    const commit = git('rev-parse', '--short', 'HEAD');
    const { target, states, tools } = parts[part];
    const env = { ...cleanEnvironment(home), ...(tools ? { DRYDOCK_CACHE: cacheDirectory() } : {}) };
    const runs: Run[] = [];
    for (const state of states) runs.push(await make(target, state, clone, env));
    const left = spawnSync('git', ['status', '--porcelain'], { cwd: clone, encoding: 'utf8' }).stdout;
    if (left !== '') {
      throw new Error(`the commands dirtied the tree:\n${left}`);
    }
    const text = inMarkdown(runs, commit);
    writeFileSync(document, withBlock(readFileSync(document, 'utf8'), part, text));
    return runs.every(({ status }) => status === 0);
  } finally {
    // Go makes the folders of its module cache read-only.
    spawnSync('chmod', ['-R', 'u+w', folder]);
    rmSync(folder, { recursive: true, force: true });
  }
}

async function main(only: string | undefined): Promise<void> {
  for (const part of Object.keys(parts) as Part[]) {
    if (only !== undefined && part !== only) continue;
    if (!(await run(part))) process.exitCode = 1;
  }
}

const [flag, only] = process.argv.slice(2);
main(flag === '--only' ? only : undefined).catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
