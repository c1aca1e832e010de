/**
 * Builds the images of all programs with workloads/scripts/build-images.sh and a real builder, buildah, from a clean clone of
 * the commit, and writes their sizes to docs/evidence/images.md. Fails where one is larger than the specification has it, or is
 * not what the tests run.
 *
 *     npx tsx evidence/images.ts
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { temporaryFolder } from '../test/package/consumer';
import { withImagesByScript } from '../test/workloads/by-script';
import { imageOf } from '../test/workloads/image-of';
import { slimBase } from '../test/workloads/images';
import { LARGEST, megabytesOf, whatIsIn } from '../test/workloads/what-is-in';

const repository = join(__dirname, '..');

async function rowOf(clone: string, image: string): Promise<string> {
  const name = image.replace('localhost/', '');
  const [program = ''] = name.split(':');
  const size = megabytesOf(image);
  const most = LARGEST[program];
  if (most !== undefined && size >= most)
    throw new Error(`${name} has ${size} MB, the specification ${most}`);
  const tested = await imageOf(program);
  if (!isDeepStrictEqual(whatIsIn(image), whatIsIn(tested)))
    throw new Error(`${name} is not ${tested}, which the tests run; is something in no commit?`);
  const bill = readFileSync(join(clone, 'dist', 'images', `${name.replace(':', '-')}.cdx.json`), 'utf8');
  const packages = JSON.parse(bill).components.length;
  return `| ${program} | ${size.toFixed(0)} MB | ${most === undefined ? '' : `< ${most} MB`} | ${packages} |`;
}

async function main(): Promise<void> {
  const { path, remove } = temporaryFolder('images');
  const clone = join(path, 'clone');
  try {
    execFileSync('git', ['clone', '--quiet', repository, clone]);
    // What packs the library: its development packages.
    execFileSync('cp', ['-al', join(repository, 'node_modules'), join(clone, 'node_modules')]);
    const base = await slimBase();
    const started = Date.now();
    await withImagesByScript(clone, [], async (images) => {
      const seconds = (Date.now() - started) / 1000;
      const rows: string[] = [];
      for (const image of images) rows.push(await rowOf(clone, image));
      const page = pageOf(rows, megabytesOf(base), seconds);
      writeFileSync(join(repository, 'docs', 'evidence', 'images.md'), page);
    });
  } finally {
    remove();
  }
}

function pageOf(rows: readonly string[], base: number, seconds: number): string {
  return `# Images of the programs

<!-- Written by \`npx tsx evidence/images.ts\`; do not edit. -->

[workloads/scripts/build-images.sh](../../workloads/scripts/build-images.sh) from a clean clone, with buildah as its builder and \`--build-arg BASE\`: Debian bookworm without
its manuals (${base.toFixed(0)} MB), made with debootstrap, since no registry is reached here. No RUN line reaches a network; npm finds its packages in a cache of the first stage.
All ${rows.length} were built in ${seconds.toFixed(0)} s, the library that two of them have included. The size counts the base. Layer by layer they are those that the tests
run. The SBOM lies beside each image.

| image | size | specification | packages of npm in its SBOM |
|---|---|---|---|
${rows.join('\n')}
`;
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
