import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { PAUSE_IMAGE } from '../components/containerd';
import { ClusterError } from '../errors';
import { cacheDirectory, tool } from '../tools/tool';
import { type ImageDescription, imageArchive } from './archive';

/**
 * A shell with the usual small programs, for tests and for looking around. On every node from the start.
 *
 * @example
 * await using cluster = await startCluster();
 * await cluster.kubectl(['run', 'look', `--image=${BUSYBOX_IMAGE}`, '--', 'sleep', '60']);
 */
export const BUSYBOX_IMAGE = 'localhost/busybox:1';
/** The cluster's DNS server. */
export const COREDNS_IMAGE = 'localhost/coredns:1';

async function pause(): Promise<ImageDescription> {
  return {
    name: PAUSE_IMAGE,
    files: [{ name: 'pause', mode: 0o755, content: readFileSync(await tool('pause')) }],
    entrypoint: ['/pause'],
    user: '65535:65535',
  };
}

async function coredns(): Promise<ImageDescription> {
  return {
    name: COREDNS_IMAGE,
    files: [{ name: 'coredns', mode: 0o755, content: readFileSync(await tool('coredns')) }],
    entrypoint: ['/coredns'],
    user: '65532:65532',
  };
}

function busyboxBinary(): string {
  const found = ['/bin/busybox', '/usr/bin/busybox'].find((candidate) => existsSync(candidate));
  if (found) return found;
  throw new ClusterError('IMAGE_FAILED', {
    where: BUSYBOX_IMAGE,
    found: 'no busybox on this machine',
    expected: "Debian's package busybox-static",
    remedy: 'run `npx tsx cluster/tools/setup.ts` or `drydock cluster up`, which install what is missing',
  });
}

async function busybox(): Promise<ImageDescription> {
  const binary = busyboxBinary();
  const applets = execFileSync(binary, ['--list'], { encoding: 'utf8' })
    .split('\n')
    .filter((applet) => applet !== '' && applet !== 'busybox');
  return {
    name: BUSYBOX_IMAGE,
    files: [
      { name: 'bin', directory: true },
      { name: 'bin/busybox', mode: 0o755, content: readFileSync(binary) },
      ...applets.map((applet) => ({ name: `bin/${applet}`, mode: 0o777, linkTo: 'busybox' })),
      { name: 'tmp', directory: true, mode: 0o1777 },
      { name: 'etc', directory: true },
      { name: 'etc/passwd', content: Buffer.from('root:x:0:0::/:/bin/sh\nuser:x:1000:1000::/tmp:/bin/sh\n') },
      { name: 'etc/group', content: Buffer.from('root:x:0:\nuser:x:1000:\n') },
    ],
    entrypoint: [],
    user: '1000:1000',
  };
}

const describers = { pause, coredns, busybox };

/** The images that the library makes itself. */
export type OwnImage = keyof typeof describers;

/** The archive of one of our own images, from the cache when it was made before. */
export async function ownImageArchive(image: OwnImage): Promise<string> {
  const source = image === 'busybox' ? busyboxBinary() : await tool(image);
  const key = createHash('sha256').update(readFileSync(source)).digest('hex').slice(0, 16);
  const file = path.join(cacheDirectory(), 'images', `${image}-${key}.tar`);
  if (existsSync(file)) return file;
  mkdirSync(path.dirname(file), { recursive: true });
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  writeFileSync(draft, imageArchive(await describers[image]()));
  renameSync(draft, file);
  return file;
}
