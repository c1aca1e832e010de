import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type CommandResult, runCommand } from '../command';
import { ClusterError } from '../errors';
import { type Progress, progressLines } from '../tools/progress';
import { cacheDirectory } from '../tools/tool';

/** A Dockerfile and what it may see. */
export interface ImageBuild {
  /** The name of the image in the cluster, such as `localhost/app:1`. */
  readonly tag: string;
  /** The folder that COPY reads from. */
  readonly context: string;
  /** The Dockerfile. @default `Dockerfile` in the context */
  readonly dockerfile?: string;
  /** Values of ARG lines; `BASE_IMAGE` as a value stands for the cached Debian base image. */
  readonly args?: Readonly<Record<string, string>>;
}

/**
 * Debian bookworm, smallest variant: what a Dockerfile's FROM can name without a registry on the internet.
 *
 * @example
 * await using cluster = await startCluster();
 * await cluster.buildImage({ tag: 'localhost/shop:1', context: 'shop', args: { BASE: BASE_IMAGE } });
 */
export const BASE_IMAGE = 'localhost/drydock-base:bookworm';

function storage(): string[] {
  const root = path.join(cacheDirectory(), 'buildah');
  return [
    `--root=${path.join(root, 'root')}`,
    `--runroot=${path.join(root, 'run')}`,
    '--storage-driver=overlay',
  ];
}

/**
 * buildah without a daemon, in a mount namespace of its own (it leaves mounts behind) and, for builds, in a network
 * namespace without a way out: a RUN line cannot reach anything outside.
 */
async function buildah(args: readonly string[], where: string): Promise<CommandResult> {
  try {
    return await runCommand('unshare', ['-m', '-n', 'buildah', ...storage(), ...args]);
  } catch (cause) {
    const found = cause instanceof ClusterError ? cause.found : String(cause);
    throw new ClusterError(
      'IMAGE_FAILED',
      {
        where,
        found: `${found.split('\n').slice(-12).join('\n')}\n`,
        expected: 'buildah to finish',
        remedy: /failed to execute buildah/.test(found)
          ? 'install buildah and debootstrap: `npx drydock cluster setup` does'
          : 'read its last lines above; nothing outside can be reached from a RUN line',
      },
      { cause },
    );
  }
}

/** Made once: under a lock, and committed as the last step, so that a cut run leaves no half image. */
const BASE_SCRIPT = `
set -e
b="buildah $STORAGE"
$b inspect --type image "$IMAGE" >/dev/null 2>&1 && exit 0
rm -rf "$WORK"; mkdir -p "$WORK"
debootstrap --variant=minbase bookworm "$WORK/root" >"$WORK/log" 2>&1 || { tail -n 5 "$WORK/log" >&2; exit 1; }
rm -rf "$WORK/root/var/cache/apt" "$WORK/root/var/lib/apt/lists"
container=$($b from scratch)
$b add -q "$container" "$WORK/root" / >/dev/null
$b commit -q --rm "$container" "$IMAGE" >/dev/null
rm -rf "$WORK"
`;

async function hasBaseImage(): Promise<boolean> {
  const inspect = ['-m', 'buildah', ...storage(), 'inspect', '--type=image', BASE_IMAGE];
  return (await runCommand('unshare', inspect, { allowFailure: true })).code === 0;
}

/** Makes the base image when the cache does not have it. Takes about a minute and needs the Debian mirror. */
export async function ensureBaseImage(progress: Progress = progressLines()): Promise<void> {
  const cache = path.join(cacheDirectory(), 'buildah');
  await runCommand('mkdir', ['-p', cache]);
  if (await hasBaseImage()) return;
  progress(`making ${BASE_IMAGE} with debootstrap, about a minute`);
  const env = { STORAGE: storage().join(' '), IMAGE: BASE_IMAGE, WORK: path.join(cache, 'base.building') };
  try {
    const script = ['unshare', '-m', 'sh', '-c', BASE_SCRIPT];
    await runCommand('flock', [path.join(cache, '.base.lock'), ...script], { env });
  } catch (cause) {
    throw new ClusterError(
      'IMAGE_FAILED',
      {
        where: BASE_IMAGE,
        found: cause instanceof ClusterError ? cause.found : String(cause),
        expected: 'a Debian base image made with debootstrap',
        remedy: 'check that a Debian mirror can be reached, then try again',
      },
      { cause },
    );
  }
}

/** Builds a Dockerfile and hands its archive to `use`; the archive is removed afterwards. */
export async function withBuiltImage<Result>(
  build: ImageBuild,
  use: (archive: string) => Promise<Result>,
): Promise<Result> {
  const args = Object.entries(build.args ?? {});
  const file = build.dockerfile ?? path.join(build.context, 'Dockerfile');
  if (args.some(([, value]) => value === BASE_IMAGE)) await ensureBaseImage();
  const folder = mkdtempSync(path.join(os.tmpdir(), 'drydock-image-'));
  try {
    await buildah(
      [
        'bud',
        '--isolation=chroot',
        '--pull-never',
        ...args.map(([name, value]) => `--build-arg=${name}=${value}`),
        `--tag=${build.tag}`,
        `--file=${file}`,
        build.context,
      ],
      `building ${file}`,
    );
    const archive = path.join(folder, 'image.tar');
    await buildah(
      ['push', '-q', build.tag, `docker-archive:${archive}:${build.tag}`],
      `exporting ${build.tag}`,
    );
    return await use(archive);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
