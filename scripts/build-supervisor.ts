/**
 * Compiles the program that runs in sandboxes, for each machine, into `sandbox/supervisor/bin`: the same bytes wherever
 * it is done. Does nothing when the programs were made from the same sources.
 *
 *     npx tsx scripts/build-supervisor.ts [FOLDER...]
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const repository = resolve(__dirname, '..');
const sources = join(repository, 'sandbox/supervisor/program');
const machines = ['amd64', 'arm64'];
const stamp = 'made-from';

/** What the programs depend on: the sources, and the compiler. */
function keyOfSources(): string {
  const hash = createHash('sha256').update(execFileSync('go', ['env', 'GOVERSION'], { cwd: sources }));
  for (const name of readdirSync(sources).sort()) {
    if (!name.endsWith('_test.go')) hash.update(`\0${name}\0`).update(readFileSync(join(sources, name)));
  }
  return hash.digest('hex');
}

/** Compiles into a folder unless it is up to date. Readers never see half a program. */
export function buildSupervisor(folder: string): void {
  const key = keyOfSources();
  const stampFile = join(folder, stamp);
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === key) return;
  mkdirSync(folder, { recursive: true });
  for (const machine of machines) {
    const made = join(folder, `supervisor-${machine}.${process.pid}`);
    const flags = ['-trimpath', '-buildvcs=false', '-ldflags=-s -w -buildid='];
    try {
      execFileSync('go', ['build', ...flags, '-o', made, '.'], {
        cwd: sources,
        env: {
          ...process.env,
          CGO_ENABLED: '0',
          GOOS: 'linux',
          GOARCH: machine,
          GOAMD64: 'v1',
          GOARM64: 'v8.0',
          GOFLAGS: '-mod=readonly',
          GOTOOLCHAIN: 'local',
        },
        stdio: 'inherit',
      });
      renameSync(made, join(folder, `supervisor-${machine}`));
    } finally {
      rmSync(made, { force: true });
    }
  }
  writeFileSync(stampFile, key);
}

if (require.main === module) {
  const folders = process.argv.slice(2);
  for (const folder of folders.length > 0 ? folders : ['sandbox/supervisor/bin']) {
    buildSupervisor(resolve(repository, folder));
  }
}
