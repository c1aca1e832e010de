import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { BASE_IMAGE, type Cluster } from '../../cluster';
import { runCommand } from '../../cluster/command';
import { buildInStorage, hasImage, type ImageBuild, storage, withArchive } from '../../cluster/images/build';
import { oneAtATime } from './one-at-a-time';

export const workloads = join(__dirname, '..', '..', 'workloads');

// The two images of Docker Hub that the Dockerfiles name cannot be fetched where no registry is. These are made of what is
// there: Debian's base without its manuals, as Debian's own slim image is, and the Node and npm that run this.
const SLIM_BASE = `ARG BASE
FROM \${BASE} AS full
RUN rm -rf /usr/share/doc/* /usr/share/man/* /usr/share/info/* /usr/share/locale/* /usr/share/lintian /var/cache/*/*
FROM scratch
COPY --from=full / /
ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
`;
// A build reaches no network, so npm finds in its cache what the lock names.
const NODE_BASE = `ARG BASE
FROM \${BASE}
ARG REGISTRY
COPY node /usr/local/bin/node
COPY npm /usr/local/lib/node_modules/npm
COPY cache /root/.npm
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm
ENV PATH=/usr/local/bin:/usr/bin:/bin NPM_CONFIG_OFFLINE=true NPM_CONFIG_REGISTRY=\${REGISTRY}
`;

/** Builds a program's image from its Dockerfile, unless the very same was built before. Its tag. */
export function workloadImage(program: string): Promise<string> {
  const shared = ['.dockerignore', 'package.json', 'package-lock.json', 'tsconfig.build.json', 'shared'];
  const tag = `localhost/${program}:1.0.0-${hashOf(workloads, [...shared, program])}`;
  return builtOnce(tag, async () =>
    build({ tag, context: workloads, ...(await recipeOf(program, workloads)) }),
  );
}

/** How a program's image is built whose packages a lock file in a folder names. */
export async function recipeOf(program: string, locked: string) {
  const args = { BASE: await slimBase(), BUILD_BASE: await nodeBase(locked) };
  return { dockerfile: join(workloads, program, 'Dockerfile'), args };
}

/** Builds an image under a tag that says what it is made of, unless it is there. Two files that want it take turns. */
export function builtOnce(tag: string, make: () => Promise<unknown>): Promise<string> {
  return oneAtATime('images', async () => {
    if (!(await hasImage(tag))) {
      await make();
      await removeOthers(tag);
    }
    return tag;
  });
}

/** All files get the same date: what an image is made of decides what it is, and not when that was. */
export const DATE = 0;
export const build = (image: ImageBuild): Promise<string> => buildInStorage({ ...image, timestamp: DATE });

/** Puts images that were built here into the nodes of a cluster: while one is read by a node, the next is written. */
export async function bringImages(cluster: Cluster, tags: readonly string[]): Promise<void> {
  const waiting = [...tags];
  const bring = async () => {
    for (let tag = waiting.shift(); tag !== undefined; tag = waiting.shift())
      await withArchive(tag, tag, (archive) => cluster.importImage(archive));
  };
  await Promise.all([bring(), bring()]);
}

export const SLIM_TAG = `localhost/drydock-slim:1.0.0-${shortHash(SLIM_BASE)}`;

/** Makes what programs run on, for a build that is under way. */
export async function slimBase(): Promise<string> {
  if (!(await hasImage(SLIM_TAG))) {
    const args = { BASE: BASE_IMAGE };
    await withContext(SLIM_BASE, (context) => build({ tag: SLIM_TAG, context, args }));
  }
  return SLIM_TAG;
}

/** Node with npm, and in npm's cache what the lock files in some folders name. */
export async function nodeBase(...locked: readonly string[]): Promise<string> {
  const locks = locked.map((folder) => readFileSync(join(folder, 'package-lock.json'), 'utf8'));
  const name = ['drydock-node', ...locked.filter((one) => one !== workloads).map((one) => basename(one))];
  const tag = `localhost/${name.join('-')}:1.0.0-${shortHash(NODE_BASE, ...locks, process.version)}`;
  if (await hasImage(tag)) return tag;
  await withContext(NODE_BASE, async (context) => {
    copyFileSync(process.execPath, join(context, 'node'));
    cpSync(npmFolder(), join(context, 'npm'), { recursive: true });
    const scratch = join(context, 'scratch');
    const cache = join(context, 'cache');
    for (const folder of locked) {
      cpSync(folder, scratch, { recursive: true, filter: (path) => !path.includes('node_modules') });
      npm(['ci', '--cache', cache, '--no-audit', '--no-fund'], scratch);
      rmSync(scratch, { recursive: true });
    }
    const REGISTRY = npm(['config', 'get', 'registry'], context).trim();
    await build({ tag, context, args: { BASE: BASE_IMAGE, REGISTRY } });
  });
  await removeOthers(tag);
  return tag;
}

/** Where npm is that came with this Node. */
function npmFolder(): string {
  const found = spawnSync('sh', ['-c', 'command -v npm'], { encoding: 'utf8' }).stdout.trim();
  return dirname(dirname(realpathSync(found)));
}

function npm(args: string[], cwd: string): string {
  const run = spawnSync('npm', args, { cwd, encoding: 'utf8' });
  if (run.status !== 0) throw new Error(`npm ${args.join(' ')}: ${run.stderr}`);
  return run.stdout;
}

export async function withContext(
  dockerfile: string,
  build: (context: string) => Promise<unknown>,
): Promise<void> {
  const context = mkdtempSync(join(tmpdir(), 'drydock-context-'));
  try {
    writeFileSync(join(context, 'Dockerfile'), dockerfile);
    await build(context);
  } finally {
    rmSync(context, { recursive: true });
  }
}

/** The tag of an image that was built here, and of no other: build-images.sh names a commit, in seven characters. */
const BUILT_HERE = /:[\d.]+-[0-9a-f]{10}$/;

/** An image of what a program was before is of no use, and takes a hundred megabytes. */
async function removeOthers(tag: string): Promise<void> {
  const [name = ''] = tag.split(':');
  const list = ['-m', 'buildah', ...storage(), 'images', '--format', '{{.Name}}:{{.Tag}}'];
  const { stdout } = await runCommand('unshare', list);
  const others = stdout
    .split('\n')
    .filter((one) => one.startsWith(`${name}:`) && one !== tag && BUILT_HERE.test(one));
  if (others.length > 0) await runCommand('unshare', ['-m', 'buildah', ...storage(), 'rmi', ...others]);
}

export function shortHash(...texts: string[]): string {
  return createHash('sha256').update(texts.join('\0')).digest('hex').slice(0, 10);
}

/** The hash of all files that an image is made of. */
export function hashOf(folder: string, names: readonly string[]): string {
  const ways = [SLIM_BASE, NODE_BASE, process.version, `dated ${DATE}`];
  const hash = createHash('sha256').update(ways.join('\0'));
  for (const path of names.flatMap((name) => filesIn(folder, name)).sort()) {
    hash
      .update(path)
      .update('\0')
      .update(readFileSync(join(folder, path)))
      .update('\0');
  }
  return hash.digest('hex').slice(0, 10);
}

function filesIn(folder: string, name: string): string[] {
  if (/node_modules|\.test\.ts$|(^|\/)testing$/.test(name)) return [];
  try {
    return readdirSync(join(folder, name)).flatMap((entry) => filesIn(folder, `${name}/${entry}`));
  } catch {
    return [name];
  }
}
