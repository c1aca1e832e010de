import { spawnSync } from 'node:child_process';
import { storage } from '../../cluster/images/build';

/** What the specification has for the two, with the base counted; the others are as small as they happen to be. */
export const LARGEST: Readonly<Record<string, number>> = { 'todo-frontend': 200, 'todo-backend': 400 };

export function buildah(args: readonly string[]): string {
  const run = spawnSync('unshare', ['-m', 'buildah', ...storage(), ...args], { encoding: 'utf8' });
  if (run.status !== 0) throw new Error(run.stderr);
  return run.stdout;
}

/** The size of an image, its base counted. buildah writes `181 MB` or `1.2 GB`. */
export function megabytesOf(image: string): number {
  const [found] = JSON.parse(buildah(['images', '--json', image]));
  const [number, unit] = found.size.split(' ');
  const factor = { KB: 1 / 1024, MB: 1, GB: 1024 }[unit as 'KB' | 'MB' | 'GB'];
  if (factor === undefined) throw new Error(`${found.size} is no size`);
  return Number(number) * factor;
}

/** Its layers by their content, and its configuration without the name of the container that it was made in. */
export function whatIsIn(image: string): object {
  const { OCIv1, Docker } = JSON.parse(buildah(['inspect', '--type=image', image]));
  const { Hostname: _, ...config } = Docker.config;
  return { layers: OCIv1.rootfs.diff_ids, created: OCIv1.created, config };
}
