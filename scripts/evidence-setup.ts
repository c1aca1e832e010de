/**
 * Runs README's two commands as a newcomer would, from a clean clone in a clean home folder, and writes what it saw to
 * docs/evidence/setup.md. Caches of this user are not used, so the tools are downloaded and built: expect an hour.
 *
 *     npx tsx scripts/evidence-setup.ts [--only synth]
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { withBlock } from './generated-block';

const repository = join(__dirname, '..');
const document = join(repository, 'docs', 'evidence', 'setup.md');
const commands = ['synth', 'test'] as const;

interface Run {
  readonly command: string;
  readonly kind: string;
  readonly seconds: number;
  readonly status: number | null;
  readonly lastLine: string;
}

/** Runs `make ...` in the clone; its lines go through, and the last one is kept. */
function make(target: string, kind: string, clone: string, home: string): Promise<Run> {
  return new Promise((resolve, reject) => {
    const started = Date.now();
    const child = spawn('make', [target], {
      cwd: clone,
      env: cleanEnvironment(home),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      process.stdout.write(chunk);
      output += chunk.toString();
    });
    child.on('error', reject);
    child.on('close', (status) => {
      const lastLine = output.trimEnd().split('\n').at(-1) ?? '';
      resolve({ command: `make ${target}`, kind, seconds: (Date.now() - started) / 1000, status, lastLine });
    });
  });
}

/** Nothing of this user but the way to programs and the certificates that the machine trusts. */
function cleanEnvironment(home: string): NodeJS.ProcessEnv {
  const kept = ['PATH', 'LANG', 'TERM', 'NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE', 'SSL_CERT_DIR'];
  return { HOME: home, ...Object.fromEntries(kept.map((name) => [name, process.env[name]])) };
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
    '| command | state | time | exit code | last line |',
    '|---|---|---|---|---|',
    ...runs.map(
      (run) =>
        `| \`${run.command}\` | ${run.kind} | ${duration(run.seconds)} | ${run.status} | ${run.lastLine} |`,
    ),
  ].join('\n');
}

function duration(seconds: number): string {
  return seconds < 120
    ? `${Math.round(seconds)} s`
    : `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

async function main(only: string | undefined): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'drydock-setup-'));
  const home = join(folder, 'home');
  const clone = join(folder, 'clone');
  mkdirSync(home);
  try {
    git('clone', '--quiet', repository, clone);
    const runs: Run[] = [];
    for (const command of commands.filter((name) => only === undefined || name === only)) {
      runs.push(await make(command, 'first run, empty caches', clone, home));
      runs.push(await make(command, 'again', clone, home));
    }
    const left = spawnSync('git', ['status', '--porcelain'], { cwd: clone, encoding: 'utf8' }).stdout;
    if (left !== '') {
      throw new Error(`the commands dirtied the tree:\n${left}`);
    }
    writeFileSync(
      document,
      withBlock(
        readFileSync(document, 'utf8'),
        'runs',
        inMarkdown(runs, git('rev-parse', '--short', 'HEAD')),
      ),
    );
    process.exitCode = runs.every((run) => run.status === 0) ? 0 : 1;
  } finally {
    // Go makes the folders of its module cache read-only.
    spawnSync('chmod', ['-R', 'u+w', folder]);
    rmSync(folder, { recursive: true, force: true });
  }
}

const [flag, only] = process.argv.slice(2);
main(flag === '--only' ? only : undefined).catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
