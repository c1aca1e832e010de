import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
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
  /** Values of ARG lines; `BASE_IMAGE` as a value means the cached Debian base image. */
  readonly args?: Readonly<Record<string, string>>;
  /**
   * What all files of the image are dated with, in seconds since 1970, so that the same input gives the same layers.
   * @default the time of the build
   */
  readonly timestamp?: number;
}

/**
 * Debian bookworm, smallest variant: what a Dockerfile's FROM can name without a registry on the internet.
 *
 * @example
 * await using cluster = await startCluster();
 * await cluster.buildImage({ tag: 'localhost/shop:1', context: 'shop', args: { BASE: BASE_IMAGE } });
 */
export const BASE_IMAGE = 'localhost/drydock-base:bookworm';

/** What tells buildah where images are kept that are built here. */
export function storage(): string[] {
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

/** Where the base image comes from, and whose signature it must have. */
export interface DebianSource {
  readonly keyring: string;
  readonly mirror: string;
}

const DEBIAN: DebianSource = {
  keyring: '/usr/share/keyrings/debian-archive-keyring.gpg',
  mirror: 'http://deb.debian.org/debian',
};

/** Made once: under a lock, and committed as the last step, so that a cut run leaves no half image. */
const BASE_SCRIPT = `
set -e
b="buildah $STORAGE"
$b inspect --type image "$IMAGE" >/dev/null 2>&1 && exit 0
rm -rf "$WORK"; mkdir -p "$WORK"
debootstrap --force-check-gpg --keyring="$KEYRING" --variant=minbase bookworm "$WORK/root" "$MIRROR" >"$WORK/log" 2>&1 || { tail -n 5 "$WORK/log" >&2; exit 1; }
rm -rf "$WORK/root/var/cache/apt" "$WORK/root/var/lib/apt/lists"
$b rm "$CONTAINER" >/dev/null 2>&1 || true
container=$($b from --name "$CONTAINER" scratch)
$b add -q "$container" "$WORK/root" / >/dev/null
$b commit -q --rm "$container" "$IMAGE" >/dev/null
rm -rf "$WORK"
`;

/** Whether an image was built before. */
export async function hasImage(tag: string): Promise<boolean> {
  const inspect = ['-m', 'buildah', ...storage(), 'inspect', '--type=image', tag];
  return (await runCommand('unshare', inspect, { allowFailure: true })).code === 0;
}

/** Without Debian's keys debootstrap would take what any mirror says, and only warn. */
function requireKeyring({ keyring }: DebianSource): void {
  if (existsSync(keyring)) return;
  throw new ClusterError('IMAGE_FAILED', {
    where: BASE_IMAGE,
    found: `no file ${keyring}`,
    expected: "the keys of Debian's archive, with which its packages are checked",
    remedy: 'install the package debian-archive-keyring: `npx drydock cluster setup` does',
  });
}

/** Makes the base image when the cache does not have it. Takes about a minute and needs the Debian mirror. */
export async function ensureBaseImage(
  progress: Progress = progressLines(),
  source: DebianSource = DEBIAN,
): Promise<void> {
  const cache = path.join(cacheDirectory(), 'buildah');
  await runCommand('mkdir', ['-p', cache]);
  if (await hasImage(BASE_IMAGE)) return;
  requireKeyring(source);
  progress(`making ${BASE_IMAGE} with debootstrap, about a minute`);
  const env = {
    STORAGE: storage().join(' '),
    IMAGE: BASE_IMAGE,
    WORK: path.join(cache, 'base.building'),
    CONTAINER: 'drydock-base-building',
    KEYRING: source.keyring,
    MIRROR: source.mirror,
  };
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

/** Builds a Dockerfile. The image is kept where buildah keeps them; its id is returned. */
export async function buildInStorage(build: ImageBuild): Promise<string> {
  const args = Object.entries(build.args ?? {});
  const file = build.dockerfile ?? path.join(build.context, 'Dockerfile');
  if (args.some(([, value]) => value === BASE_IMAGE)) await ensureBaseImage();
  const folder = mkdtempSync(path.join(os.tmpdir(), 'drydock-image-'));
  const idFile = path.join(folder, 'id');
  try {
    await buildah(
      [
        'bud',
        '--isolation=chroot',
        '--pull-never',
        // Docker's own format: that of OCI has no HEALTHCHECK.
        '--format=docker',
        ...args.map(([name, value]) => `--build-arg=${name}=${value}`),
        ...(build.timestamp === undefined ? [] : [`--timestamp=${build.timestamp}`]),
        `--tag=${build.tag}`,
        `--iidfile=${idFile}`,
        `--file=${file}`,
        build.context,
      ],
      `building ${file}`,
    );
    return readFileSync(idFile, 'utf8').trim();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Builds a Dockerfile and hands its archive to `use`; the archive is removed afterwards. */
export async function withBuiltImage<Result>(
  build: ImageBuild,
  use: (archive: string) => Promise<Result>,
): Promise<Result> {
  // By what was built and not by its name, which another build may have taken by now.
  return withArchive(await buildInStorage(build), build.tag, use);
}

/** Hands the archive of an image that was built before to `use`, under a name; the archive is removed afterwards. */
export async function withArchive<Result>(
  image: string,
  tag: string,
  use: (archive: string) => Promise<Result>,
): Promise<Result> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'drydock-image-'));
  try {
    const archive = path.join(folder, 'image.tar');
    await buildah(['push', '-q', image, `docker-archive:${archive}:${tag}`], `exporting ${tag}`);
    return await use(archive);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
