import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hasImage, storage } from '../../cluster/images/build';
import { gitBase } from '../gitops/image';
import { temporaryFolder } from '../package/consumer';
import { DATE, nodeBase, slimBase, workloads } from './images';
import { buildah } from './what-is-in';

/** What the script calls as it would call docker: `build OPTIONS .`. A RUN line reaches no network. */
const BUILDER = `#!/bin/sh
shift
exec unshare -m -n buildah ${storage().join(' ')} build --isolation=chroot --pull=never --format=docker --timestamp=${DATE} "$@"
`;

/**
 * Builds images as people do, with workloads/scripts/build-images.sh, in a clone of the repository, and hands over their tags; they are
 * removed afterwards. buildah takes the place of docker, and what this machine has that of the images that no registry gives
 * here. All programs where none are named.
 */
export async function withImagesByScript<Result>(
  clone: string,
  programs: readonly string[],
  use: (images: readonly string[]) => Result | Promise<Result>,
): Promise<Result> {
  const bases = {
    BASE: await slimBase(),
    BUILD_BASE: await buildBaseOf(programs),
    GIT_BASE: await gitBase(),
  };
  const options = Object.entries(bases).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]);
  const { path, remove } = temporaryFolder('builder');
  const builder = join(path, 'builder');
  writeFileSync(builder, BUILDER, { mode: 0o755 });
  const run = (...args: string[]) => {
    const env = { ...process.env, BUILDER: builder, PROGRAMS: programs.join(' ') };
    const script = join(clone, 'workloads', 'scripts', 'build-images.sh');
    const { status, stdout, stderr } = spawnSync(script, args, { cwd: clone, encoding: 'utf8', env });
    if (status !== 0)
      throw new Error(`${script} ${args.join(' ')} ended with ${status}:\n${stdout}${stderr}`);
    return stdout.trim();
  };
  const images = run('--print')
    .split('\n')
    .map((image) => `localhost/${image}`);
  try {
    run(...options);
    return await use(images);
  } finally {
    for (const image of images) if (await hasImage(image)) buildah(['rmi', image]);
    remove();
  }
}

/** Two programs have lock files of their own. */
function buildBaseOf(programs: readonly string[]): Promise<string> {
  const alone = ['ci-fixer', 'jujutsu-gitops-controller'];
  const wanted = alone.filter((program) => programs.length === 0 || programs.includes(program));
  return nodeBase(workloads, ...wanted.map((program) => join(workloads, program)));
}
