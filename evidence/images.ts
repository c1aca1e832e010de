/**
 * Builds the images of all programs with workloads/scripts/build-images.sh and a real builder, buildah, from a clean clone of
 * the commit, and writes their sizes to docs/evidence/images.md. Fails where one is larger than the specification has it.
 *
 *     npx tsx evidence/images.ts
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hasImage, storage } from '../cluster/images/build';
import { gitBase } from '../test/gitops/image';
import { buildah, LARGEST, megabytesOf } from '../test/workloads/image-sizes';
import { nodeBase, slimBase, workloads } from '../test/workloads/images';

const repository = join(__dirname, '..');

/** What the script calls as it would call docker: `build OPTIONS .`. A RUN line reaches no network. */
const BUILDER = `#!/bin/sh
shift
# Of this machine's images one has git, which no build can fetch here: it takes the place of the base that was given.
case "$*" in *jujutsu-gitops-controller*)
  for arg; do
    shift
    case "$arg" in BASE=*) arg="BASE=$GIT_BASE" ;; esac
    set -- "$@" "$arg"
  done ;;
esac
exec unshare -m -n buildah ${storage().join(' ')} build --isolation=chroot --pull=never --format=docker "$@"
`;

function run(cwd: string, program: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): string {
  const { status, stdout } = spawnSync(program, args, {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...env },
  });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${status}: nothing is written`);
  return stdout.trim();
}

function rowOf(clone: string, image: string): string {
  const [program = ''] = image.split(':');
  const size = megabytesOf(`localhost/${image}`);
  const most = LARGEST[program];
  if (most !== undefined && size >= most)
    throw new Error(`${image} has ${size} MB, the specification ${most}`);
  const bill = readFileSync(join(clone, 'dist', 'images', `${image.replace(':', '-')}.cdx.json`), 'utf8');
  const packages = JSON.parse(bill).components.length;
  return `| ${program} | ${size.toFixed(0)} MB | ${most === undefined ? '' : `< ${most} MB`} | ${packages} |`;
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'drydock-images-'));
  const clone = join(folder, 'clone');
  try {
    run(folder, 'git', ['clone', '--quiet', repository, clone]);
    // What packs the library: its development packages.
    run(clone, 'cp', ['-al', join(repository, 'node_modules'), 'node_modules']);
    const builder = join(folder, 'builder');
    writeFileSync(builder, BUILDER, { mode: 0o755 });
    const script = join(clone, 'workloads', 'scripts', 'build-images.sh');
    const base = await slimBase();
    const arg = (name: string, value: string) => ['--build-arg', `${name}=${value}`];
    const alone = ['ci-fixer', 'jujutsu-gitops-controller'].map((program) => join(workloads, program));
    const buildBase = await nodeBase(workloads, ...alone);
    const GIT_BASE = await gitBase();
    const images = run(clone, script, ['--print']).split('\n');
    try {
      const started = Date.now();
      run(clone, script, [...arg('BASE', base), ...arg('BUILD_BASE', buildBase)], {
        BUILDER: builder,
        GIT_BASE,
      });
      const seconds = (Date.now() - started) / 1000;
      const rows = images.map((image) => rowOf(clone, image));
      const page = pageOf(rows, megabytesOf(base), seconds);
      writeFileSync(join(repository, 'docs', 'evidence', 'images.md'), page);
    } finally {
      for (const image of images)
        if (await hasImage(`localhost/${image}`)) buildah(['rmi', `localhost/${image}`]);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function pageOf(rows: readonly string[], base: number, seconds: number): string {
  return `# Images of the programs

<!-- Written by \`npx tsx evidence/images.ts\`; do not edit. -->

[workloads/scripts/build-images.sh](../../workloads/scripts/build-images.sh) from a clean clone, with buildah as its builder and \`--build-arg BASE\`: Debian bookworm without
its manuals (${base.toFixed(0)} MB), made with debootstrap, since no registry is reached here. No RUN line reaches a network; npm finds its packages in a cache of the first stage.
All ${rows.length} were built in ${seconds.toFixed(0)} s, the library that CI-fixer's image has in it included. The size counts the base. The SBOM lies beside each image.

| image | size | specification | packages of npm in its SBOM |
|---|---|---|---|
${rows.join('\n')}
`;
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
